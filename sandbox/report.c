/* report.c - see report.h. */
#include "report.h"

#include "../core/base/jsonw.h"

#include <errno.h>
#include <jansson.h>

static const char *const verdicts[] = {
    "ok",           "compile_error",  "runtime_error",     "time_limit", "memory_limit",
    "output_limit", "policy_blocked", "forbidden_syscall", "cancelled",  "sandbox_unavailable",
};
static const char *const stages[] = {"validation", "compilation", "execution"};

static const struct refusal_row {
    const char *word;
    const char *what_to_do; /* NULL: the message says all */
    int retry_after;        /* seconds; 0: trying again is of no use */
} refusals[] = {
    [REFUSAL_UNAVAILABLE] =
        {"sandbox_unavailable",
         "see that Docker runs, that the sandbox image exists (make image), and "
         "that gb-sandboxd's user may use the Engine's socket",
         5},
    [REFUSAL_OVERLOADED] = {"overloaded", NULL, 2},
    [REFUSAL_CANCELLED] = {"cancelled", NULL, 0},
    [REFUSAL_BAD_REQUEST] = {"bad_request", NULL, 0},
    [REFUSAL_FALLBACK] = {"fallback_forbidden", NULL, 0},
    [REFUSAL_FORBIDDEN] = {"forbidden", NULL, 0},
};

static bool one_of(const char *word, const char *const *words, size_t n)
{
    for (size_t i = 0; word && i < n; i++)
        if (strcmp(word, words[i]) == 0)
            return true;
    return false;
}

static int check(const json_t *doc, struct err *err)
{
    const char *verdict = json_string_value(json_object_get(doc, "verdict"));
    const char *stage = json_string_value(json_object_get(doc, "stage"));
    json_t *runs = json_object_get(doc, "runs");
    if (!one_of(verdict, verdicts, sizeof verdicts / sizeof *verdicts))
        return err_set(err, -EPROTO, "a report without a verdict");
    if (!one_of(stage, stages, sizeof stages / sizeof *stages))
        return err_set(err, -EPROTO, "a report without a stage");
    return runs && !json_is_array(runs) ? err_set(err, -EPROTO, "a report whose runs are no list")
                                        : 0;
}

static json_t *facts_json(const struct report_facts *f)
{
    return json_pack("{s:s, s:s, s:f, s:f, s:b}", "container_id", f->container_id, "image",
                     f->image, "queue_ms", f->queue_ms, "start_ms", f->start_ms,
                     "fallback_executed", f->fallback_executed);
}

static int put_json(struct buf *out, json_t *doc, struct err *err)
{
    char *text = doc ? json_dumps(doc, JSON_COMPACT | JSON_REAL_PRECISION(9)) : NULL;
    if (!text)
        return err_set(err, -ENOMEM, "no memory for a report");
    buf_puts(out, text);
    free(text);
    return out->error;
}

int report_finish(struct str from_job, const struct report_facts *facts, struct buf *out,
                  struct err *err)
{
    json_error_t where;
    json_t *doc = json_loadb(from_job.s ? from_job.s : "", from_job.n,
                             JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, &where);
    json_t *ours = facts_json(facts);
    int r = json_is_object(doc)
                ? check(doc, err)
                : err_set(err, -EPROTO, "a report that is no object: %s", where.text);
    if (r == 0 && (!ours || json_object_update(doc, ours) < 0))
        r = err_set(err, -ENOMEM, "no memory for a report");
    if (r == 0)
        r = put_json(out, doc, err);
    json_decref(ours);
    json_decref(doc);
    return r;
}

void report_memory(bool while_running, int64_t limit_kb, const struct report_facts *facts,
                   struct buf *out)
{
    const char *phase = while_running ? "run" : "compile";
    json_t *doc =
        json_pack("{s:s, s:s, s:[], s:{s:s, s:I, s:I, s:s, s:s}}", "stage",
                  while_running ? "execution" : "compilation", "verdict", "memory_limit", "runs",
                  "killed_by", "resource", "memory", "limit", (json_int_t)limit_kb, "observed",
                  (json_int_t)limit_kb, "unit", "KiB", "phase", phase);
    json_t *ours = facts_json(facts);
    if (doc && ours && json_object_update(doc, ours) == 0)
        put_json(out, doc, NULL);
    json_decref(ours);
    json_decref(doc);
}

void report_started(const struct report_facts *facts, struct buf *out)
{
    json_t *doc = facts_json(facts);
    put_json(out, doc, NULL);
    json_decref(doc);
}

void refusal_write(enum refusal refusal, const char *message, struct buf *out)
{
    const struct refusal_row *row = &refusals[refusal];
    cleanup_buf struct buf text = BUF_INIT(0);
    buf_puts(&text, message);
    if (row->what_to_do)
        buf_printf(&text, "; %s", row->what_to_do);
    struct jsonw w = {.out = out};
    jw_open(&w, '{');
    jw_kcstr(&w, "error", row->word);
    jw_kcstr(&w, "message", buf_cstr(&text));
    if (row->retry_after)
        jw_kint(&w, "retry_after", row->retry_after);
    jw_close(&w, '}');
}
