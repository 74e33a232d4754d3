/*
 * watch.h - is the Engine there, can it enforce every limit, is the image there and fit?
 *
 * A thread looks every few seconds, opens and closes the pool's gate by what it finds, renews the
 * pool when the image was replaced, and removes orphans. What it found is what STATUS says.
 */
#ifndef GB_SANDBOX_WATCH_H
#define GB_SANDBOX_WATCH_H

#include "container.h"
#include "pool.h"

struct watch_facts {
    char engine[64];              /* its version; "" when it does not answer */
    char reason[ERR_MESSAGE_MAX]; /* why nothing runs; "" when all is well */
    char image_id[DOCKER_ID_MAX];
    char runtime[64];
};

struct watch {
    const struct docker *docker;
    struct containers *containers;
    struct pool *pool;
    const char *image; /* its name */
    const char *runtime;
    int64_t sweep_ms;

    pthread_mutex_t lock;
    struct watch_facts facts;
    atomic_bool stop;
    pthread_t thread;
    bool started;
};

/* One look, without a pool: 0; -ENOTCONN and others: not now; -EPERM: what is there cannot be
 * trusted (a limit that the Engine cannot enforce, an image that runs as root). */
int watch_look(struct watch *w, struct err *err);
int watch_start(struct watch *w, struct pool *pool, struct err *err);
void watch_stop(struct watch *w);
/* Removes orphans now. */
void watch_sweep(struct watch *w);
void watch_read(struct watch *w, struct watch_facts *ret_facts);

#endif
