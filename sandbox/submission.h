/*
 * submission.h - the SUBMIT document: what gb-sandboxd reads of it, and what gb-job gets.
 */
#ifndef GB_SANDBOX_SUBMISSION_H
#define GB_SANDBOX_SUBMISSION_H

#include "../core/base/buf.h"
#include "../core/base/config.h"
#include "../core/base/err.h"

#define SUBMISSION_NAME_MAX 128 /* bytes of a job's id or a user's name, with the NUL */
#define SUBMISSION_TOKEN_MAX 256
#define SUBMISSION_INPUTS_MAX 1000

/* The operator's ceilings, each in its row's unit. */
struct ceilings {
    int64_t compile_wall_ms, compile_cpu_ms, compile_memory_mb;
    int64_t run_wall_ms, run_cpu_ms, run_memory_mb, run_cpus_milli, output_kb, pids, file_mb;
    int64_t queue_ms;
};

struct submission {
    char job_id[SUBMISSION_NAME_MAX];
    char user[SUBMISSION_NAME_MAX];
    char fallback_token[SUBMISSION_TOKEN_MAX]; /* "": none; never handed to gb-job */
    struct ceilings limits;                    /* of this job; none above the operator's */
    size_t runs;                               /* programs that will be run: inputs, 1 or 0 */
    bool binary, want_binary;
    struct buf spec; /* the document for gb-job */
};

struct ceilings ceilings_of(const struct config *cfg);
/* A limit above its ceiling, or missing, becomes the ceiling. -EINVAL: the document is not as
 * docs/sandbox.md says. Free with submission_free() in every case. */
int submission_parse(struct str json, const struct ceilings *ceilings, struct submission *s,
                     struct err *err);
void submission_free(struct submission *s);

#endif
