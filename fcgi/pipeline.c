/*
 * pipeline.c - work becomes a result.
 *
 *   keys ─▶ look up ─▶ all there: hit
 *             └▶ join the flight of this key ─▶ another one flies: wait, shared
 *                  └▶ mark it in memcached ─▶ another process flies: wait for its results, shared
 *                       └▶ admit ─▶ gb-sandboxd ─▶ store in the cache ─▶ land: miss
 *   ─▶ write the result ─▶ record it ─▶ reply
 *
 * Of several inputs only those that are not in the cache are run.
 */
#include "pipeline.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "../core/base/log.h"
#include "key.h"
#include "ledger.h"
#include "record.h"
#include "reply.h"
#include "sandbox_job.h"
#include "service.h"

#define LOOK_AGAIN_MS 10 /* while another process flies */

struct pass {
    struct request *q;
    struct work *w;
    char image[IMAGE_MAX];
    struct cache_key *keys; /* one an input */
    struct execution *x;
    enum cache_state cache;
    bool caching; /* keys can be made and are wanted */
};

static void pass_free(struct pass *p)
{
    for (uint32_t i = 0; p->keys && i < p->w->n_inputs; i++)
        cache_key_free(&p->keys[i]);
    execution_free(p->x);
    free(p->x);
}

static bool pass_init(struct pass *p)
{
    struct request *q = p->q;
    uint32_t n = p->w->n_inputs;
    service_image(q->service, p->image);
    p->caching = p->w->use_cache && p->image[0];
    p->cache = p->w->use_cache ? CACHE_OFF : CACHE_BYPASS;
    p->x = calloc(1, sizeof(*p->x));
    if (!p->x)
        return false;
    p->x->runs = arena_new_array(&p->x->arena, n, struct run_result);
    p->keys = arena_new_array(&q->arena, n, struct cache_key);
    for (uint32_t i = 0; p->keys && p->caching && i < n; i++)
        key_of_result(p->w, p->image, &p->w->inputs[i], &p->keys[i]);
    return p->x->runs && p->keys;
}

/* ---- the cache ------------------------------------------------------------------------------- */

/* Fills the runs that the cache knows; returns how many are still missing. */
static uint32_t look_up(struct pass *p)
{
    struct timespec from;
    cleanup_buf struct buf entry = BUF_INIT(0);
    struct err err = {0};
    uint32_t missing = 0;
    if (!p->caching)
        return p->w->n_inputs;
    clock_gettime(CLOCK_MONOTONIC, &from);
    p->cache = CACHE_MISS;
    for (uint32_t i = 0; i < p->w->n_inputs; i++) {
        if (p->x->runs[i].cached)
            continue;
        int rc = cache_get(&p->q->worker->cache, p->keys[i].name, &entry, &err);
        if (rc < 0 && rc != -ENOENT)
            p->cache = CACHE_OFF;
        if (rc < 0 || record_read(p->x, i, buf_view(&entry), buf_view(&p->keys[i].text)) < 0)
            missing++;
    }
    if (p->cache == CACHE_OFF)
        log_err(LOG_LEVEL_WARN, &err, "the cache does not answer", NULL);
    phase_end(p->q, PHASE_cache, &from);
    return missing;
}

/* The verdict over all runs: the first that is not ok. */
static void sum_up(struct execution *x, uint32_t n_runs)
{
    x->n_runs = n_runs;
    x->executed = true;
    x->verdict = VERDICT_ok;
    for (uint32_t i = 0; i < n_runs && x->verdict == VERDICT_ok; i++)
        x->verdict = x->runs[i].verdict;
}

/* A run without input or arguments, built and limited as when nothing is said: the program's hash alone
 * names its result too. */
static bool is_plain(const struct pass *p, uint32_t i)
{
    const struct work *w = p->w;
    const struct job_limits usual = limits_of_config(&p->q->service->cfg);
    return w->inputs[i].input.n == 0 && w->inputs[i].n_args == 0 && w->optimize == 0 &&
           !w->sanitize && memcmp(&w->limits, &usual, sizeof(usual)) == 0;
}

static void store_runs(struct pass *p, const uint32_t *which, uint32_t n)
{
    cleanup_buf struct buf entry = BUF_INIT(0);
    struct err err = {0};
    char name[CACHE_KEY_MAX];
    snprintf(name, sizeof(name), "gb:r:%s", p->w->program_hash);
    for (uint32_t i = 0; i < n; i++) {
        uint32_t at = which[i];
        if (at >= p->x->n_runs || !record_storable(p->x, at))
            continue;
        buf_clear(&entry);
        record_write(p->x, at, buf_view(&p->keys[at].text), &entry);
        int rc = entry.error;
        if (rc == 0)
            rc = cache_set(&p->q->worker->cache, p->keys[at].name, buf_view(&entry),
                           (unsigned)p->q->service->cfg.cache_ttl_s, &err);
        if (rc == 0 && is_plain(p, at))
            rc = cache_set(&p->q->worker->cache, name, buf_view(&entry),
                           (unsigned)p->q->service->cfg.cache_ttl_s, &err);
        if (rc < 0)
            log_err(LOG_LEVEL_WARN, &err, "a result is not in the cache", NULL);
    }
}

