/*
 * dispatch.c - one request, from parameters to reply.
 *
 *   route ─▶ caller ─▶ body ─▶ members ─▶ handler ─▶ record ─▶ headers, log, metrics
 */
#include "dispatch.h"

#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

#include "../core/base/log.h"
#include "async.h"
#include "auth.h"
#include "key.h"
#include "ledger.h"
#include "metrics.h"
#include "reply.h"
#include "service.h"

#define IDEMPOTENCY_KEY_MAX 255
#define KEPT_BYTES (256 << 10) /* of a buffer's memory, from one request to the next */

/* ---- what the web server says ---------------------------------------------------------------- */

static enum method read_method(const char *name)
{
    static const struct {
        const char *name;
        enum method method;
    } rows[] = {{"GET", METHOD_GET},
                {"HEAD", METHOD_GET},
                {"POST", METHOD_POST},
                {"DELETE", METHOD_DELETE}};
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        if (strcmp(name, rows[i].name) == 0)
            return rows[i].method;
    return METHOD_OTHER;
}

/* The web server's id, or one of our own when there is none. */
static void read_request_id(struct request *q)
{
    const char *id = request_param(q, "REQUEST_ID");
    size_t n = strlen(id);
    if (n > 0 && n < sizeof(q->env.request_id)) {
        memcpy(q->env.request_id, id, n + 1);
        return;
    }
    unsigned char bytes[16];
    randombytes_buf(bytes, sizeof(bytes));
    sodium_bin2hex(q->env.request_id, sizeof(q->env.request_id), bytes, sizeof(bytes));
}

static void read_env(struct request *q)
{
    struct env *e = &q->env;
    const char *length = request_param(q, "CONTENT_LENGTH");
    char *end = NULL;
    e->method_name = request_param(q, "REQUEST_METHOD");
    e->method = read_method(e->method_name);
    e->head = strcmp(e->method_name, "HEAD") == 0;
    e->path = request_param(q, "DOCUMENT_URI");
    e->query = request_param(q, "QUERY_STRING");
    e->remote_addr = request_param(q, "REMOTE_ADDR");
    e->content_type = request_param(q, "CONTENT_TYPE");
    e->content_length = strtoll(length, &end, 10);
    if (!*length || *end || e->content_length < 0)
        e->content_length = -1;
    read_request_id(q);
}

static void take_buf(struct buf *mine, struct buf *kept)
{
    *mine = *kept;
    *kept = (struct buf){0};
}

/* Back it goes, unless it has grown large or another request's is there already. */
static void give_buf(struct buf *mine, struct buf *kept)
{
    if (mine->cap > KEPT_BYTES || kept->cap) {
        buf_free(mine);
        return;
    }
    buf_clear(mine);
    mine->limit = 0;
    *kept = *mine;
    *mine = (struct buf){0};
}

void request_init(struct request *q, struct worker *w, const struct transport *t)
{
    *q = (struct request){.service = w->service, .worker = w, .transport = t};
    take_buf(&q->body, &w->body);
    take_buf(&q->reply.headers, &w->headers);
    take_buf(&q->reply.body, &w->reply);
    clock_gettime(CLOCK_MONOTONIC, &q->began);
    read_env(q);
    log_ids(q->env.request_id, NULL);
}

void request_free(struct request *q)
{
    jdoc_free(&q->doc);
    give_buf(&q->body, &q->worker->body);
    give_buf(&q->reply.headers, &q->worker->headers);
    give_buf(&q->reply.body, &q->worker->reply);
    arena_free(&q->arena);
    log_ids(NULL, NULL);
}

/* ---- the checks every route shares ---------------------------------------------------------- */

static enum outcome no_route(struct request *q, unsigned allowed)
{
    if (!allowed)
        return problem(q, OUTCOME_not_found,
                       "there is nothing at %.200s; GET /v1/openapi.json lists what there is",
                       q->env.path);
    reply_header(&q->reply, "Allow", "%s%s%s", allowed & METHOD_GET ? "GET, HEAD" : "",
                 allowed & METHOD_POST ? (allowed & METHOD_GET ? ", POST" : "POST") : "",
                 allowed & METHOD_DELETE ? (allowed & ~4u ? ", DELETE" : "DELETE") : "");
    return problem(q, OUTCOME_method_not_allowed, "%.20s is not possible here", q->env.method_name);
}

