/*
 * ledger.c - requests as rows.
 */
#include "ledger.h"

#include <errno.h>

#include "../core/base/log.h"
#include "../sql/store_jobs.h"
#include "job_json.h"
#include "key.h"
#include "metrics.h"
#include "reply.h"
#include "service.h"

#define EVENTS_MAX 100        /* of one job */
#define HIT_GRAPH_BYTES 16384 /* of C++ and map that are kept of a hit */

void ledger_begin(struct request *q, const char *kind)
{
    if (!q->job.id[0])
        store_new_id(q->service->store, q->job.id);
    q->job.kind = kind;
    q->job.user_id = q->caller.user_id;
    q->job.key_id = q->caller.key_id;
    q->job.user = str_c(q->caller.user);
    q->job.request_id = str_c(q->env.request_id);
    q->job.client_ip = str_c(q->env.remote_addr);
    log_ids(q->env.request_id, q->job.id);
}

void ledger_idempotent(struct request *q, struct str key, const char *route, struct str body)
{
    cleanup_buf struct buf text = BUF_INIT(0);
    char *hex = arena_alloc(&q->arena, WORK_HASH_HEX);
    if (!key.n || !q->job.kind || !hex)
        return;
    buf_puts(&text, route);
    buf_putc(&text, '\0');
    buf_str(&text, body);
    sha256_hex(buf_view(&text), hex);
    q->job.idempotency_key = key;
    q->job.fingerprint = str_c(hex);
}

void ledger_quota_headers(struct reply *r, const struct quota_state *quota)
{
    const struct quota_figure *rate = &quota->figure[QUOTA_jobs_per_minute];
    reply_header(r, "RateLimit-Limit", "%lld", (long long)rate->limit);
    reply_header(r, "RateLimit-Remaining", "%lld", (long long)rate->remaining);
    reply_header(r, "RateLimit-Reset", "%lld", (long long)rate->reset_s);
}

/* Nothing of this job stands in the store or will, so its id is not told. */
static void forget(struct request *q)
{
    q->recorded = true;
    q->job.id[0] = '\0';
}

/* A refusal costs nothing and leaves no row: it may come as often as the web server lets it. */
static enum outcome refused(struct request *q, const struct quota_state *quota)
{
    enum outcome o = OUTCOME_quota_exceeded;
    if (quota->refused_by == QUOTA_jobs_per_minute)
        o = OUTCOME_rate_limited;
    else if (quota->refused_by == QUOTA_system_running || quota->refused_by == QUOTA_system_queue)
        o = OUTCOME_overloaded;
    struct jsonw w;
    forget(q);
    problem_begin(q, o, &w, "%s", quota_limit_message(quota->refused_by));
    jw_kcstr(&w, "quota", quota_limit_name(quota->refused_by));
    jw_kint(&w, "retry_after", quota->retry_after_s);
    reply_header(&q->reply, "Retry-After", "%lld", (long long)quota->retry_after_s);
    return problem_end(o, &w);
}

/* The same request came before under this key: its job answers, in the words it answered with. */
static enum outcome replay(struct request *q)
{
    struct store *store = q->service->store;
    struct job_view view;
    struct artifact_view result;
    struct str id = str_c(q->job.id);
    q->recorded = true; /* there is nothing of this request's own to record */
    int rc = store_job(store, id, q->caller.user_id, &q->arena, &view, NULL);
    if (rc == 0 && view.asynchronous && !job_state_final(view.state))
        return job_accepted(q, view.state);
    if (rc < 0 ||
        store_artifact(store, id, q->caller.user_id, "result", &q->arena, &result, NULL) < 0) {
        reply_header(&q->reply, "Retry-After", "1");
        return problem(q, OUTCOME_in_progress, "the first request with this key is job %s",
                       q->job.id);
    }
    reply_header(&q->reply, "Location", "/v1/jobs/%s", q->job.id);
    reply_header(&q->reply, "Idempotency-Replayed", "true");
    buf_clear(&q->reply.body);
    buf_str(&q->reply.body, result.content);
    if (view.http_status < 400)
        return OUTCOME_replayed;
    q->reply.content_type = "application/problem+json";
    return outcome_of_word(arena_str(&q->arena, view.error).s, (int)view.http_status);
}

