/*
 * flight.h - identical requests in flight share one execution (within a process).
 *
 * The first to join a key flies; the others wait for it to land. Across processes the same is done
 * with a mark in memcached (pipeline.c).
 */
#ifndef GB_FCGI_FLIGHT_H
#define GB_FCGI_FLIGHT_H

#include <stdbool.h>

#include "execution.h"

struct flights; /* one a process */
struct flight;

struct flights *flights_new(void); /* NULL: no memory */
void flights_free(struct flights *f);

/* NULL: no memory. *ret_first says whether the caller flies and must call flight_land() before it
 * leaves; every caller that got one must flight_leave(). */
struct flight *flight_join(struct flights *f, const char *key, bool *ret_first);
/* Takes x (from malloc, NULL when there is none to share) and wakes those who wait. */
void flight_land(struct flights *f, struct flight *it, struct execution *x_take);
/* Waits until it lands. Valid until flight_leave(); NULL: nothing to share. */
const struct execution *flight_wait(struct flights *f, struct flight *it);
void flight_leave(struct flights *f, struct flight *it);

#endif
