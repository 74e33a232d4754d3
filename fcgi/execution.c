/*
 * execution.c - a REPORT becomes an execution.
 *
 * gb-sandboxd has checked the report already; still nothing here trusts a number it indexes by.
 */
#include "execution.h"

#include <errno.h>

#include "jget.h"

#define FAULTS_MAX 100

const char *execution_stage(const struct execution *x)
{
    if (x->validation)
        return "validation";
    return x->executed ? "execution" : "compilation";
}

void execution_free(struct execution *x)
{
    if (x)
        arena_free(&x->arena);
}

static void read_compile(struct execution *x, const struct jdoc *d, uint32_t v)
{
    x->compile = (struct compile_result){
        .ran = jget_bool(d, v, "ran", false),
        .exit_code = jget_int(d, v, "exit_code", -1),
        .signal = arena_str(&x->arena, jget_str(d, v, "signal")),
        .wall_ms = jget_real(d, v, "wall_ms"),
        .cpu_ms = jget_real(d, v, "cpu_ms"),
        .max_rss_kb = jget_int(d, v, "max_rss_kb", 0),
        .diagnostics = arena_str(&x->arena, jget_str(d, v, "diagnostics")),
    };
}

static void read_faults(struct execution *x, struct run_result *r, const struct jdoc *d, uint32_t v)
{
    if (!jdoc_is(d, v, JSON_ARRAY))
        return;
    uint32_t n = d->vals[v].count < FAULTS_MAX ? d->vals[v].count : FAULTS_MAX;
    r->faults = arena_new_array(&x->arena, n, struct site_fault);
    for (uint32_t it = jdoc_first(d, v); r->faults && it != JSON_NONE && r->n_faults < n;
         it = jdoc_next(d, v, it)) {
        int64_t kind = jget_int(d, it, "kind", 0), site = jget_int(d, it, "site", 0);
        if (kind >= 0 && kind < UINT32_MAX && site >= 0 && site < UINT32_MAX)
            r->faults[r->n_faults++] = (struct site_fault){(uint32_t)kind, (uint32_t)site};
    }
}

static int read_run(struct execution *x, struct run_result *r, const struct jdoc *d, uint32_t v,
                    struct err *err)
{
    *r = (struct run_result){
        .exit_code = jget_int(d, v, "exit_code", -1),
        .signal = arena_str(&x->arena, jget_str(d, v, "signal")),
        .wall_ms = jget_real(d, v, "wall_ms"),
        .cpu_ms = jget_real(d, v, "cpu_ms"),
        .max_rss_kb = jget_int(d, v, "max_rss_kb", 0),
        .truncated = jget_bool(d, v, "truncated", false),
        .reads_clock = jget_bool(d, v, "reads_clock", true),
        .killed_by = arena_str(&x->arena, jget_raw(d, v, "killed_by")),
    };
    read_faults(x, r, d, jdoc_get(d, v, "faults"));
    if (!verdict_parse(jget_str(d, v, "verdict"), &r->verdict))
        return err_set(err, -EPROTO, "the report's run has no known verdict");
    return 0;
}

static int read_runs(struct execution *x, const struct jdoc *d, uint32_t runs,
                     const struct buf *output, uint32_t n_runs, struct err *err)
{
    x->runs = arena_new_array(&x->arena, n_runs, struct run_result);
    if (!x->runs)
        return err_set(err, -ENOMEM, "no memory for the report");
    if (!jdoc_is(d, runs, JSON_ARRAY))
        return 0;
    for (uint32_t it = jdoc_first(d, runs); it != JSON_NONE && x->n_runs < n_runs;
         it = jdoc_next(d, runs, it)) {
        struct run_result *r = &x->runs[x->n_runs];
        int rc = read_run(x, r, d, it, err);
        if (rc < 0)
            return rc;
        r->out = arena_str(&x->arena, buf_view(&output[2 * x->n_runs]));
        r->err = arena_str(&x->arena, buf_view(&output[2 * x->n_runs + 1]));
        x->n_runs++;
    }
    return 0;
}

/* What gb-sandboxd itself says: in the report, and before it in STARTED. */
static void read_facts(struct execution *x, const struct jdoc *d)
{
    x->container_id = arena_str(&x->arena, jget_str(d, 0, "container_id"));
    x->image = arena_str(&x->arena, jget_str(d, 0, "image"));
    x->queue_ms = jget_real(d, 0, "queue_ms");
    x->start_ms = jget_real(d, 0, "start_ms");
    x->fallback = jget_bool(d, 0, "fallback_executed", false);
}

static int read_document(struct execution *x, const struct jdoc *d, const struct buf *output,
                         uint32_t n_runs, struct err *err)
{
    if (!jdoc_is(d, 0, JSON_OBJECT) || !verdict_parse(jget_str(d, 0, "verdict"), &x->verdict))
        return err_set(err, -EPROTO, "the report has no known verdict");
    x->executed = str_eqc(jget_str(d, 0, "stage"), "execution");
    x->killed_by = arena_str(&x->arena, jget_raw(d, 0, "killed_by"));
    x->policy = arena_str(&x->arena, jget_raw(d, 0, "policy"));
    read_facts(x, d);
    read_compile(x, d, jdoc_get(d, 0, "compile"));
    return read_runs(x, d, jdoc_get(d, 0, "runs"), output, n_runs, err);
}

int execution_read_report(struct execution *x, struct str report, const struct buf *output,
                          uint32_t n_runs, struct err *err)
{
    struct jdoc d = {0};
    int rc = jdoc_parse(&d, report.s, report.n, NULL, err);
    rc = rc < 0 ? err_wrap(err, -EPROTO, "report") : read_document(x, &d, output, n_runs, err);
    jdoc_free(&d);
    return rc;
}

void execution_of_cancelled(struct execution *x, struct str started, const struct buf *output,
                            uint32_t n_runs)
{
    struct jdoc d = {0};
    x->verdict = VERDICT_cancelled;
    x->executed = true;
    if (started.n && jdoc_parse(&d, started.s, started.n, NULL, NULL) == 0)
        read_facts(x, &d);
    jdoc_free(&d);
    x->runs = arena_new_array(&x->arena, n_runs, struct run_result);
    for (uint32_t i = 0; x->runs && i < n_runs; i++) {
        x->runs[i] = (struct run_result){
            .verdict = VERDICT_cancelled,
            .exit_code = -1,
            .out = arena_str(&x->arena, buf_view(&output[2 * i])),
            .err = arena_str(&x->arena, buf_view(&output[2 * i + 1])),
        };
        if (i == 0 || x->runs[i].out.n || x->runs[i].err.n)
            x->n_runs = i + 1;
    }
}
