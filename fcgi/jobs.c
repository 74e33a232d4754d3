/*
 * jobs.c - GET /v1/jobs, GET and DELETE /v1/jobs/{id}, GET /v1/results/{hash}.
 */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

#include "../core/base/log.h"
#include "handlers.h"
#include "job_json.h"
#include "ledger.h"
#include "nearest.h"
#include "reply.h"
#include "routes.h"
#include "service.h"

#define PAGE_DEFAULT 50
#define PAGE_MAX 200

static enum outcome unreadable(struct request *q, const struct err *err)
{
    log_err(LOG_LEVEL_ERROR, err, "the store cannot be read", NULL);
    reply_header(&q->reply, "Retry-After", "1");
    return problem(q, OUTCOME_store_unavailable, "jobs cannot be read now; try again");
}

static enum outcome no_job(struct request *q)
{
    return problem(q, OUTCOME_not_found, "you have no job %.*s",
                   q->param.n > 60 ? 60 : (int)q->param.n, q->param.s);
}

/* A whole number of the address, within bounds; absent: what stands in *ret. */
static bool query_int(struct request *q, const char *name, int64_t least, int64_t most,
                      int64_t *ret)
{
    struct str text = request_query(q, name);
    char digits[24] = "", *end = NULL;
    if (!text.s)
        return true;
    if (text.n == 0 || text.n >= sizeof(digits))
        return false;
    memcpy(digits, text.s, text.n);
    errno = 0;
    int64_t v = strtoll(digits, &end, 10);
    if (errno || *end || v < least || v > most)
        return false;
    *ret = v;
    return true;
}

static enum outcome unknown_parameter(struct request *q, struct str name)
{
    struct jsonw w;
    const char *best = field_suggest(name, q->route->query);
    int shown = name.n > 60 ? 60 : (int)name.n;
    problem_begin(q, OUTCOME_bad_parameter, &w, "`%.*s` is no parameter of this address%s%s%s",
                  shown, name.s, best ? "; did you mean `" : "", best ? best : "",
                  best ? "`?" : "");
    if (best)
        jw_kcstr(&w, "suggestion", best);
    return problem_end(OUTCOME_bad_parameter, &w);
}

/* Names and words of the address against the route's table. */
static enum outcome check_query(struct request *q)
{
    for (const char *at = q->env.query; *at;) {
        size_t n = strcspn(at, "&");
        struct str name = {at, strcspn(at, "=&")};
        const struct field *f = field_find(q->route->query, name);
        if (name.n && !f)
            return unknown_parameter(q, name);
        if (f && f->type == FIELD_WORD && !nearest_has_word(f->words, request_query(q, f->name)))
            return problem(q, OUTCOME_bad_parameter, "`%s` must be one of: %s", f->name, f->words);
        at += n + (at[n] == '&');
    }
    return OUTCOME_ok;
}

/* Ids of jobs are what cursors are. */
static bool is_cursor(struct str s)
{
    for (size_t i = 0; i < s.n; i++)
        if (!strchr("0123456789ABCDEFGHJKMNPQRSTVWXYZ", s.s[i]))
            return false;
    return s.n == STORE_ID_MAX - 1;
}

static enum outcome read_filter(struct request *q, struct job_filter *f)
{
    int64_t limit = PAGE_DEFAULT;
    struct str state = request_query(q, "state");
    *f = (struct job_filter){.user_id = q->caller.user_id, .state = -1};
    f->verdict = request_query(q, "verdict");
    f->kind = request_query(q, "kind");
    f->before = request_query(q, "cursor");
    enum job_state known;
    if (job_state_parse(state, &known))
        f->state = (int)known;
    if (!query_int(q, "limit", 1, PAGE_MAX, &limit))
        return problem(q, OUTCOME_bad_parameter, "`limit` must be between 1 and %d", PAGE_MAX);
    f->limit = (int)limit;
    if (!query_int(q, "since", 0, INT64_MAX, &f->since) ||
        !query_int(q, "until", 0, INT64_MAX, &f->until))
        return problem(q, OUTCOME_bad_parameter,
                       "`since` and `until` are milliseconds since 1970 (UTC)");
    if (f->before.s && !is_cursor(f->before))
        return problem(q, OUTCOME_bad_parameter,
                       "`cursor` must be the `next_cursor` of the page before");
    return OUTCOME_ok;
}

