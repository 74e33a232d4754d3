/*
 * queue.h - who is next: a fair queue over users.
 *
 * The next job is of the user with the fewest jobs at work; among those, of the one who was served
 * longest ago; of one user, the oldest. So a user with a thousand jobs delays another's single one
 * by one job at most. Pure, without locks or clocks: the pool owns it.
 */
#ifndef GB_SANDBOX_QUEUE_H
#define GB_SANDBOX_QUEUE_H

#include <stdbool.h>
#include <stdint.h>

#define QUEUE_USER_MAX 128 /* bytes of a user's name, with the NUL */

struct queue_user;

/* Embedded in what waits; owned by the caller. */
struct queue_item {
    struct queue_item *next;
    struct queue_user *user;
};

struct queue {
    struct queue_user *users; /* those who wait or are at work */
    unsigned length;          /* items that wait */
    uint64_t served;          /* items popped so far */
};

/* Appends. 0, or -ENOMEM. A longer name is cut. */
int queue_push(struct queue *q, struct queue_item *item, const char *user);
/* The next one, which is at work from now on; NULL when none waits. */
struct queue_item *queue_pop(struct queue *q);
/* One that waits gives up. */
void queue_remove(struct queue *q, struct queue_item *item);
/* One at work is done. */
void queue_done(struct queue *q, struct queue_item *item);
/* How many items of this item's user wait. */
unsigned queue_waiting(const struct queue_item *item);

#endif
