/*
 * report.c - verdicts and figures as JSON.
 */
#include "report.h"

#include <errno.h>
#include <stdlib.h>

int report_init(struct report *r)
{
    r->root = json_pack("{s:s, s:s, s:n, s:[], s:n, s:[]}", "stage", "compilation", "verdict", "ok",
                        "compile", "runs", "killed_by", "policy");
    r->runs = json_object_get(r->root, "runs");
    return r->root == NULL ? -ENOMEM : 0;
}

void report_free(struct report *r)
{
    json_decref(r->root);
    *r = (struct report){0};
}

static json_t *signal_json(int signal)
{
    return signal == 0 ? json_null() : json_string(proc_signal_name(signal));
}

static json_t *killed_by_json(const struct proc_result *r, const char *phase)
{
    if (r->killed_by == RESOURCE_NONE)
        return json_null();
    return json_pack("{s:s, s:I, s:I, s:s, s:s}", "resource", proc_resource_name(r->killed_by),
                     "limit", (json_int_t)r->limit, "observed", (json_int_t)r->observed, "unit",
                     proc_resource_unit(r->killed_by), "phase", phase);
}

static const char *limit_verdict(enum proc_resource resource)
{
    switch (resource) {
    case RESOURCE_WALL:
    case RESOURCE_CPU:
        return "time_limit";
    case RESOURCE_MEMORY:
        return "memory_limit";
    case RESOURCE_OUTPUT:
        return "output_limit";
    case RESOURCE_PIDS:
    case RESOURCE_FILE:
    case RESOURCE_NONE:
        break;
    }
    return NULL;
}

static const char *compile_verdict(const struct compilation *c)
{
    const char *limit = limit_verdict(c->result.killed_by);

    if (c->outcome == COMPILE_OK)
        return "ok";
    return limit != NULL ? limit : "compile_error";
}

static const char *run_verdict(const struct proc_result *r)
{
    const char *limit = limit_verdict(r->killed_by);

    if (r->forbidden > 0)
        return "forbidden_syscall";
    if (limit != NULL)
        return limit;
    return r->signal == 0 && r->exit_code == 0 ? "ok" : "runtime_error";
}

/* The first verdict that is not ok stays, with its killed_by. */
static void set_verdict(struct report *r, const char *verdict, json_t *killed_by)
{
    const char *now = json_string_value(json_object_get(r->root, "verdict"));

    if (now == NULL || strcmp(now, "ok") != 0 || strcmp(verdict, "ok") == 0)
        return;
    json_object_set_new(r->root, "verdict", json_string(verdict));
    json_object_set(r->root, "killed_by", killed_by);
}

void report_compile(struct report *r, const struct compilation *c)
{
    const struct proc_result *p = &c->result;
    json_t *killed_by = killed_by_json(p, "compile");
    json_t *text =
        json_stringn(c->diagnostics.len > 0 ? c->diagnostics.data : "", c->diagnostics.len);

    if (text == NULL) /* it was no UTF-8, or there is no memory */
        text = json_string("");
    json_object_set_new(r->root, "compile",
                        json_pack("{s:b, s:i, s:o, s:f, s:f, s:I, s:o, s:b}", "ran", 1, "exit_code",
                                  p->exit_code, "signal", signal_json(p->signal), "wall_ms",
                                  p->wall_ms, "cpu_ms", p->cpu_ms, "max_rss_kb",
                                  (json_int_t)p->max_rss_kb, "diagnostics", text, "truncated",
                                  p->truncated));
    set_verdict(r, compile_verdict(c), killed_by);
    json_decref(killed_by);
}

void report_refusal(struct report *r, const struct imports *imports)
{
    json_t *policy = json_object_get(r->root, "policy");

    for (size_t i = 0; i < imports->n_blocked; i++)
        json_array_append_new(
            policy, json_pack("{s:s, s:s}", "rule", "symbol", "symbol", imports->blocked[i]));
    set_verdict(r, "policy_blocked", json_null());
}

static json_t *faults_json(const struct proc_result *p)
{
    json_t *faults = json_array();

    for (size_t i = 0; i < p->n_faults; i++)
        json_array_append_new(faults, json_pack("{s:I, s:I}", "kind", (json_int_t)p->faults[i].kind,
                                                "site", (json_int_t)p->faults[i].site));
    return faults;
}

static void add_refused(struct report *r, const struct proc_result *p)
{
    json_t *policy = json_object_get(r->root, "policy");
    json_int_t run = (json_int_t)json_array_size(r->runs);

    for (size_t i = 0; i < p->n_refused; i++)
        json_array_append_new(policy, json_pack("{s:s, s:s, s:I}", "rule", "syscall", "syscall",
                                                p->refused[i], "run", run));
}

void report_run(struct report *r, const struct proc_result *p, bool reads_clock)
{
    json_t *killed_by = killed_by_json(p, "run");
    json_t *exit_code = p->signal == 0 ? json_integer(p->exit_code) : json_null();

    add_refused(r, p);
    json_object_set_new(r->root, "stage", json_string("execution"));
    json_array_append_new(
        r->runs,
        json_pack("{s:s, s:o, s:o, s:f, s:f, s:I, s:I, s:I, s:b, s:o, s:O, s:b}", "verdict",
                  run_verdict(p), "exit_code", exit_code, "signal", signal_json(p->signal),
                  "wall_ms", p->wall_ms, "cpu_ms", p->cpu_ms, "max_rss_kb",
                  (json_int_t)p->max_rss_kb, "stdout_bytes", (json_int_t)p->bytes[PROC_STDOUT],
                  "stderr_bytes", (json_int_t)p->bytes[PROC_STDERR], "truncated", p->truncated,
                  "faults", faults_json(p), "killed_by", killed_by, "reads_clock", reads_clock));
    set_verdict(r, run_verdict(p), killed_by);
    json_decref(killed_by);
}

void report_failure(struct report *r, const struct err *err)
{
    json_object_set_new(r->root, "verdict", json_string("sandbox_unavailable"));
    json_object_set_new(r->root, "error", json_string(err->message));
}

char *report_text(const struct report *r)
{
    return json_dumps(r->root, JSON_COMPACT);
}
