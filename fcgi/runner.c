/*
 * runner.c - a queued job becomes a request again, this time without a client.
 *
 * The stored body goes through the same checks and the same handler as one that comes over HTTP;
 * the reply's body is kept as the job's result. While the program runs, its output is appended to
 * the artifacts `stdout` and `stderr`, where GET /v1/jobs/{id}/events finds it.
 */
#include "runner.h"

#include <errno.h>

#include "../core/base/log.h"
#include "../sql/store_jobs.h"
#include "dispatch.h"
#include "ledger.h"
#include "limits.h"
#include "reply.h"

#define LIVE_MS 200         /* between two writes of live output */
#define LIVE_MAX (64 << 10) /* kept of each stream for watchers */

/* ---- nobody is there ------------------------------------------------------------------------- */

static const char *no_param(void *data, const char *name)
{
    (void)data, (void)name;
    return NULL;
}

static size_t no_read(void *data, char *into, size_t n)
{
    (void)data, (void)into, (void)n;
    return 0;
}

static int no_write(void *data, const char *bytes, size_t n)
{
    (void)data, (void)bytes, (void)n;
    return -EPIPE;
}

static int no_flush(void *data)
{
    (void)data;
    return -EPIPE;
}

static bool not_gone(void *data)
{
    (void)data;
    return false; /* a queued job does not depend on who asked for it */
}

static const struct transport nobody = {
    .param = no_param, .read = no_read, .write = no_write, .flush = no_flush, .gone = not_gone};

/* ---- live output ----------------------------------------------------------------------------- */

struct live {
    struct buf waiting[2]; /* stdout, stderr: not written yet */
    size_t written[2];
    struct timespec wrote;
};

static void write_live(struct request *q, struct live *live)
{
    static const char *const names[] = {"stdout", "stderr"};
    for (int i = 0; i < 2; i++) {
        struct buf *b = &live->waiting[i];
        const struct job_artifact piece = {names[i], "text/plain", buf_view(b)};
        if (b->len && live->written[i] < LIVE_MAX)
            store_artifact_append(q->service->store, str_c(q->job.id), &piece, NULL);
        live->written[i] += b->len;
        buf_clear(b);
    }
    clock_gettime(CLOCK_MONOTONIC, &live->wrote);
}

static void on_live_output(struct request *q, unsigned run, bool is_stderr, struct str bytes)
{
    struct live *live = q->live;
    (void)run;
    buf_str(&live->waiting[is_stderr], bytes);
    bool any = live->waiting[0].len || live->waiting[1].len;
    if (any && ms_since(&live->wrote) >= LIVE_MS)
        write_live(q, live);
}

/* ---- one job --------------------------------------------------------------------------------- */

static void fill(struct request *q, const struct leased_job *leased)
{
    const struct job_new *job = &leased->job;
    q->job = *job;
    q->admitted = q->leased = q->known = true;
    q->env.remote_addr = arena_str(&q->arena, job->client_ip).s;
    q->caller.user_id = job->user_id;
    q->caller.key_id = job->key_id;
    size_t n = job->user.n < sizeof(q->caller.user) ? job->user.n : sizeof(q->caller.user) - 1;
    memcpy(q->caller.user, job->user.s, n);
    n = job->request_id.n < sizeof(q->env.request_id) ? job->request_id.n
                                                      : sizeof(q->env.request_id) - 1;
    memcpy(q->env.request_id, job->request_id.s, n);
    q->env.request_id[n] = '\0';
    log_ids(q->env.request_id, q->job.id);
}

static enum outcome run(struct request *q)
{
    struct err err = {0};
    q->route = route_named(str_c(q->job.kind));
    if (!q->route || !(q->route->flags & MAY_ASYNC))
        return ledger_close(q, problem(q, OUTCOME_internal, "there is no such kind of job"));
    if (jdoc_parse(&q->doc, q->job.request.s, q->job.request.n, NULL, &err) < 0)
        return ledger_close(q, problem(q, OUTCOME_internal, "the stored request cannot be read"));
    return perform(q, q->route, 0);
}

int runner_step(struct worker *w, struct err *err)
{
    struct service *s = w->service;
    const struct job_limits limits = limits_of_config(&s->cfg);
    int64_t lease_ms = s->cfg.queue_ms + limits_total_ms(&limits, 1);
    struct arena arena = ARENA_INIT(0);
    struct leased_job leased = {0};
    if (lease_ms < s->cfg.lease_ms)
        lease_ms = s->cfg.lease_ms;
    int rc = store_lease(s->store, lease_ms, &arena, &leased, err);
    if (rc == 0) {
        struct request q;
        struct live live = {0};
        request_init(&q, w, &nobody);
        fill(&q, &leased);
        q.job.lease_ms = lease_ms;
        q.live = &live;
        q.live_output = on_live_output;
        live.wrote = q.began;
        enum outcome o = run(&q);
        log_write(LOG_LEVEL_INFO, "job", "kind", q.job.kind, "outcome", outcome_row(o)->name,
                  "verdict", q.verdict ? q.verdict : "", "attempt", log_int(leased.attempt), NULL);
        buf_free(&live.waiting[0]);
        buf_free(&live.waiting[1]);
        request_free(&q);
    }
    arena_free(&arena);
    return rc;
}
