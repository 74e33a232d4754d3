/*
 * compile.c - POST /v1/compile, /v1/validate, /v1/emit, /v1/preview: what is done with a graph.
 */
#include <errno.h>
#include <sodium.h>

#include "graph.h"
#include "handlers.h"
#include "jget.h"
#include "pipeline.h"
#include "record.h"
#include "reply.h"
#include "service.h"

static enum outcome compile(struct request *q, uint32_t body, struct gb_report *report,
                            struct work *w)
{
    struct timespec from;
    clock_gettime(CLOCK_MONOTONIC, &from);
    if (work_read_common(w, &q->service->cfg, &q->doc, body, &q->arena) < 0)
        return problem(q, OUTCOME_internal, "no memory for the request");
    w->use_cache &= !request_no_store(q);
    enum outcome o = graph_front(q, body, report, &w->graph.program);
    if (o == OUTCOME_ok)
        o = graph_emit(q, false, w);
    phase_end(q, PHASE_validate, &from);
    if (o != OUTCOME_ok)
        return o;
    struct source_file file = {STR(WORK_GRAPH_FILE), buf_view(&w->graph.emission.cpp)};
    w->sources = &file;
    w->n_sources = 1;
    return pipeline_run(q, w);
}

/* Lends the handler a report for its graph. */
static enum outcome with_report(struct request *q, uint32_t body,
                                enum outcome (*handle)(struct request *, uint32_t,
                                                       struct gb_report *))
{
    struct gb_report *report = graph_report_take(q->worker);
    if (!report)
        return problem(q, OUTCOME_internal, "no memory for the request");
    enum outcome o = handle(q, body, report);
    graph_report_give(q->worker, report);
    return o;
}

static enum outcome compile_with(struct request *q, uint32_t body, struct gb_report *report)
{
    struct work w = {.kind = "compile", .language = "c++"};
    enum outcome o = compile(q, body, report, &w);
    work_free(&w);
    return o;
}

enum outcome handle_compile(struct request *q, uint32_t body)
{
    return with_report(q, body, compile_with);
}

static void write_report(const struct gb_report *report, struct jsonw *w)
{
    jw_key(w, "errors");
    gb_report_json(report->errors, report->n_errors, w);
    jw_kint(w, "suppressed", report->n_suppressed);
    jw_key(w, "warnings");
    gb_report_json(report->warnings, report->n_warnings, w);
}

static enum outcome validate_with(struct request *q, uint32_t body, struct gb_report *report)
{
    struct gb_program *program = NULL;
    struct gb_identity id = {0};
    struct timespec from;
    clock_gettime(CLOCK_MONOTONIC, &from);
    enum outcome o = graph_check(q, body, report, &program);
    bool valid = o == OUTCOME_ok;
    if (valid && gb_identify(program, &q->arena, &id) < 0)
        o = problem(q, OUTCOME_internal, "no memory for the graph");
    gb_program_free(program);
    phase_end(q, PHASE_validate, &from);
    if (o != OUTCOME_ok && o != OUTCOME_validation)
        return o;

    struct jsonw w = reply_json(q);
    jw_open(&w, '{');
    jw_kbool(&w, "success", valid);
    jw_kbool(&w, "valid", valid);
    jw_kcstr(&w, "job_id", q->job.id);
    if (valid) {
        char hex[WORK_HASH_HEX];
        sodium_bin2hex(hex, sizeof(hex), id.hash, GB_HASH_BYTES);
        jw_kcstr(&w, "ir_hash", hex);
    }
    write_report(report, &w);
    jw_close(&w, '}');
    return OUTCOME_ok;
}

