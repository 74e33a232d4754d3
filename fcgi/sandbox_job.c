/*
 * sandbox_job.c - asking gb-sandboxd, and what its refusals mean to a client.
 */
#include "sandbox_job.h"

#include <errno.h>

#include "../core/base/log.h"
#include "../sandbox/client.h"
#include "../sql/store_jobs.h"
#include "jget.h"
#include "reply.h"
#include "service.h"

#define RETRY_AFTER_S 5
#define PATIENCE_S 1       /* before a queued job asks for a sandbox again */
#define CANCEL_LOOK_MS 500 /* how often the store is asked whether the owner wants an end */

struct collector {
    struct request *q;
    struct buf *output; /* 2 for each run */
    uint32_t n_runs;
    struct timespec looked;
    struct buf started; /* gb-sandboxd's STARTED */
};

static void on_started(void *data, struct str json)
{
    struct collector *c = data;
    buf_str(&c->started, json);
}

static void on_output(void *data, unsigned run, bool is_stderr, struct str bytes)
{
    struct collector *c = data;
    if (run >= c->n_runs)
        return;
    buf_str(&c->output[2 * run + is_stderr], bytes);
    if (c->q->live_output)
        c->q->live_output(c->q, run, is_stderr, bytes);
}

/* Asked all the time while the job is away: holds its lease, and hears of its owner's wish to end
 * it. */
static bool on_cancelled(void *data)
{
    struct collector *c = data;
    struct request *q = c->q;
    struct str id = str_c(q->job.id);
    if (q->live_output)
        q->live_output(q, 0, false, (struct str){0});
    if (ms_since(&c->looked) < CANCEL_LOOK_MS)
        return false;
    clock_gettime(CLOCK_MONOTONIC, &c->looked);
    if (q->transport->gone(q->transport->data))
        return true;
    if (!q->leased)
        return store_cancel_wanted(q->service->store, id);
    int rc = store_heartbeat(q->service->store, id, q->job.lease_ms, NULL);
    return rc == -ECANCELED || rc == -ENOENT;
}

static enum outcome unavailable(struct request *q, enum outcome o, int64_t retry_after,
                                const char *message)
{
    struct jsonw w;
    reply_header(&q->reply, "Retry-After", "%lld", (long long)retry_after);
    problem_begin(q, o, &w, "%s", message);
    jw_kcstr(&w, "what_to_do",
             "Try again after retry_after seconds. Operators: GET /readyz names what is down, "
             "gb-admin doctor what mends it.");
    jw_kint(&w, "retry_after", retry_after);
    return problem_end(o, &w);
}

/* An ERROR document of gb-sandboxd's. */
static enum outcome refused(struct request *q, struct str refusal)
{
    static const struct {
        const char *word;
        enum outcome outcome;
    } rows[] = {
        {"sandbox_unavailable", OUTCOME_sandbox_unavailable},
        {"overloaded", OUTCOME_overloaded},
        {"fallback_forbidden", OUTCOME_fallback_forbidden},
    };
    struct jdoc d = {0};
    enum outcome o = OUTCOME_internal;
    if (jdoc_parse(&d, refusal.s, refusal.n, NULL, NULL) == 0) {
        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
            if (str_eqc(jget_str(&d, 0, "error"), rows[i].word))
                o = rows[i].outcome;
        struct str message = arena_str(&q->arena, jget_str(&d, 0, "message"));
        int64_t retry = jget_int(&d, 0, "retry_after", RETRY_AFTER_S);
        log_write(LOG_LEVEL_WARN, "gb-sandboxd refused", "reason", message.s ? message.s : "",
                  NULL);
        if (o == OUTCOME_internal)
            problem(q, o, "the sandbox did not take the job");
        else
            unavailable(q, o, retry, message.s ? message.s : "");
    }
    jdoc_free(&d);
    return o;
}

static enum outcome broken(struct request *q, int rc, const struct err *err)
{
    log_err(LOG_LEVEL_ERROR, err, "no report from gb-sandboxd", NULL);
    switch (rc) {
    case -ECONNREFUSED:
    case -ENOENT:
    case -EACCES:
        return unavailable(q, OUTCOME_sandbox_unavailable, RETRY_AFTER_S,
                           "the sandbox service (gb-sandboxd) does not answer");
    case -ECONNRESET:
    case -EPIPE:
        return unavailable(q, OUTCOME_sandbox_unavailable, RETRY_AFTER_S,
                           "the sandbox service went away while the job ran");
    case -ETIMEDOUT:
        return unavailable(q, OUTCOME_sandbox_unavailable, RETRY_AFTER_S,
                           "the sandbox service did not finish the job in its time");
    default:
        return problem(q, OUTCOME_internal, "the sandbox's answer makes no sense");
    }
}

