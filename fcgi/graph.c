/*
 * graph.c - the compiler's front and back for one request.
 */
#include "graph.h"

#include <errno.h>
#include <sodium.h>
#include <stdlib.h>

#include "../core/base/cleanup.h"
#include "reply.h"
#include "service.h"

struct gb_report *graph_report_take(struct worker *w)
{
    struct gb_report *r = steal_ptr(w->report);
    return r ? r : calloc(1, sizeof(*r));
}

void graph_report_give(struct worker *w, struct gb_report *r)
{
    if (!r)
        return;
    gb_report_free(r);
    free(w->report);
    w->report = r;
}

static bool names_includes(const struct gb_report *r)
{
    for (uint32_t i = 0; i < r->n_errors; i++)
        if (r->errors[i].code == GB_E_disallowed_include)
            return true;
    return false;
}

static void write_allowed(const struct gb_policy *policy, struct jsonw *w)
{
    uint32_t n = policy->n_includes;
    const struct str *list = policy->includes;
    if (!list)
        list = gb_default_includes(&n);
    jw_key(w, "allowed");
    jw_open(w, '[');
    for (uint32_t i = 0; i < n; i++)
        jw_str(w, list[i]);
    jw_close(w, ']');
}

static enum outcome invalid(struct request *q, const struct gb_report *r)
{
    struct jsonw w;
    enum outcome o = names_includes(r) ? OUTCOME_disallowed_includes : OUTCOME_validation;
    struct str first = r->n_errors ? r->errors[0].message : STR("the graph is not valid");
    problem_begin(q, o, &w, "%.*s", STR_ARG(first));
    jw_key(&w, "errors");
    gb_report_json(r->errors, r->n_errors, &w);
    jw_kint(&w, "suppressed", r->n_suppressed);
    if (o == OUTCOME_disallowed_includes)
        write_allowed(&q->service->policy, &w);
    return problem_end(o, &w);
}

enum outcome graph_check(struct request *q, uint32_t body, struct gb_report *report,
                         struct gb_program **ret_program)
{
    uint32_t node_defs, ir = gb_request_ir(&q->doc, body, &node_defs);
    int rc = gb_front(&q->doc, ir, node_defs, &q->service->policy, report, ret_program);
    if (rc == 0)
        return OUTCOME_ok;
    return rc == -EINVAL ? OUTCOME_validation
                         : problem(q, OUTCOME_internal, "no memory for the graph");
}

enum outcome graph_front(struct request *q, uint32_t body, struct gb_report *report,
                         struct gb_program **ret_program)
{
    enum outcome o = graph_check(q, body, report, ret_program);
    return o == OUTCOME_validation ? invalid(q, report) : o;
}

enum outcome graph_emit(struct request *q, bool standalone, struct work *w)
{
    const struct gb_emit_options options = {.standalone = standalone};
    struct graph_work *g = &w->graph;
    if (gb_identify(g->program, &q->arena, &g->identity) < 0)
        return problem(q, OUTCOME_internal, "no memory for the graph");
    sodium_bin2hex(w->program_hash, sizeof(w->program_hash), g->identity.hash, GB_HASH_BYTES);
    int rc = gb_emit(g->program, &g->identity, &options, &g->emission);
    if (rc < 0)
        return problem(q, OUTCOME_internal, "the C++ of this graph %s",
                       rc == -E2BIG ? "is too large" : "cannot be made");
    return OUTCOME_ok;
}
