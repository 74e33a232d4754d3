/*
 * result.c - an execution, told to the one who asked: sites become the request's node ids, compiler
 * messages are mapped to nodes.
 */
#include "result.h"

#include "../core/base/cleanup.h"
#include "record.h"
#include "reply.h"

#define DIAGNOSTICS_TEXT_MAX (64 << 10)

const char *cache_state_name(enum cache_state s)
{
    static const char *const names[] = {[CACHE_HIT] = "hit",
                                        [CACHE_MISS] = "miss",
                                        [CACHE_SHARED] = "shared",
                                        [CACHE_BYPASS] = "bypass",
                                        [CACHE_OFF] = "off"};
    return names[s];
}

static void jw_kms(struct jsonw *w, const char *key, double ms)
{
    jw_key(w, key);
    jw_fixed(w, ms, 3);
}

static void jw_ksignal(struct jsonw *w, struct str name)
{
    jw_key(w, "signal");
    if (name.n)
        jw_str(w, name);
    else
        jw_null(w);
}

static void jw_kcode(struct jsonw *w, int64_t code)
{
    jw_key(w, "exit_code");
    if (code >= 0)
        jw_int(w, code);
    else
        jw_null(w);
}

static void jw_kraw_or_null(struct jsonw *w, const char *key, struct str json)
{
    jw_key(w, key);
    if (json.n)
        jw_raw(w, json);
    else
        jw_null(w);
}

static void write_diagnostic(struct jsonw *w, const struct gb_diagnostic *d)
{
    jw_open(w, '{');
    jw_kstr(w, "file", d->file);
    jw_kint(w, "line", d->line);
    jw_kint(w, "column", d->col);
    jw_kint(w, "end_line", d->end_line);
    jw_kint(w, "end_column", d->end_col);
    jw_kstr(w, "kind", d->kind);
    jw_kstr(w, "message", d->message);
    if (d->option.n)
        jw_kstr(w, "option", d->option);
    if (d->node_id.n) {
        jw_kstr(w, "node_id", d->node_id);
        jw_kstr(w, "function", d->function);
    }
    if (d->port.n)
        jw_kstr(w, "port", d->port);
    jw_close(w, '}');
}

struct diagnostics {
    struct gb_diagnostic *list;
    uint32_t n;
};

static struct diagnostics diagnose(struct request *q, const struct result *r)
{
    const struct work *work = r->work;
    const struct gb_emission *map = work->graph.program ? &work->graph.emission : NULL;
    struct diagnostics d = {0};
    struct str text = r->execution->compile.diagnostics;
    if (text.n)
        gb_diagnostics(text, WORK_GRAPH_FILE, map, &q->arena, &d.list, &d.n);
    return d;
}

static void write_diagnostics(const struct diagnostics *d, struct jsonw *w)
{
    jw_key(w, "diagnostics");
    jw_open(w, '[');
    for (uint32_t i = 0; i < d->n; i++)
        write_diagnostic(w, &d->list[i]);
    jw_close(w, ']');
}

/* The diagnostics as a compiler writes them: the standard error of a program that did not compile, for
 * clients who show that. */
static struct str compiler_said(struct request *q, const struct diagnostics *d)
{
    cleanup_buf struct buf text = BUF_INIT(DIAGNOSTICS_TEXT_MAX);
    for (uint32_t i = 0; i < d->n; i++) {
        const struct gb_diagnostic *it = &d->list[i];
        buf_printf(&text, "%.*s:%u:%u: %.*s: %.*s\n", STR_ARG(it->file), it->line, it->col,
                   STR_ARG(it->kind), STR_ARG(it->message));
    }
    return arena_str(&q->arena, buf_view(&text));
}

static void write_compile(const struct result *r, const struct diagnostics *d, struct jsonw *w)
{
    const struct compile_result *c = &r->execution->compile;
    jw_key(w, "compile");
    jw_open(w, '{');
    jw_kms(w, "wall_ms", c->wall_ms);
    jw_kms(w, "cpu_ms", c->cpu_ms);
    jw_kint(w, "max_rss_kb", c->max_rss_kb);
    write_diagnostics(d, w);
    jw_close(w, '}');
}

/* Node and function of a site; a number that the program does not have names no node. */
static void write_site(struct jsonw *w, const struct graph_work *g, uint32_t site)
{
    const struct gb_program *p = g->program;
    jw_key(w, "node_id");
    if (!p || site == 0 || site >= g->identity.n_sites) {
        jw_null(w);
        jw_key(w, "function");
        jw_null(w);
        return;
    }
    const struct gb_site *s = &g->identity.sites[site];
    const struct gb_graph *graph = s->func == GB_NIL ? &p->main : &p->funcs[s->func].graph;
    jw_str(w, graph->nodes[s->node].id);
    jw_key(w, "function");
    if (s->func == GB_NIL)
        jw_null(w);
    else
        jw_str(w, p->funcs[s->func].name);
}

static void write_faults(const struct work *work, const struct run_result *r, struct jsonw *w)
{
    jw_key(w, "faults");
    jw_open(w, '[');
    for (uint32_t i = 0; i < r->n_faults; i++) {
        bool known = r->faults[i].kind < GB_FAULT_COUNT;
        enum gb_fault kind = known ? (enum gb_fault)r->faults[i].kind : GB_FAULT_none;
        jw_open(w, '{');
        write_site(w, &work->graph, r->faults[i].site);
        jw_kcstr(w, "kind", gb_fault_name(kind));
        jw_kcstr(w, "message", gb_fault_message(kind));
        jw_close(w, '}');
    }
    jw_close(w, ']');
}

