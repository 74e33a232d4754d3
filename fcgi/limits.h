/*
 * limits.h - the limits in force for a job: the operator's, lowered by the request.
 */
#ifndef GB_FCGI_LIMITS_H
#define GB_FCGI_LIMITS_H

#include "../core/base/config.h"
#include "../core/base/json.h"
#include "../core/base/jsonw.h"

struct job_limits {
    int64_t compile_wall_ms, compile_cpu_ms, compile_memory_mb;
    int64_t wall_ms, cpu_ms, memory_mb, output_kb, pids, file_mb; /* of the run */
};

struct job_limits limits_of_config(const struct config *cfg);
/* Applies the members `limits` and `timeout` (seconds) of a request that has passed its field
 * check: a higher wish than the limit leaves the limit. */
void limits_lower(struct job_limits *l, const struct jdoc *doc, uint32_t request);
/* {"compile": {...}, "run": {...}} as docs/sandbox.md has it. */
void limits_json(const struct job_limits *l, struct jsonw *w);
/* Milliseconds the whole job may take once it has a container. */
int64_t limits_total_ms(const struct job_limits *l, uint32_t n_runs);

#endif
