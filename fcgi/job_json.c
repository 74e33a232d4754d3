/*
 * job_json.c - writing jobs.
 */
#include "job_json.h"

#include <stdio.h>
#include <time.h>

#include "reply.h"

bool job_state_final(enum job_state s)
{
    static const bool final[] = {
#define JOB_STATE(name, is_final, ...) is_final,
#include "../sql/job_states.def"
#undef JOB_STATE
    };
    return (unsigned)s < JOB_STATE_COUNT && final[s];
}

/* Milliseconds since 1970 as RFC 3339; 0 is null. */
static void jw_ktime(struct jsonw *w, const char *key, int64_t ms)
{
    char text[40];
    struct tm tm;
    time_t s = (time_t)(ms / 1000);
    jw_key(w, key);
    if (ms <= 0 || !gmtime_r(&s, &tm)) {
        jw_null(w);
        return;
    }
    size_t n = strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%S", &tm);
    snprintf(text + n, sizeof(text) - n, ".%03dZ", (int)(ms % 1000));
    jw_cstr(w, text);
}

static void jw_ktext(struct jsonw *w, const char *key, struct str v)
{
    if (v.n)
        jw_kstr(w, key, v);
}

static void jw_kms(struct jsonw *w, const char *key, double ms)
{
    jw_key(w, key);
    jw_fixed(w, ms, 3);
}

static void write_timing(const struct job_view *j, struct jsonw *w)
{
    jw_key(w, "timing");
    jw_open(w, '{');
    jw_kms(w, "queue_ms", j->queue_ms);
    jw_kms(w, "validate_ms", j->validate_ms);
    jw_kms(w, "cache_ms", j->cache_ms);
    jw_kms(w, "start_ms", j->start_ms);
    jw_kms(w, "compile_ms", j->compile_ms);
    jw_kms(w, "run_ms", j->run_ms);
    jw_kms(w, "total_ms", j->total_ms);
    jw_close(w, '}');
}

void job_members_json(const struct job_view *j, struct jsonw *w)
{
    jw_kstr(w, "job_id", j->id);
    jw_kcstr(w, "state", job_state_name(j->state));
    jw_kstr(w, "kind", j->kind);
    jw_ktext(w, "verdict", j->verdict);
    jw_ktext(w, "error", j->error);
    jw_ktext(w, "message", j->message);
    jw_ktext(w, "stage", j->stage);
    jw_ktext(w, "cache", j->cache);
    jw_ktext(w, "code_hash", j->code_hash);
    jw_ktext(w, "image", j->image);
    jw_ktext(w, "signal", j->signal);
    if (j->exit_code >= 0)
        jw_kint(w, "exit_code", j->exit_code);
    jw_kbool(w, "asynchronous", j->asynchronous);
    jw_kbool(w, "cancel_wanted", j->cancel_wanted);
    jw_kbool(w, "fallback_executed", j->fallback_executed);
    jw_kint(w, "attempt", j->attempt);
    jw_ktime(w, "created_at", j->created_at);
    jw_ktime(w, "started_at", j->started_at);
    jw_ktime(w, "finished_at", j->finished_at);
    write_timing(j, w);
}

void job_links_json(struct str id, struct jsonw *w)
{
    char path[100];
    jw_open(w, '{');
    snprintf(path, sizeof(path), "/v1/jobs/%.*s", STR_ARG(id));
    jw_kcstr(w, "self", path);
    snprintf(path, sizeof(path), "/v1/jobs/%.*s/events", STR_ARG(id));
    jw_kcstr(w, "events", path);
    jw_close(w, '}');
}

enum outcome job_accepted(struct request *q, enum job_state state)
{
    struct jsonw w = reply_json(q);
    reply_header(&q->reply, "Location", "/v1/jobs/%s", q->job.id);
    reply_header(&q->reply, "Preference-Applied", "respond-async");
    reply_header(&q->reply, "Retry-After", "1");
    jw_open(&w, '{');
    jw_kcstr(&w, "job_id", q->job.id);
    jw_kcstr(&w, "state", job_state_name(state));
    jw_key(&w, "links");
    job_links_json(str_c(q->job.id), &w);
    jw_close(&w, '}');
    return OUTCOME_accepted;
}
