/*
 * shift.h - from the compiler's limits to the program's, by the Engine, beside the job.
 *
 * The Engine needs 25 to 30 ms to change a container's limits, as long as a small compilation; so a
 * thread asks for it while the program runs (relay.h says when). docs/sandbox.md says why nothing
 * escapes by that.
 */
#ifndef GB_SANDBOX_SHIFT_H
#define GB_SANDBOX_SHIFT_H

#include "container.h"

struct shift {
    const struct docker *docker;
    const char *container; /* "": no container, nothing to set */
    int64_t memory;        /* bytes */
    int64_t nano_cpus;
    bool patient; /* more memory in use than allowed: tried again until it is less */
    atomic_int
        state; /* 0: not yet; 1: set; -EDQUOT: more memory in use than allowed; another errno */
    atomic_bool over; /* the job is */
    bool started;
    pthread_t thread;
};

/* Begins; state tells when it is done. */
void shift_begin(struct shift *s);
/* Waits for the thread, if there is one; before the container is removed. */
void shift_join(struct shift *s);

#endif