static enum outcome unavailable(struct request *q)
{
    reply_header(&q->reply, "Retry-After", "1");
    if (q->admitted)
        return problem(q, OUTCOME_store_unavailable,
                       "the job's end cannot be recorded now; GET /v1/jobs/%s will tell it",
                       q->job.id);
    forget(q);
    return problem(q, OUTCOME_store_unavailable,
                   "the job cannot be recorded now, so it was not run; try again");
}

static enum outcome store_said(struct request *q, int rc, const struct quota_state *quota,
                               const struct err *err)
{
    q->quota = *quota;
    if (quota->figure[QUOTA_jobs_per_minute].limit > 0)
        ledger_quota_headers(&q->reply, quota);
    switch (rc) {
    case 0:
        return OUTCOME_ok;
    case -EDQUOT:
        return refused(q, quota);
    case -EEXIST:
        return replay(q);
    case -EBADMSG:
        forget(q);
        return problem(q, OUTCOME_idempotency_mismatch,
                       "this Idempotency-Key came with another request before");
    default:
        break;
    }
    log_err(LOG_LEVEL_ERROR, err, "the store cannot record a job", NULL);
    if (!store_unavailable(rc)) {
        q->recorded = true; /* it cannot be */
        return problem(q, OUTCOME_internal, "the job could not be recorded");
    }
    return unavailable(q);
}

enum outcome ledger_admit(struct request *q, int64_t lease_ms)
{
    struct timespec from;
    struct quota_state quota = {0};
    struct err err = {0};
    if (q->admitted) /* gb-jobd's: it was admitted when it was leased */
        return OUTCOME_ok;
    clock_gettime(CLOCK_MONOTONIC, &from);
    q->job.lease_ms = lease_ms;
    int rc = store_admit(q->service->store, &q->job, &quota, &err);
    phase_end(q, PHASE_store, &from);
    q->admitted = rc == 0;
    return store_said(q, rc, &quota, &err);
}

enum outcome ledger_enqueue(struct request *q)
{
    struct timespec from;
    struct quota_state quota = {0};
    struct err err = {0};
    clock_gettime(CLOCK_MONOTONIC, &from);
    int rc = store_enqueue(q->service->store, &q->job, &quota, &err);
    phase_end(q, PHASE_store, &from);
    return store_said(q, rc, &quota, &err);
}

static enum outcome commit(struct request *q, struct job_outcome *end)
{
    struct timespec from;
    struct quota_state quota = {0};
    struct err err = {0};
    int rc;
    clock_gettime(CLOCK_MONOTONIC, &from);
    end->total_ms = ms_since(&q->began);
    end->queue_ms = q->spent_ms[PHASE_queue];
    end->validate_ms = q->spent_ms[PHASE_validate];
    end->cache_ms = q->spent_ms[PHASE_cache];
    end->start_ms = q->spent_ms[PHASE_start];
    end->compile_ms = q->spent_ms[PHASE_compile];
    end->run_ms = q->spent_ms[PHASE_run];
    if (q->admitted)
        rc = store_finish(q->service->store, &q->job, end, &err);
    else
        rc = store_record(q->service->store, &q->job, end, false, &quota, &err);
    phase_end(q, PHASE_store, &from);
    q->recorded = true; /* or it cannot be */
    return store_said(q, rc, &quota, &err);
}

static enum job_state state_of(enum verdict v)
{
    if (v == VERDICT_cancelled)
        return JOB_cancelled;
    return v == VERDICT_ok ? JOB_succeeded : JOB_failed;
}

/* How grave a verdict is; NULL: no matter of security. */
static const char *severity_of(enum verdict v)
{
    if (v == VERDICT_forbidden_syscall)
        return "critical";
    if (v == VERDICT_policy_blocked)
        return "warning";
    bool limit = v == VERDICT_time_limit || v == VERDICT_memory_limit || v == VERDICT_output_limit;
    return limit ? "info" : NULL;
}