/* Whether a media range (RFC 9110, 12.5.1) takes JSON: it covers it, and not with q=0. */
static bool takes_json(const char *range, size_t n)
{
    static const char *const good[] = {"*/*", "application/*", "application/json",
                                       "application/problem+json"};
    size_t type = strcspn(range, ";, \t"), q = type;
    type = type < n ? type : n;
    bool covers = false;
    for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
        covers |= strlen(good[i]) == type && strncasecmp(range, good[i], type) == 0;
    while (covers && q + 2 < n && strncasecmp(range + q, "q=", 2) != 0)
        q++;
    return covers && (q + 2 >= n || strtod(range + q + 2, NULL) > 0);
}

static enum outcome check_accept(struct request *q)
{
    const char *accept = request_param(q, "HTTP_ACCEPT");
    if (!accept[0])
        return OUTCOME_ok;
    while (*accept) {
        accept += strspn(accept, ", \t");
        size_t n = strcspn(accept, ",");
        if (takes_json(accept, n))
            return OUTCOME_ok;
        accept += n;
    }
    return problem(q, OUTCOME_not_acceptable, "replies here are application/json");
}

static bool is_json_type(const char *type)
{
    size_t n = strcspn(type, "; \t");
    bool plain = n == 16 && strncasecmp(type, "application/json", n) == 0;
    bool suffix = n > 5 && strncasecmp(type + n - 5, "+json", 5) == 0;
    return plain || suffix;
}

/* Reads the body whole: nginx has it all before the first byte comes here. */
static enum outcome read_body(struct request *q)
{
    size_t max = (size_t)q->service->cfg.max_body_kb << 10;
    if (q->env.content_length > (int64_t)max)
        return problem(q, OUTCOME_body_too_large, "a body may have %zu bytes", max);
    q->body.limit = max;
    if (q->env.content_length > 0)
        buf_reserve(&q->body, (size_t)q->env.content_length);
    char piece[16384];
    size_t n;
    while ((n = q->transport->read(q->transport->data, piece, sizeof(piece))) > 0) {
        buf_put(&q->body, piece, n);
        if (q->body.error)
            return problem(q, OUTCOME_body_too_large, "a body may have %zu bytes", max);
    }
    return OUTCOME_ok;
}

/* A graph's errors name the limit they exceed; so does this one, of which there is no graph yet. */
static void write_depth_error(struct jsonw *w, const char *message)
{
    jw_key(w, "errors");
    jw_open(w, '[');
    jw_open(w, '{');
    jw_kcstr(w, "code", "limit_exceeded");
    jw_kcstr(w, "message", message);
    jw_kcstr(w, "pointer", "");
    jw_close(w, '}');
    jw_close(w, ']');
}

static enum outcome read_json(struct request *q)
{
    struct json_where where = {0};
    struct err err = {0};
    if (!is_json_type(q->env.content_type))
        return problem(q, OUTCOME_unsupported_media_type,
                       "the body must be application/json, not %.100s",
                       q->env.content_type[0] ? q->env.content_type : "without a Content-Type");
    enum outcome o = read_body(q);
    if (o != OUTCOME_ok)
        return o;
    int rc = jdoc_parse(&q->doc, buf_cstr(&q->body), q->body.len, &where, &err);
    if (rc == -ENOMEM)
        return problem(q, OUTCOME_internal, "no memory for the body");
    if (rc < 0) {
        struct jsonw w;
        problem_begin(q, OUTCOME_no_json, &w, "%s", err.message);
        jw_kint(&w, "offset", (int64_t)where.offset);
        jw_kint(&w, "line", where.line);
        jw_kint(&w, "column", where.col);
        if (rc == -E2BIG)
            write_depth_error(&w, err.message);
        return problem_end(OUTCOME_no_json, &w);
    }
    if (!jdoc_is(&q->doc, 0, JSON_OBJECT))
        return problem(q, OUTCOME_no_json, "the body must be a JSON object, not %s",
                       json_type_name(q->doc.vals[0].type));
    return OUTCOME_ok;
}

