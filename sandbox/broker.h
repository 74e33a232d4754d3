/*
 * broker.h - the parts of gb-sandboxd, and the conversation of one connection.
 */
#ifndef GB_SANDBOX_BROKER_H
#define GB_SANDBOX_BROKER_H

#include "fallback.h"
#include "jobs.h"
#include "pool.h"
#include "submission.h"
#include "watch.h"

struct broker {
    struct config cfg;
    struct ceilings ceilings;
    struct docker docker;
    struct containers containers;
    struct watch watch;
    struct fallback fallback;
    struct jobs jobs;
    struct pool *pool;
    char *seccomp; /* the profile's text */
};

/* One connection, to its end; closes fd. */
void broker_serve(struct broker *b, int fd);
/* The STATUS document. */
void broker_status(struct broker *b, struct buf *out);

#endif