enum outcome handle_jobs(struct request *q, uint32_t body)
{
    (void)body;
    struct job_filter filter;
    struct job_view *list = NULL;
    size_t n = 0;
    struct err err = {0};
    enum outcome o = check_query(q);
    if (o == OUTCOME_ok)
        o = read_filter(q, &filter);
    if (o != OUTCOME_ok)
        return o;
    if (store_job_list(q->service->store, &filter, &q->arena, &list, &n, &err) < 0)
        return unreadable(q, &err);
    struct jsonw w = reply_json(q);
    jw_open(&w, '{');
    jw_key(&w, "jobs");
    jw_open(&w, '[');
    for (size_t i = 0; i < n; i++) {
        jw_open(&w, '{');
        job_members_json(&list[i], &w);
        jw_close(&w, '}');
    }
    jw_close(&w, ']');
    jw_key(&w, "next_cursor");
    if (n == (size_t)filter.limit)
        jw_str(&w, list[n - 1].id);
    else
        jw_null(&w);
    jw_close(&w, '}');
    return OUTCOME_ok;
}

enum outcome handle_job(struct request *q, uint32_t body)
{
    (void)body;
    struct store *store = q->service->store;
    struct job_view view;
    struct artifact_view result;
    struct err err = {0};
    int rc = store_job(store, q->param, q->caller.user_id, &q->arena, &view, &err);
    if (rc < 0)
        return rc == -ENOENT ? no_job(q) : unreadable(q, &err);
    rc = store_artifact(store, q->param, q->caller.user_id, "result", &q->arena, &result, &err);
    if (rc < 0 && rc != -ENOENT)
        return unreadable(q, &err);
    struct jsonw w = reply_json(q);
    jw_open(&w, '{');
    job_members_json(&view, &w);
    jw_key(&w, "links");
    job_links_json(view.id, &w);
    if (rc == 0 && job_state_final(view.state)) {
        jw_key(&w, "result");
        jw_raw(&w, result.content);
    }
    jw_close(&w, '}');
    if (!job_state_final(view.state))
        reply_header(&q->reply, "Retry-After", "1");
    return OUTCOME_ok;
}

enum outcome handle_job_cancel(struct request *q, uint32_t body)
{
    (void)body;
    struct err err = {0};
    int rc = store_cancel(q->service->store, q->param, q->caller.user_id, &err);
    if (rc == -ENOENT)
        return no_job(q);
    if (rc == -EALREADY)
        return problem(q, OUTCOME_job_over, "the job has ended; there is nothing to cancel");
    if (rc < 0 && rc != -EINPROGRESS)
        return unreadable(q, &err);
    struct jsonw w = reply_json(q);
    jw_open(&w, '{');
    jw_kstr(&w, "job_id", q->param);
    jw_kcstr(&w, "state", rc == 0 ? "cancelled" : "running");
    jw_kbool(&w, "cancel_wanted", true);
    jw_close(&w, '}');
    return rc == 0 ? OUTCOME_ok : OUTCOME_accepted;
}

static bool is_hash(struct str s)
{
    for (size_t i = 0; i < s.n; i++)
        if (!strchr("0123456789abcdef", s.s[i]))
            return false;
    return s.n == 64;
}

enum outcome handle_result(struct request *q, uint32_t body)
{
    (void)body;
    char key[CACHE_KEY_MAX];
    if (!is_hash(q->param))
        return problem(q, OUTCOME_not_found, "a result's name has 64 hexadecimal digits");
    snprintf(key, sizeof(key), "gb:r:%.*s", STR_ARG(q->param));
    if (reply_etag(q, q->param, "private, max-age=31536000, immutable"))
        return OUTCOME_not_modified;
    struct timespec from;
    clock_gettime(CLOCK_MONOTONIC, &from);
    int rc = cache_get(&q->worker->cache, key, &q->reply.body, NULL);
    phase_end(q, PHASE_cache, &from);
    if (rc < 0) {
        buf_clear(&q->reply.headers);
        return problem(q, OUTCOME_not_found, "no such result is kept");
    }
    return OUTCOME_ok;
}
