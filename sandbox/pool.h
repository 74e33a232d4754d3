/*
 * pool.h - boxes made ahead, and the jobs that wait for one.
 *
 * A box serves one job and is destroyed. Worker threads make and destroy boxes in the background; a
 * job takes a ready one at once or waits in the fair queue. When boxes cannot be made the pool
 * backs off (0.25 s, doubling to 30 s) and jobs that wait are refused with the reason instead of
 * being left to their deadline.
 */
#ifndef GB_SANDBOX_POOL_H
#define GB_SANDBOX_POOL_H

#include "box.h"
#include "queue.h"

#include <pthread.h>

struct pool_settings {
    unsigned size;      /* boxes kept ready */
    unsigned max;       /* boxes at once, in every state */
    unsigned workers;   /* threads that make and destroy */
    unsigned queue_max; /* jobs that wait, of all users */
    unsigned queue_per_user;
    int64_t max_age_ms; /* of a ready box */
    const char *closed; /* begin with the gate closed, for this reason; NULL: open */
};

struct pool_counts {
    unsigned warm, starting, busy, dying, waiting;
    unsigned failures;             /* attempts to make a box since the last success */
    char problem[ERR_MESSAGE_MAX]; /* the last failure's reason; "" when the last attempt succeeded
                                    */
};

enum ticket_state {
    TICKET_OUT,     /* not in the pool */
    TICKET_WAITING, /* in the queue */
    TICKET_GRANTED, /* box is set */
    TICKET_REFUSED, /* why says why */
};

struct ticket {
    struct queue_item item; /* first: the queue hands it back */
    pthread_cond_t changed;
    enum ticket_state state;
    int64_t deadline_ms;
    struct box *box;
    struct err why;
};

struct pool;

/* ops is copied. 0, -ENOMEM, -EAGAIN (no threads). */
int pool_new(const struct pool_settings *settings, const struct box_ops *ops,
             struct pool **ret_pool, struct err *err);
/* Ends the workers, destroys every box that is not in use. No job may be inside. Accepts NULL. */
void pool_free(struct pool *p);

/* A job asks for a box until deadline_ms. 0: pool_wait() tells more, and pool_leave() must follow,
 * whatever that says; -ENOBUFS: too many wait; -EDQUOT: too many of this user wait; -ENOMEM. */
int pool_enter(struct pool *p, struct ticket *t, const char *user, int64_t deadline_ms,
               struct err *err);
/* Waits at most wait_ms. 1: t->box is the job's; 0: not yet; -ETIMEDOUT: its deadline has passed;
 * -EHOSTDOWN: no box can be made. */
int pool_wait(struct pool *p, struct ticket *t, unsigned wait_ms, struct err *err);
/* The job is over or gives up; its box, if it has one, is destroyed in the background. */
void pool_leave(struct pool *p, struct ticket *t);

/* No boxes are made (reason set) or they are again (NULL); jobs that wait are refused with it. */
void pool_gate(struct pool *p, const char *reason);
/* Every ready box is of the past (another image): replace it. */
void pool_renew(struct pool *p);
/* Once a second: replaces boxes that are too old or have died. */
void pool_tick(struct pool *p);
void pool_count(struct pool *p, struct pool_counts *ret_counts);

#endif
