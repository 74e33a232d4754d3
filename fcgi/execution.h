/*
 * execution.h - what came of compiling and running a program: the service's view of a REPORT
 * (docs/sandbox.md), of cached results, or of several of either put together.
 */
#ifndef GB_FCGI_EXECUTION_H
#define GB_FCGI_EXECUTION_H

#include "../core/base/arena.h"
#include "../core/base/err.h"
#include "verdict.h"

struct site_fault {
    uint32_t kind; /* enum gb_fault */
    uint32_t site; /* a number of gb_identify() */
};

struct compile_result {
    bool ran;
    int64_t exit_code; /* -1: none */
    struct str signal; /* empty: none */
    double wall_ms, cpu_ms;
    int64_t max_rss_kb;
    struct str diagnostics; /* g++'s JSON */
};

struct run_result {
    enum verdict verdict;
    int64_t exit_code; /* -1: ended by a signal, or not run */
    struct str signal;
    double wall_ms, cpu_ms;
    int64_t max_rss_kb;
    bool truncated, reads_clock;
    struct site_fault *faults;
    uint32_t n_faults;
    struct str killed_by; /* JSON object, or empty */
    struct str out, err;  /* what the program wrote, as much as was kept */
    bool cached;          /* from the cache, not run for this request */
};

/* Everything lives in the arena. */
struct execution {
    struct arena arena;
    bool validation; /* refused before anything was compiled; else the phase below */
    bool executed;   /* the run phase was reached */
    enum verdict verdict;
    struct compile_result compile;
    struct run_result *runs;
    uint32_t n_runs;
    struct str killed_by; /* JSON object, or empty */
    struct str policy;    /* JSON array, or empty */
    struct str container_id, image;
    double queue_ms, start_ms;
    bool fallback;
};

/* "validation", "compilation" or "execution". */
const char *execution_stage(const struct execution *x);
void execution_free(struct execution *x); /* accepts NULL; frees the arena, not x */

/* Reads a REPORT into *x; output[2 * i] and [2 * i + 1] are what run i wrote. 0; -EPROTO: no
 * report; -ENOMEM. x->arena may be in use already and is the caller's in every case. */
int execution_read_report(struct execution *x, struct str report, const struct buf *output,
                          uint32_t n_runs, struct err *err);

/* The job was cancelled: *x is what is known of it, from the STARTED document (may be empty) and what
 * its runs had written. */
void execution_of_cancelled(struct execution *x, struct str started, const struct buf *output,
                            uint32_t n_runs);

#endif