/* One event for each violation, with its rule and place; one for a limit, with the limit. */
static uint32_t security_events(const struct result *r, struct job_event *events)
{
    const struct execution *x = r->execution;
    struct job_event event = {.kind = verdict_name(x->verdict),
                              .severity = severity_of(x->verdict)};
    struct str list = r->violations ? str_c(r->violations) : x->policy;
    struct jdoc d = {0};
    uint32_t n = 0;
    if (!event.severity)
        return 0;
    if (list.n && jdoc_parse(&d, list.s, list.n, NULL, NULL) == 0 && jdoc_is(&d, 0, JSON_ARRAY))
        for (uint32_t it = jdoc_first(&d, 0); it != JSON_NONE && n < EVENTS_MAX;
             it = jdoc_next(&d, 0, it)) {
            event.detail =
                (struct str){list.s + d.vals[it].start, d.vals[it].end - d.vals[it].start};
            events[n++] = event;
        }
    jdoc_free(&d);
    if (n == 0) {
        event.detail = x->killed_by.n || !x->n_runs ? x->killed_by : x->runs[0].killed_by;
        events[n++] = event;
    }
    return n;
}

static void figures(const struct execution *x, bool ran, struct job_outcome *end)
{
    const struct run_result *first = x->n_runs ? &x->runs[0] : NULL;
    end->exit_code = first ? (int)first->exit_code : -1;
    end->signal = first && first->signal.n ? first->signal.s : NULL;
    end->max_rss_kb = first ? first->max_rss_kb : 0;
    if (!ran)
        return;
    end->cpu_ms = x->compile.cpu_ms;
    for (uint32_t i = 0; i < x->n_runs; i++)
        end->cpu_ms += x->runs[i].cached ? 0 : x->runs[i].cpu_ms;
}

enum outcome ledger_end(struct request *q, const struct result *r, size_t core)
{
    const struct execution *x = r->execution;
    bool ran = r->cache == CACHE_MISS || r->cache == CACHE_BYPASS || r->cache == CACHE_OFF;
    struct str body = buf_view(&q->reply.body);
    bool whole = ran || q->leased || q->job.idempotency_key.n || body.n - core <= HIT_GRAPH_BYTES;
    struct str kept = body;
    if (!whole)
        kept = arena_printf(&q->arena, "%.*s}", (int)core, body.s);
    const struct job_artifact artifact = {"result", "application/json", kept};
    struct job_event events[EVENTS_MAX];
    uint32_t n_events = r->cache == CACHE_HIT ? 0 : security_events(r, events);
    struct job_outcome end = {
        .state = state_of(x->verdict),
        .verdict = verdict_name(x->verdict),
        .error = x->verdict == VERDICT_ok ? NULL : verdict_error(x->verdict),
        .stage = execution_stage(x),
        .cache = cache_state_name(r->cache),
        .code_hash = str_c(r->work->program_hash),
        .image = x->image,
        .container_id = ran ? x->container_id : (struct str){0},
        .http_status = 200,
        .fallback_executed = x->fallback,
        .artifacts = &artifact,
        .n_artifacts = 1,
        .events = events,
        .n_events = n_events,
    };
    figures(x, ran, &end);
    q->verdict = end.verdict;
    q->cache = end.cache;
    metrics_verdict(q->service->metrics, x->verdict, r->cache);
    return commit(q, &end);
}

/* What of a refusal is a matter of security: code that would reach what is not allowed. */
static bool refusal_event(enum outcome o, struct job_event *ret)
{
    if (o != OUTCOME_disallowed_includes && o != OUTCOME_fallback_forbidden)
        return false;
    *ret = (struct job_event){.kind = outcome_row(o)->name,
                              .severity = "warning",
                              .detail = str_c(outcome_row(o)->title)};
    return true;
}

enum outcome ledger_close(struct request *q, enum outcome o)
{
    const struct outcome_row *row = outcome_row(o);
    bool good = row->status < 400;
    if (!q->job.kind || q->recorded || o == OUTCOME_store_unavailable)
        return o;
    const struct job_artifact artifact = {"result", "application/json", buf_view(&q->reply.body)};
    struct job_event event;
    struct job_outcome end = {
        .state = good ? JOB_succeeded : JOB_failed,
        .error = good ? NULL : row->word,
        .message = str_c(good ? "" : row->title),
        .stage = "validation",
        .http_status = row->status,
        .exit_code = -1,
        .artifacts = &artifact,
        .n_artifacts = q->admitted || q->job.idempotency_key.n ? 1 : 0,
        .events = &event,
        .n_events = refusal_event(o, &event) ? 1 : 0,
    };
    enum outcome said = commit(q, &end);
    return said == OUTCOME_ok ? o : said;
}