static void spend(struct request *q, const struct execution *x)
{
    q->spent_ms[PHASE_queue] += x->queue_ms;
    q->spent_ms[PHASE_start] += x->start_ms;
    q->spent_ms[PHASE_compile] += x->compile.wall_ms;
    for (uint32_t i = 0; i < x->n_runs; i++)
        q->spent_ms[PHASE_run] += x->runs[i].wall_ms;
}

static void submit_document(struct request *q, const struct sandbox_job *job, struct buf *out)
{
    const struct submit_options o = {
        .job_id = q->job.id,
        .user = q->caller.user,
        .fallback_token = request_param(q, "HTTP_X_DEV_FALLBACK_TOKEN"),
        .queue_ms = q->service->cfg.queue_ms,
        .binary = job->binary.n > 0,
        .want_binary = job->want_binary && job->binary.n == 0,
        .which = job->which,
        .n_which = job->n_which,
    };
    work_submit_json(job->work, &o, out);
}

static enum outcome judge(struct request *q, int rc, const struct sandbox_reply *reply,
                          const struct collector *c, struct execution *x, struct err *err)
{
    if (rc == -ECANCELED) {
        execution_of_cancelled(x, buf_view(&c->started), c->output, c->n_runs);
        spend(q, x);
        return OUTCOME_ok;
    }
    if (rc == 0 && reply->refusal.len)
        return refused(q, buf_view(&reply->refusal));
    if (rc == 0)
        rc = execution_read_report(x, buf_view(&reply->report), c->output, c->n_runs, err);
    if (rc < 0)
        return broken(q, rc, err);
    spend(q, x);
    if (x->verdict == VERDICT_sandbox_unavailable) /* gb-job could not do its work: our failure */
        return unavailable(q, OUTCOME_sandbox_unavailable, RETRY_AFTER_S,
                           "the sandbox failed while it had the job");
    return OUTCOME_ok;
}

static enum outcome run_once(struct request *q, const struct sandbox_job *job, struct execution *x,
                             struct buf *ret_binary)
{
    const struct service *s = q->service;
    uint32_t n_output = 2 * job->n_which;
    struct buf *output = arena_new_array(&q->arena, n_output ? n_output : 1, struct buf);
    cleanup_buf struct buf submit = BUF_INIT(0);
    struct sandbox_reply reply = {0};
    struct err err = {0};
    if (!output)
        return problem(q, OUTCOME_internal, "no memory");

    struct collector c = {.q = q, .output = output, .n_runs = job->n_which};
    const struct sandbox_events events = {
        .data = &c, .started = on_started, .output = on_output, .cancelled = on_cancelled};
    submit_document(q, job, &submit);
    int64_t most_ms = s->cfg.queue_ms + limits_total_ms(&job->work->limits, job->n_which);
    int rc = submit.error;
    if (rc == 0)
        rc = sandbox_run(s->cfg.sandbox_socket, buf_view(&submit), job->binary, (unsigned)most_ms,
                         &events, &reply, &err);
    enum outcome o = judge(q, rc, &reply, &c, x, &err);
    if (o == OUTCOME_ok && job->want_binary)
        buf_str(ret_binary, buf_view(&reply.artifact));

    for (uint32_t i = 0; i < n_output; i++)
        buf_free(&output[i]);
    buf_free(&c.started);
    sandbox_reply_free(&reply);
    return o;
}

/* A queued job has time: it waits for a sandbox, holding its lease. False: no longer. */
static bool be_patient(struct request *q)
{
    struct service *s = q->service;
    const struct timespec pause = {.tv_sec = PATIENCE_S};
    bool leased = q->leased && ms_since(&q->began) < (double)s->cfg.queue_expiry_s * 1e3;
    if (!leased || atomic_load(&s->stopping))
        return false;
    nanosleep(&pause, NULL);
    return store_heartbeat(s->store, str_c(q->job.id), q->job.lease_ms, NULL) == 0;
}

enum outcome sandbox_job_run(struct request *q, const struct sandbox_job *job, struct execution *x,
                             struct buf *ret_binary)
{
    enum outcome o;
    do
        o = run_once(q, job, x, ret_binary);
    while ((o == OUTCOME_sandbox_unavailable || o == OUTCOME_overloaded) &&
           x->verdict != VERDICT_sandbox_unavailable && be_patient(q));
    return o;
}
