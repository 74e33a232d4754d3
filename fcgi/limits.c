/*
 * limits.c - lowering limits.
 */
#include "limits.h"

#define OVERHEAD_MS 5000 /* sending, starting, reporting */

struct job_limits limits_of_config(const struct config *cfg)
{
    return (struct job_limits){
        .compile_wall_ms = cfg->compile_wall_ms,
        .compile_cpu_ms = cfg->compile_cpu_ms,
        .compile_memory_mb = cfg->compile_memory_mb,
        .wall_ms = cfg->run_wall_ms,
        .cpu_ms = cfg->run_cpu_ms,
        .memory_mb = cfg->run_memory_mb,
        .output_kb = cfg->output_kb,
        .pids = cfg->run_pids,
        .file_mb = cfg->run_file_mb,
    };
}

static void lower(int64_t *limit, const struct jdoc *doc, uint32_t v, int64_t factor)
{
    if (jdoc_is(doc, v, JSON_INT) && doc->vals[v].i <= *limit / factor)
        *limit = doc->vals[v].i * factor;
}

void limits_lower(struct job_limits *l, const struct jdoc *doc, uint32_t request)
{
    uint32_t limits = jdoc_get(doc, request, "limits");
    lower(&l->wall_ms, doc, jdoc_get(doc, request, "timeout"), 1000);
    lower(&l->wall_ms, doc, jdoc_get(doc, limits, "wall_ms"), 1);
    lower(&l->cpu_ms, doc, jdoc_get(doc, limits, "cpu_ms"), 1);
    lower(&l->memory_mb, doc, jdoc_get(doc, limits, "memory_mb"), 1);
    lower(&l->output_kb, doc, jdoc_get(doc, limits, "output_kb"), 1);
}

void limits_json(const struct job_limits *l, struct jsonw *w)
{
    jw_open(w, '{');
    jw_key(w, "compile");
    jw_open(w, '{');
    jw_kint(w, "wall_ms", l->compile_wall_ms);
    jw_kint(w, "cpu_ms", l->compile_cpu_ms);
    jw_kint(w, "memory_mb", l->compile_memory_mb);
    jw_close(w, '}');
    jw_key(w, "run");
    jw_open(w, '{');
    jw_kint(w, "wall_ms", l->wall_ms);
    jw_kint(w, "cpu_ms", l->cpu_ms);
    jw_kint(w, "memory_mb", l->memory_mb);
    jw_kint(w, "output_kb", l->output_kb);
    jw_kint(w, "pids", l->pids);
    jw_kint(w, "file_mb", l->file_mb);
    jw_close(w, '}');
    jw_close(w, '}');
}

int64_t limits_total_ms(const struct job_limits *l, uint32_t n_runs)
{
    return l->compile_wall_ms + l->wall_ms * n_runs + OVERHEAD_MS;
}