static enum outcome emit_with(struct request *q, uint32_t body, struct gb_report *report)
{
    struct work w = {0};
    struct timespec from;
    clock_gettime(CLOCK_MONOTONIC, &from);
    bool standalone = jget_bool(&q->doc, jdoc_get(&q->doc, body, "options"), "standalone", false);
    enum outcome o = graph_front(q, body, report, &w.graph.program);
    if (o == OUTCOME_ok)
        o = graph_emit(q, standalone, &w);
    phase_end(q, PHASE_validate, &from);
    if (o == OUTCOME_ok) {
        struct jsonw j = reply_json(q);
        jw_open(&j, '{');
        jw_kbool(&j, "success", true);
        jw_kcstr(&j, "job_id", q->job.id);
        jw_kcstr(&j, "ir_hash", w.program_hash);
        jw_kstr(&j, "cpp", buf_view(&w.graph.emission.cpp));
        jw_key(&j, "mapping");
        gb_map_json(&w.graph.emission, &j);
        jw_key(&j, "warnings");
        gb_report_json(report->warnings, report->n_warnings, &j);
        jw_close(&j, '}');
    }
    work_free(&w);
    return o;
}

/* Node and function of what the evaluator stopped at. */
static void write_place(const struct gb_program *p, const struct gb_eval_result *r, struct jsonw *w)
{
    bool in_main = r->fault_func == GB_NIL;
    const struct gb_graph *g = in_main ? &p->main : &p->funcs[r->fault_func].graph;
    jw_key(w, "node_id");
    if (r->fault_node == GB_NIL)
        jw_null(w);
    else
        jw_str(w, g->nodes[r->fault_node].id);
    jw_key(w, "function");
    if (in_main)
        jw_null(w);
    else
        jw_str(w, p->funcs[r->fault_func].name);
}

static void write_fault(const struct gb_program *p, const struct gb_eval_result *r, struct jsonw *w)
{
    jw_key(w, "faults");
    jw_open(w, '[');
    if (r->fault != GB_FAULT_none) {
        jw_open(w, '{');
        write_place(p, r, w);
        jw_kcstr(w, "kind", gb_fault_name(r->fault));
        jw_kcstr(w, "message", gb_fault_message(r->fault));
        jw_close(w, '}');
    }
    jw_close(w, ']');
}

static enum outcome no_preview(struct request *q, const struct gb_program *p,
                               const struct gb_eval_result *r)
{
    struct jsonw w;
    problem_begin(q, OUTCOME_preview_unavailable, &w,
                  "the preview cannot run external nodes; POST /v1/compile runs them");
    write_place(p, r, &w);
    return problem_end(OUTCOME_preview_unavailable, &w);
}

static enum outcome preview(struct request *q, const struct gb_program *p, struct str input)
{
    const struct gb_eval_options options = {.input = input};
    struct gb_eval_result r = {0};
    int rc = gb_eval(p, &options, &r);
    if (rc == -ENOMEM)
        return problem(q, OUTCOME_internal, "no memory to evaluate the graph");
    bool external = rc == -ENOTSUP;
    enum outcome o = OUTCOME_ok;
    if (external) {
        o = no_preview(q, p, &r);
    } else {
        bool good = r.fault == GB_FAULT_none && r.exit_code == 0;
        struct jsonw w = reply_json(q);
        jw_open(&w, '{');
        jw_kbool(&w, "success", good);
        jw_kcstr(&w, "job_id", q->job.id);
        jw_kcstr(&w, "verdict", good ? "ok" : "runtime_error");
        output_json(&w, "stdout", buf_view(&r.output));
        jw_kint(&w, "exit_code", r.exit_code);
        write_fault(p, &r, &w);
        jw_key(&w, "steps");
        jw_uint(&w, r.steps);
        jw_close(&w, '}');
    }
    buf_free(&r.output);
    return o;
}

static enum outcome preview_with(struct request *q, uint32_t body, struct gb_report *report)
{
    struct gb_program *program = NULL;
    struct timespec from;
    clock_gettime(CLOCK_MONOTONIC, &from);
    enum outcome o = graph_front(q, body, report, &program);
    phase_end(q, PHASE_validate, &from);
    if (o == OUTCOME_ok)
        o = preview(q, program, jget_str(&q->doc, body, "stdin"));
    phase_end(q, PHASE_run, &from);
    gb_program_free(program);
    return o;
}

enum outcome handle_validate(struct request *q, uint32_t body)
{
    return with_report(q, body, validate_with);
}

enum outcome handle_emit(struct request *q, uint32_t body)
{
    return with_report(q, body, emit_with);
}

enum outcome handle_preview(struct request *q, uint32_t body)
{
    return with_report(q, body, preview_with);
}