/* The members that stand once a run: at the top, or in each of `results`. */
static void write_run(const struct work *work, const struct run_result *r, struct jsonw *w)
{
    output_json(w, "stdout", r->out);
    output_json(w, "stderr", r->err);
    jw_kcode(w, r->exit_code);
    jw_ksignal(w, r->signal);
    jw_kbool(w, "truncated", r->truncated);
    jw_kms(w, "execution_time", r->wall_ms / 1e3);
    jw_key(w, "run");
    jw_open(w, '{');
    jw_kms(w, "wall_ms", r->wall_ms);
    jw_kms(w, "cpu_ms", r->cpu_ms);
    jw_kint(w, "max_rss_kb", r->max_rss_kb);
    jw_close(w, '}');
    write_faults(work, r, w);
}

static void write_verdict(enum verdict v, struct jsonw *w)
{
    jw_kbool(w, "success", v == VERDICT_ok);
    jw_kcstr(w, "verdict", verdict_name(v));
    if (v == VERDICT_ok)
        return;
    jw_kcstr(w, "error", verdict_error(v));
    jw_kcstr(w, "message", verdict_message(v));
}

static void write_results(const struct result *r, struct jsonw *w)
{
    jw_key(w, "results");
    jw_open(w, '[');
    for (uint32_t i = 0; i < r->execution->n_runs; i++) {
        const struct run_result *run = &r->execution->runs[i];
        jw_open(w, '{');
        write_verdict(run->verdict, w);
        jw_kcstr(w, "cache", run->cached ? "hit" : cache_state_name(r->cache));
        write_run(r->work, run, w);
        jw_kraw_or_null(w, "killed_by", run->killed_by);
        jw_close(w, '}');
    }
    jw_close(w, ']');
}

static void write_timing(const struct request *q, struct jsonw *w)
{
    static const char *const names[] = {
#define PHASE(name, ...) #name "_ms",
#include "phase.def"
#undef PHASE
    };
    jw_key(w, "timing");
    jw_open(w, '{');
    for (int i = 0; i < PHASE_COUNT; i++)
        if (i != PHASE_auth && i != PHASE_store) /* the store's part is not over yet */
            jw_kms(w, names[i], q->spent_ms[i]);
    jw_close(w, '}');
}

/* Sources have neither. */
static void write_graph(const struct work *work, struct jsonw *w)
{
    jw_key(w, "cpp");
    if (work->graph.program)
        jw_str(w, buf_view(&work->graph.emission.cpp));
    else
        jw_null(w);
    jw_key(w, "mapping");
    if (work->graph.program)
        gb_map_json(&work->graph.emission, w);
    else
        jw_raw(w, STR("[]"));
}

static void write_run_or_nothing(struct request *q, const struct result *r,
                                 const struct diagnostics *d, struct jsonw *w)
{
    struct run_result nothing = {.exit_code = -1};
    const struct execution *x = r->execution;
    if (x->verdict == VERDICT_compile_error)
        nothing.err = compiler_said(q, d);
    if (r->work->many)
        write_results(r, w);
    else
        write_run(r->work, x->n_runs ? &x->runs[0] : &nothing, w);
    bool of_run = x->n_runs && x->runs[0].killed_by.n && !x->killed_by.n;
    jw_kraw_or_null(w, "killed_by", of_run ? x->runs[0].killed_by : x->killed_by);
}

void result_write(struct request *q, const struct result *r, size_t *ret_core)
{
    const struct execution *x = r->execution;
    const struct diagnostics d = diagnose(q, r);
    struct jsonw w = reply_json(q);
    jw_open(&w, '{');
    jw_kbool(&w, "success", x->verdict == VERDICT_ok);
    jw_kcstr(&w, "job_id", q->job.id);
    jw_kcstr(&w, "verdict", verdict_name(x->verdict));
    if (x->verdict != VERDICT_ok) {
        jw_kcstr(&w, "error", verdict_error(x->verdict));
        jw_kcstr(&w, "message", verdict_message(x->verdict));
    }
    jw_key(&w, "ir_hash");
    jw_cstr(&w, r->work->graph.program ? r->work->program_hash : NULL);
    if (!r->work->graph.program)
        jw_kcstr(&w, "code_hash", r->work->program_hash);
    if (r->result_hash[0])
        jw_kcstr(&w, "result_hash", r->result_hash);
    jw_kcstr(&w, "cache", cache_state_name(r->cache));
    jw_kcstr(&w, "stage", execution_stage(x));
    write_run_or_nothing(q, r, &d, &w);
    write_compile(r, &d, &w);
    if (r->violations || x->policy.n > 2) {
        jw_key(&w, "violations");
        jw_raw(&w, r->violations ? str_c(r->violations) : x->policy);
    }
    jw_kstr(&w, "image", x->image);
    jw_key(&w, "limits");
    limits_json(&r->work->limits, &w);
    write_timing(q, &w);
    jw_kbool(&w, "fallback_executed", x->fallback);
    *ret_core = w.out->len;
    write_graph(r->work, &w);
    jw_close(&w, '}');
}
