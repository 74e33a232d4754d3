/*
 * relay.h - one job between its client and its gb-job.
 *
 * gb-job's frames are hostile: each has its turn, its bound and its budget, and the first that has
 * not ends the conversation. A client that closes, reads too slowly or is cancelled ends it as
 * well.
 */
#ifndef GB_SANDBOX_RELAY_H
#define GB_SANDBOX_RELAY_H

#include "box.h"
#include "submission.h"

#include <stdatomic.h>

/* A change of limits costs the Engine as much as a small job costs in all; most programs are over
 * before it would have taken effect. gb-job's own limits hold from the first instruction. */
#define RELAY_SETTLE_MS 50

enum relay_end {
    RELAY_REPORTED,    /* report holds gb-job's document */
    RELAY_CLIENT_GONE, /* nobody is there to be told */
    RELAY_CANCELLED,
    RELAY_OVER_MEMORY, /* limits_state said so */
    RELAY_LOST,        /* gb-job ended without a report, broke the rules or ran over its time */
};

struct relay {
    int client;
    struct channel *channel;
    const struct submission *job;
    struct str payload;           /* the frames for gb-job: SUBMIT, BLOB*, END */
    const atomic_bool *cancelled; /* set from outside */
    /* Called once, to have the limits of the run set: with strict as soon as the compiler is done,
     * and the run waits for limits_state; else once the run has lasted RELAY_SETTLE_MS, beside it.
     */
    void (*set_limits)(void *data);
    bool strict;
    /* 0: not yet; 1: set; -EDQUOT: more memory in use than allowed */
    const atomic_int *limits_state;
    void *data;

    /* Results. */
    struct buf report;
    bool running;    /* the compiler was done */
    int64_t sent_us; /* when gb-job had the whole job (io_now_us); 0: never */

    /* Its own. */
    size_t sent;
    int64_t deadline_ms;
    int64_t output_left;
    int64_t artifact_left;
    unsigned events_left;
    bool owes_go;
    int64_t limits_at_ms; /* when set_limits() is due; INT64_MAX: not (again) */
};

/* Fill in the first part; free report in every case. err says why when RELAY_LOST. */
enum relay_end relay_run(struct relay *r, struct err *err);

#endif