enum outcome check_fields(struct request *q, const struct field *fields, uint32_t body)
{
    struct field_check check;
    if (!fields || fields_check(&q->doc, body, fields, &q->service->cfg, &check))
        return OUTCOME_ok;
    struct jsonw w;
    enum outcome o = check.complaints[0].outcome;
    problem_begin(q, o, &w, "%s", check.complaints[0].message);
    jw_key(&w, "errors");
    fields_complaints_json(&q->doc, &check, &w);
    return problem_end(o, &w);
}

enum outcome perform(struct request *q, const struct route *route, uint32_t body)
{
    enum outcome o = check_fields(q, route->fields, body);
    if (o == OUTCOME_ok)
        o = route->handler(q, body);
    return ledger_close(q, o);
}

/* A key of the client's for one request (draft-ietf-httpapi-idempotency-key-header): short, and
 * nothing that could not stand in a log. */
static enum outcome check_idempotency_key(struct request *q)
{
    const char *key = request_param(q, "HTTP_IDEMPOTENCY_KEY");
    size_t n = strlen(key);
    bool good = n <= IDEMPOTENCY_KEY_MAX;
    for (size_t i = 0; i < n && good; i++)
        good = key[i] > 0x20 && key[i] < 0x7f;
    return good ? OUTCOME_ok
                : problem(q, OUTCOME_bad_field,
                          "`Idempotency-Key` must have 1 to %d printable characters",
                          IDEMPOTENCY_KEY_MAX);
}

static enum outcome answer(struct request *q)
{
    const struct route *r = q->route;
    enum outcome o = r->flags & ANY_TYPE ? OUTCOME_ok : check_accept(q);
    if (o == OUTCOME_ok && r->flags & WANT_USER)
        o = auth_caller(q);
    if (o == OUTCOME_ok)
        o = auth_scopes(q, r->scopes);
    if (o == OUTCOME_ok && r->flags & WANT_JSON)
        o = check_idempotency_key(q);
    if (o != OUTCOME_ok)
        return o;
    if (r->flags & WANT_JOB)
        ledger_begin(q, r->name);
    if (r->flags & WANT_JSON)
        o = read_json(q);
    if (o != OUTCOME_ok)
        return ledger_close(q, o);
    ledger_idempotent(q, str_c(request_param(q, "HTTP_IDEMPOTENCY_KEY")), r->name,
                      buf_view(&q->body));
    return r->flags & MAY_ASYNC && async_wanted(q) ? async_accept(q) : perform(q, r, 0);
}

static void log_request(const struct request *q, enum outcome o)
{
    log_write(LOG_LEVEL_INFO, "request", "route", q->route ? q->route->name : "", "method",
              q->env.method_name, "path", q->env.path, "status", log_int(outcome_row(o)->status),
              "outcome", outcome_row(o)->name, "verdict", q->verdict ? q->verdict : "", "cache",
              q->cache ? q->cache : "", "user", q->known ? q->caller.user : "", "client",
              q->env.remote_addr, "ms", log_ms(ms_since(&q->began)), NULL);
}

/* The older paths count as those they stand for: a series may be there but once. */
static unsigned counted_as(const struct route *r)
{
    return r ? (unsigned)(route_named(str_c(r->name)) - routes) : n_routes;
}

void dispatch(struct worker *w, const struct transport *t)
{
    struct request q;
    unsigned allowed = 0;
    request_init(&q, w, t);
    q.route = route_find(q.env.method, q.env.path, &q.param, &allowed);
    if (q.route && q.route->flags & WANT_INTERNAL && !request_param(&q, "GB_INTERNAL")[0]) {
        q.route = NULL;
        allowed = 0;
    }
    enum outcome o = q.route ? answer(&q) : no_route(&q, allowed);
    if (!q.reply.sent)
        reply_send(&q, o);
    metrics_request(w->service->metrics, counted_as(q.route), o, q.spent_ms, ms_since(&q.began));
    log_request(&q, o);
    request_free(&q);
}