static void store_binary(struct pass *p, const struct cache_key *key, struct str binary)
{
    cleanup_buf struct buf entry = BUF_INIT(0);
    struct err err = {0};
    if (!binary.n || binary_pack(buf_view(&key->text), binary, &entry) < 0)
        return;
    int rc = cache_set(&p->q->worker->cache, key->name, buf_view(&entry),
                       (unsigned)p->q->service->cfg.cache_ttl_s, &err);
    if (rc < 0 && rc != -E2BIG)
        log_err(LOG_LEVEL_WARN, &err, "a binary is not in the cache", NULL);
}

/* ---- running --------------------------------------------------------------------------------- */

/* The image that ran is the one the keys were made for; only then may its results be stored. */
static bool same_image(struct pass *p, const struct execution *ran)
{
    char reported[IMAGE_MAX];
    service_set_image(p->q->service, ran->image);
    service_image(p->q->service, reported);
    return strcmp(reported, p->image) == 0;
}

/* Puts what ran in the places of the inputs that were missing. */
static void merge(struct pass *p, struct execution *ran, const uint32_t *which, uint32_t n)
{
    struct execution *x = p->x;
    struct run_result *runs = x->runs;
    struct compile_result compiled = x->compile;
    const struct run_result not_run = {.verdict = ran->verdict, .exit_code = -1};
    for (uint32_t i = 0; i < n; i++)
        runs[which[i]] = i < ran->n_runs ? ran->runs[i] : not_run;
    bool any = ran->n_runs > 0;
    *x = *ran; /* the arena with it: it was lent from x */
    x->runs = runs;
    if (!x->compile.ran)
        x->compile = compiled;
    if (any)
        sum_up(x, p->w->n_inputs);
    else
        x->n_runs = 0;
}

static enum outcome run_missing(struct pass *p)
{
    struct request *q = p->q;
    uint32_t n = 0, *which = arena_new_array(&q->arena, p->w->n_inputs, uint32_t);
    if (!which)
        return problem(q, OUTCOME_internal, "no memory");
    for (uint32_t i = 0; i < p->w->n_inputs; i++)
        if (!p->x->runs[i].cached)
            which[n++] = i;

    cleanup_key struct cache_key key = {0};
    cleanup_buf struct buf entry = BUF_INIT(0), made = BUF_INIT(0);
    struct sandbox_job job = {
        .work = p->w, .which = which, .n_which = n, .want_binary = p->cache == CACHE_MISS};
    if (job.want_binary) {
        key_of_binary(p->w, p->image, &key);
        if (p->w->run && cache_get(&q->worker->cache, key.name, &entry, NULL) == 0)
            job.binary = binary_unpack(buf_view(&entry), buf_view(&key.text));
    }
    struct execution ran = {.arena = p->x->arena};
    enum outcome o = sandbox_job_run(q, &job, &ran, &made);
    p->x->arena = ran.arena;
    if (o != OUTCOME_ok)
        return o;
    merge(p, &ran, which, n);
    if (p->cache == CACHE_MISS && !p->x->fallback && same_image(p, p->x)) {
        struct timespec from;
        clock_gettime(CLOCK_MONOTONIC, &from);
        store_runs(p, which, n);
        store_binary(p, &key, buf_view(&made));
        phase_end(q, PHASE_cache, &from);
    }
    return OUTCOME_ok;
}

/* ---- single flight --------------------------------------------------------------------------- */

static enum outcome admit_and_run(struct pass *p)
{
    const struct config *cfg = &p->q->service->cfg;
    enum outcome o =
        ledger_admit(p->q, cfg->queue_ms + limits_total_ms(&p->w->limits, p->w->n_inputs));
    return o == OUTCOME_ok ? run_missing(p) : o;
}

/* Another process flies: waits until its results are in the cache. False: it has gone without. */
static bool wait_for_other_process(struct pass *p, const struct cache_key *mark)
{
    const struct config *cfg = &p->q->service->cfg;
    const struct timespec pause = {.tv_nsec = LOOK_AGAIN_MS * 1000000L};
    cleanup_buf struct buf ignored = BUF_INIT(0);
    struct timespec began;
    clock_gettime(CLOCK_MONOTONIC, &began);
    double most = (double)(cfg->queue_ms + limits_total_ms(&p->w->limits, p->w->n_inputs));
    while (ms_since(&began) < most) {
        bool flies = cache_get(&p->q->worker->cache, mark->name, &ignored, NULL) == 0;
        if (look_up(p) == 0)
            return true;
        if (!flies)
            return false;
        nanosleep(&pause, NULL);
    }
    return false;
}

