/*
 * report.h - the REPORT document (docs/sandbox.md).
 */
#ifndef GB_JOB_REPORT_H
#define GB_JOB_REPORT_H

#include <jansson.h>

#include "compile.h"
#include "imports.h"
#include "proc.h"

struct report {
    json_t *root; /* owned */
    json_t *runs; /* borrowed from it */
};

/* 0 or -ENOMEM. Release with report_free(). */
int report_init(struct report *r);
void report_free(struct report *r);
#define cleanup_report __attribute__((cleanup(report_free)))

/* The compile phase; sets the verdict when it failed. */
void report_compile(struct report *r, const struct compilation *c);
/* The program takes what it may not: the verdict is policy_blocked, "policy" names the symbols. */
void report_refusal(struct report *r, const struct imports *imports);
/* One run; the first that is not ok gives the job its verdict. */
void report_run(struct report *r, const struct proc_result *result, bool reads_clock);
/* A failure of ours: {"error": …} in place of the rest. */
void report_failure(struct report *r, const struct err *err);
/* The document as text, which the caller frees; NULL: no memory. */
char *report_text(const struct report *r);

#endif
