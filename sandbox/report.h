/*
 * report.h - the REPORT and ERROR documents that leave gb-sandboxd (docs/sandbox.md).
 */
#ifndef GB_SANDBOX_REPORT_H
#define GB_SANDBOX_REPORT_H

#include "../core/base/buf.h"
#include "../core/base/err.h"

/* What the broker knows of a job, and gb-job cannot be asked. */
struct report_facts {
    const char *container_id;
    const char *image;
    double queue_ms; /* from SUBMIT to a container */
    double start_ms; /* from the container to gb-job having the whole job */
    bool fallback_executed;
};

/* gb-job's report, checked (an object whose verdict and stage are words of ours), with the facts in
 * place of whatever it says about them. -EPROTO, -ENOMEM. */
int report_finish(struct str from_job, const struct report_facts *facts, struct buf *out,
                  struct err *err);
/* A report in gb-job's stead: the container held more memory than the limit and was ended. */
void report_memory(bool while_running, int64_t limit_kb, const struct report_facts *facts,
                   struct buf *out);
void report_started(const struct report_facts *facts, struct buf *out);

/* The stable words of an ERROR. */
enum refusal {
    REFUSAL_UNAVAILABLE,
    REFUSAL_OVERLOADED,
    REFUSAL_CANCELLED,
    REFUSAL_BAD_REQUEST,
    REFUSAL_FALLBACK,
    REFUSAL_FORBIDDEN,
};
/* message: what is the matter; what to do is added from the refusal's row. */
void refusal_write(enum refusal refusal, const char *message, struct buf *out);

#endif
