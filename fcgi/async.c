/*
 * async.c - requests that are queued for gb-jobd.
 */
#include "async.h"

#include <errno.h>
#include <stdlib.h>
#include <strings.h>

#include "../sql/store_jobs.h"
#include "dispatch.h"
#include "graph.h"
#include "jget.h"
#include "job_json.h"
#include "ledger.h"
#include "reply.h"
#include "service.h"
#include "webhook.h"

#define LOOK_MS 50 /* how often a waiting request looks for its job's end */

bool async_wanted(const struct request *q)
{
    return strcasestr(request_param(q, "HTTP_PREFER"), "respond-async") != NULL;
}

/* The seconds of `wait=N`, bounded by the operator's; 0: none. */
static int64_t wait_s(const struct request *q)
{
    const char *wait = strcasestr(request_param(q, "HTTP_PREFER"), "wait=");
    int64_t s = wait ? strtoll(wait + 5, NULL, 10) : 0;
    int64_t most = q->service->cfg.max_wait_s;
    return s < 0 ? 0 : s < most ? s : most;
}

/* What can be refused now is refused now. */
static enum outcome check_now(struct request *q)
{
    enum outcome o = check_fields(q, q->route->fields, 0);
    struct str url = jget_str(&q->doc, 0, "webhook_url");
    if (o == OUTCOME_ok && url.n && !webhook_allowed(q->service->cfg.webhook_hosts, url))
        return problem(q, OUTCOME_bad_field, "`webhook_url` is no address that webhooks may go to");
    uint32_t node_defs;
    if (o != OUTCOME_ok || gb_request_ir(&q->doc, 0, &node_defs) == JSON_NONE)
        return o;
    struct gb_report *report = graph_report_take(q->worker);
    struct gb_program *program = NULL;
    if (!report)
        return problem(q, OUTCOME_internal, "no memory for the request");
    o = graph_front(q, 0, report, &program);
    gb_program_free(program);
    graph_report_give(q->worker, report);
    return o;
}

/* Waits for the end; *ret_view is the last that was seen of the job. */
static bool wait_for_end(struct request *q, int64_t seconds, struct job_view *ret_view)
{
    struct timespec began;
    const struct timespec pause = {.tv_nsec = LOOK_MS * 1000000L};
    struct service *s = q->service;
    clock_gettime(CLOCK_MONOTONIC, &began);
    bool over = false;
    while (!over && ms_since(&began) < (double)seconds * 1e3 && !atomic_load(&s->stopping)) {
        nanosleep(&pause, NULL);
        over = store_job(s->store, str_c(q->job.id), q->caller.user_id, &q->arena, ret_view,
                         NULL) == 0 &&
               job_state_final(ret_view->state);
    }
    return over;
}

static enum outcome say_result(struct request *q, const struct job_view *view)
{
    struct artifact_view result;
    if (store_artifact(q->service->store, str_c(q->job.id), q->caller.user_id, "result", &q->arena,
                       &result, NULL) < 0)
        return job_accepted(q, view->state);
    buf_clear(&q->reply.body);
    buf_str(&q->reply.body, result.content);
    reply_header(&q->reply, "Location", "/v1/jobs/%s", q->job.id);
    reply_header(&q->reply, "Preference-Applied", "respond-async, wait");
    if (view->http_status < 400)
        return OUTCOME_ok;
    q->reply.content_type = "application/problem+json";
    return outcome_of_word(arena_str(&q->arena, view->error).s, (int)view->http_status);
}

/* The body with `piece` in place of its bytes from..to; empty without memory. */
static struct str spliced(struct request *q, size_t from, size_t to, const char *piece)
{
    struct str body = buf_view(&q->body);
    size_t n = strlen(piece), rest = body.n - to;
    char *text = arena_alloc(&q->arena, from + n + rest);
    if (!text)
        return (struct str){0};
    memcpy(text, body.s, from);
    memcpy(text + from, piece, n);
    memcpy(text + from + n, body.s + to, rest);
    return (struct str){text, from + n + rest};
}

/* What is queued is the body alone, so that the wish of Cache-Control: no-store becomes an option. */
static struct str without_cache(struct request *q)
{
    const struct jdoc *d = &q->doc;
    uint32_t options = jdoc_get(d, 0, "options"), cache = jdoc_get(d, options, "cache");
    const struct jval *v = &d->vals[options == JSON_NONE ? 0 : options];
    if (options == JSON_NONE)
        return spliced(q, v->start + 1, v->start + 1, "\"options\":{\"cache\":\"bypass\"},");
    if (!jdoc_is(d, options, JSON_OBJECT))
        return spliced(q, v->start, v->end, "{\"cache\":\"bypass\"}");
    if (cache != JSON_NONE)
        return spliced(q, d->vals[cache].start, d->vals[cache].end, "\"bypass\"");
    return spliced(q, v->start + 1, v->start + 1,
                   v->count ? "\"cache\":\"bypass\"," : "\"cache\":\"bypass\"");
}

enum outcome async_accept(struct request *q)
{
    enum outcome o = check_now(q);
    if (o != OUTCOME_ok)
        return ledger_close(q, o);
    q->job.request = request_no_store(q) ? without_cache(q) : buf_view(&q->body);
    if (!q->job.request.n)
        return ledger_close(q, problem(q, OUTCOME_internal, "no memory for the request"));
    q->job.webhook_url = jget_str(&q->doc, 0, "webhook_url");
    q->job.expires_ms = q->service->cfg.queue_expiry_s * 1000;
    o = ledger_enqueue(q);
    if (o != OUTCOME_ok)
        return o;
    int64_t seconds = wait_s(q);
    struct job_view view = {.state = JOB_queued};
    if (seconds == 0 || !service_hold(q->service))
        return job_accepted(q, JOB_queued);
    bool over = wait_for_end(q, seconds, &view);
    service_release(q->service);
    return over ? say_result(q, &view) : job_accepted(q, view.state);
}
