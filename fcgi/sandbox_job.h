/*
 * sandbox_job.h - one trip to gb-sandboxd: work goes out, an execution comes back.
 */
#ifndef GB_FCGI_SANDBOX_JOB_H
#define GB_FCGI_SANDBOX_JOB_H

#include "execution.h"
#include "request.h"
#include "work.h"

struct sandbox_job {
    const struct work *work;
    const uint32_t *which; /* the inputs to run */
    uint32_t n_which;
    struct str binary; /* the compiled program, or empty */
    bool want_binary;
};

/* Runs it and fills x (runs in the order of `which`); *ret_binary gets the compiled program when it
 * was wanted. OUTCOME_ok, or the outcome of the problem that is written. */
enum outcome sandbox_job_run(struct request *q, const struct sandbox_job *job, struct execution *x,
                             struct buf *ret_binary);

#endif