/* First of this process: looks whether another one flies, else runs. */
static enum outcome fly(struct pass *p, const struct cache_key *mark)
{
    if (p->cache != CACHE_MISS)
        return admit_and_run(p);
    int64_t most_ms = limits_total_ms(&p->w->limits, p->w->n_inputs) + p->q->service->cfg.queue_ms;
    int rc = cache_add(&p->q->worker->cache, mark->name, str_c(p->q->job.id),
                       (unsigned)(most_ms / 1000 + 1), NULL);
    if (rc == -EEXIST && p->w->n_inputs && wait_for_other_process(p, mark)) {
        p->cache = CACHE_SHARED;
        sum_up(p->x, p->w->n_inputs);
        return OUTCOME_ok;
    }
    /* It may have landed since this request looked first. */
    bool landed = p->w->n_inputs && look_up(p) == 0;
    if (landed) {
        p->cache = CACHE_HIT;
        sum_up(p->x, p->w->n_inputs);
    }
    enum outcome o = landed ? OUTCOME_ok : admit_and_run(p);
    if (rc == 0)
        cache_remove(&p->q->worker->cache, mark->name, NULL);
    return o;
}

/* ---- the end --------------------------------------------------------------------------------- */

static enum outcome finish(struct pass *p, const struct execution *x, enum cache_state cache,
                           const char *violations)
{
    bool stored = p->caching && p->w->n_inputs == 1 && cache != CACHE_OFF && x->n_runs == 1 &&
                  (x->runs[0].cached || record_storable(x, 0));
    const struct result r = {
        .work = p->w,
        .execution = x,
        .cache = cache,
        .result_hash = stored ? p->keys[0].hex : "",
        .violations = violations,
    };
    size_t core = 0;
    result_write(p->q, &r, &core);
    if (p->q->reply.body.error)
        return problem(p->q, OUTCOME_internal, "no memory for the result");
    return ledger_end(p->q, &r, core);
}

/* Takes part in the key's flight, or runs alone when what others flew cannot be shared. */
static enum outcome fly_together(struct pass *p)
{
    struct flights *flights = p->q->service->flights;
    cleanup_key struct cache_key mark = {0};
    bool first = false;
    key_of_flight(p->w, p->image, &mark);
    struct flight *f = flight_join(flights, mark.hex, &first);
    enum outcome o;
    if (f && first) {
        o = fly(p, &mark);
        bool shared = o == OUTCOME_ok && p->x->verdict != VERDICT_cancelled;
        struct execution *x = p->x;
        flight_land(flights, f, shared ? x : NULL);
        if (shared)
            p->x = NULL; /* the flight's now */
        if (o == OUTCOME_ok)
            o = finish(p, x, p->cache, NULL);
    } else {
        const struct execution *shared = f ? flight_wait(flights, f) : NULL;
        if (shared) {
            o = finish(p, shared, CACHE_SHARED, NULL);
        } else {
            o = admit_and_run(p);
            if (o == OUTCOME_ok)
                o = finish(p, p->x, p->cache, NULL);
        }
    }
    if (f)
        flight_leave(flights, f);
    return o;
}

/* The limits in force go into the job's row and the audit. */
static void note_limits(struct request *q, const struct work *w)
{
    cleanup_buf struct buf text = BUF_INIT(0);
    struct jsonw j = {.out = &text};
    limits_json(&w->limits, &j);
    q->job.limits = arena_str(&q->arena, buf_view(&text));
}

enum outcome pipeline_run(struct request *q, struct work *w)
{
    struct pass p = {.q = q, .w = w};
    enum outcome o;
    note_limits(q, w);
    if (!pass_init(&p)) {
        o = problem(q, OUTCOME_internal, "no memory");
    } else if (w->n_inputs && look_up(&p) == 0) {
        sum_up(p.x, w->n_inputs);
        o = finish(&p, p.x, CACHE_HIT, NULL);
    } else if (p.caching) {
        if (w->n_inputs == 0)
            p.cache = CACHE_MISS;
        o = fly_together(&p);
    } else {
        o = admit_and_run(&p);
        if (o == OUTCOME_ok)
            o = finish(&p, p.x, p.cache, NULL);
    }
    pass_free(&p);
    return o;
}

enum outcome pipeline_blocked(struct request *q, struct work *w, const char *violations)
{
    struct execution x = {.validation = true, .verdict = VERDICT_policy_blocked};
    struct pass p = {.q = q, .w = w};
    note_limits(q, w);
    return finish(&p, &x, CACHE_BYPASS, violations);
}
