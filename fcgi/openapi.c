/*
 * openapi.c - GET /v1/openapi.json: the routes and the field tables as OpenAPI 3.1.
 */
#include <stdio.h>

#include "handlers.h"
#include "reply.h"
#include "routes.h"
#include "service.h"

/* components[], of components.json. */
#include "components.inc"

/* ---- accepted input ------------------------------------------------------------------------- */

static void write_schema(const struct config *cfg, const struct field *f, struct jsonw *w);

static void write_members(const struct config *cfg, const struct field *table, struct jsonw *w)
{
    bool any = false;
    jw_key(w, "properties");
    jw_open(w, '{');
    for (const struct field *f = table; f->name; f++) {
        jw_key(w, f->name);
        write_schema(cfg, f, w);
        any |= f->required && !f->itself;
    }
    jw_close(w, '}');
    if (any) {
        jw_key(w, "required");
        jw_open(w, '[');
        for (const struct field *f = table; f->name; f++)
            if (f->required && !f->itself)
                jw_cstr(w, f->name);
        jw_close(w, ']');
    }
    jw_kbool(w, "additionalProperties", false);
}

static void write_words(const char *words, struct jsonw *w)
{
    jw_key(w, "enum");
    jw_open(w, '[');
    while (*words) {
        size_t n = strcspn(words, " ");
        jw_str(w, (struct str){words, n});
        words += n + (words[n] == ' ');
    }
    jw_close(w, ']');
}

static void write_bounds(const struct config *cfg, const struct field *f, const char *least,
                         const char *most, struct jsonw *w)
{
    jw_kint(w, least, f->min);
    jw_kint(w, most, field_max(f, cfg));
}

static void write_container(const struct config *cfg, const struct field *f, struct jsonw *w)
{
    jw_kcstr(w, "type", f->type == FIELD_ARRAY ? "array" : "object");
    if (f->type == FIELD_OBJECT) {
        if (f->sub)
            write_members(cfg, f->sub, w);
        return;
    }
    write_bounds(cfg, f, f->type == FIELD_ARRAY ? "minItems" : "minProperties",
                 f->type == FIELD_ARRAY ? "maxItems" : "maxProperties", w);
    if (f->sub) {
        jw_key(w, f->type == FIELD_ARRAY ? "items" : "additionalProperties");
        write_schema(cfg, f->sub, w);
    }
}

static void write_schema(const struct config *cfg, const struct field *f, struct jsonw *w)
{
    jw_open(w, '{');
    jw_kcstr(w, "description", f->doc);
    switch (f->type) {
    case FIELD_ANY:
        break;
    case FIELD_STRING:
        jw_kcstr(w, "type", "string");
        jw_kint(w, "maxLength", field_max(f, cfg));
        break;
    case FIELD_WORD:
        jw_kcstr(w, "type", "string");
        write_words(f->words, w);
        break;
    case FIELD_BOOL:
        jw_kcstr(w, "type", "boolean");
        break;
    case FIELD_LEVEL:
        jw_key(w, "type");
        jw_raw(w, STR("[\"integer\",\"boolean\"]"));
        write_bounds(cfg, f, "minimum", "maximum", w);
        break;
    case FIELD_INT:
    case FIELD_LIMIT:
        jw_kcstr(w, "type", "integer");
        write_bounds(cfg, f, "minimum", "maximum", w);
        break;
    case FIELD_OBJECT:
    case FIELD_ARRAY:
    case FIELD_MAP:
        write_container(cfg, f, w);
        break;
    }
    jw_close(w, '}');
}

static void write_ref(const char *kind, const char *name, struct jsonw *w)
{
    char ref[100];
    snprintf(ref, sizeof(ref), "#/components/%s/%s", kind, name);
    jw_open(w, '{');
    jw_kcstr(w, "$ref", ref);
    jw_close(w, '}');
}

/* schema NULL: text. */
static void write_content(const char *type, const char *schema, struct jsonw *w)
{
    jw_key(w, "content");
    jw_open(w, '{');
    jw_key(w, type);
    jw_open(w, '{');
    jw_key(w, "schema");
    if (schema)
        write_ref("schemas", schema, w);
    else
        jw_raw(w, STR("{\"type\":\"string\"}"));
    jw_close(w, '}');
    jw_close(w, '}');
}

/* ---- parameters ------------------------------------------------------------------------------ */

static void write_parameter(struct str name, const char *in, bool required, const char *doc,
                            struct jsonw *w)
{
    jw_open(w, '{');
    jw_kstr(w, "name", name);
    jw_kcstr(w, "in", in);
    jw_kbool(w, "required", required);
    if (doc)
        jw_kcstr(w, "description", doc);
    jw_key(w, "schema");
}

static void write_parameters(const struct config *cfg, const struct route *r, struct jsonw *w)
{
    static const struct {
        unsigned flag;
        const char *name;
    } headers[] = {{0, "RequestId"},
                   {WANT_JSON, "IdempotencyKey"},
                   {MAY_ASYNC, "Prefer"},
                   {MAY_ASYNC, "CacheControl"},
                   {HAS_ETAG, "IfNoneMatch"}};
    const char *name = strchr(r->pattern, '{');
    jw_key(w, "parameters");
    jw_open(w, '[');
    if (name) {
        write_parameter((struct str){name + 1, strcspn(name + 1, "}")}, "path", true, NULL, w);
        jw_raw(w, STR("{\"type\":\"string\"}"));
        jw_close(w, '}');
    }
    for (const struct field *f = r->query; f && f->name; f++) {
        write_parameter(str_c(f->name), "query", false, f->doc, w);
        write_schema(cfg, f, w);
        jw_close(w, '}');
    }
    for (size_t i = 0; i < sizeof(headers) / sizeof(headers[0]); i++)
        if ((r->flags & headers[i].flag) == headers[i].flag)
            write_ref("parameters", headers[i].name, w);
    jw_close(w, ']');
}

/* ---- routes ---------------------------------------------------------------------------------- */

static void write_body(const struct config *cfg, const struct route *r, struct jsonw *w)
{
    const struct field body = {.type = FIELD_OBJECT, .sub = r->fields, .doc = r->doc};
    jw_key(w, "requestBody");
    jw_open(w, '{');
    jw_kbool(w, "required", true);
    jw_key(w, "content");
    jw_open(w, '{');
    jw_key(w, "application/json");
    jw_open(w, '{');
    jw_key(w, "schema");
    write_schema(cfg, &body, w);
    jw_close(w, '}');
    jw_close(w, '}');
    jw_close(w, '}');
}

/* Whether a route can end so. */
static bool possible(const struct route *r, enum outcome o)
{
    int status = outcome_row(o)->status;
    unsigned wanted = 0;
    bool cancels = r->method == METHOD_DELETE;
    if (o == OUTCOME_bad_parameter)
        return r->query != NULL;
    if (o == OUTCOME_not_found)
        return strchr(r->pattern, '{') != NULL;
    if (o == OUTCOME_job_over)
        return cancels;
    if (o == OUTCOME_not_ready)
        return r->handler == handle_readyz;
    if (o == OUTCOME_preview_unavailable)
        return r->handler == handle_preview;
    if (status == 202)
        return cancels || r->flags & MAY_ASYNC;
    if (status == 401 || status == 403)
        wanted = WANT_USER;
    else if (status == 400 || status == 413 || status == 415)
        wanted = WANT_JSON;
    else if (status == 409 || status == 422 || status == 429)
        wanted = WANT_JOB;
    else if (status == 304)
        wanted = HAS_ETAG;
    return (r->flags & wanted) == wanted;
}

static void write_headers(const struct route *r, int status, struct jsonw *w)
{
    const struct {
        bool there;
        const char *name, *component;
    } rows[] = {
        {true, "X-Request-Id", "RequestId"},
        {true, "Server-Timing", "ServerTiming"},
        {r->flags & WANT_JOB && status < 500, "RateLimit-Limit", "RateLimitLimit"},
        {r->flags & WANT_JOB && status < 500, "RateLimit-Remaining", "RateLimitRemaining"},
        {r->flags & WANT_JOB && status < 500, "RateLimit-Reset", "RateLimitReset"},
        {status == 429 || status == 503, "Retry-After", "RetryAfter"},
        {status == 202 && r->flags & MAY_ASYNC, "Location", "Location"},
        {r->flags & HAS_ETAG && status < 400, "ETag", "ETag"},
        {status == 401, "WWW-Authenticate", "WwwAuthenticate"},
        {status == 405, "Allow", "Allow"},
    };
    jw_key(w, "headers");
    jw_open(w, '{');
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        if (rows[i].there) {
            jw_key(w, rows[i].name);
            write_ref("headers", rows[i].component, w);
        }
    jw_close(w, '}');
}

static const char *text_type(const struct route *r)
{
    return r->handler == handle_job_events ? "text/event-stream" : "text/plain";
}

static void write_response(const struct route *r, int status, struct jsonw *w)
{
    char code[8];
    cleanup_buf struct buf words = BUF_INIT(0);
    for (int o = 0; o < OUTCOME_COUNT; o++) {
        const struct outcome_row *row = outcome_row((enum outcome)o);
        if (row->status == status && possible(r, (enum outcome)o) && o != OUTCOME_replayed)
            buf_printf(&words, "%s%s%s%s", words.len ? "; " : "", row->word,
                       row->word[0] ? ": " : "", row->title);
    }
    if (!words.len)
        return;
    snprintf(code, sizeof(code), "%d", status);
    jw_key(w, code);
    jw_open(w, '{');
    jw_kstr(w, "description", buf_view(&words));
    write_headers(r, status, w);
    if (status >= 400)
        write_content("application/problem+json", "Problem", w);
    else if (status != 304)
        write_content(r->reply ? "application/json" : text_type(r),
                      status == 202 ? "Accepted" : r->reply, w);
    jw_close(w, '}');
}

static void write_responses(const struct route *r, struct jsonw *w)
{
    static const int statuses[] = {200, 202, 304, 400, 401, 403, 404, 405,
                                   406, 409, 413, 415, 422, 429, 500, 503};
    jw_key(w, "responses");
    jw_open(w, '{');
    for (size_t i = 0; i < sizeof(statuses) / sizeof(statuses[0]); i++)
        write_response(r, statuses[i], w);
    jw_close(w, '}');
}

static void write_operation(const struct config *cfg, const struct route *r, unsigned at,
                            struct jsonw *w)
{
    static const struct {
        enum method method;
        const char *name;
    } names[] = {{METHOD_GET, "get"}, {METHOD_POST, "post"}, {METHOD_DELETE, "delete"}};
    char id[64];
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        if (names[i].method == r->method)
            jw_key(w, names[i].name);
    bool alias = route_named(str_c(r->name)) != r;
    snprintf(id, sizeof(id), alias ? "%s_%u" : "%s", r->name, at);
    jw_open(w, '{');
    jw_kcstr(w, "operationId", id);
    jw_kcstr(w, "summary", r->doc);
    if (alias)
        jw_kbool(w, "deprecated", true);
    write_parameters(cfg, r, w);
    if (r->flags & WANT_JSON)
        write_body(cfg, r, w);
    write_responses(r, w);
    if (!(r->flags & WANT_USER)) {
        jw_key(w, "security");
        jw_raw(w, STR("[]"));
    }
    jw_close(w, '}');
}

static bool seen_before(unsigned at)
{
    for (unsigned i = 0; i < at; i++)
        if (strcmp(routes[i].pattern, routes[at].pattern) == 0)
            return true;
    return false;
}

static void write_paths(const struct config *cfg, struct jsonw *w)
{
    jw_key(w, "paths");
    jw_open(w, '{');
    for (unsigned i = 0; i < n_routes; i++) {
        if (seen_before(i) || routes[i].flags & WANT_INTERNAL)
            continue;
        jw_key(w, routes[i].pattern);
        jw_open(w, '{');
        for (unsigned k = i; k < n_routes; k++)
            if (strcmp(routes[k].pattern, routes[i].pattern) == 0)
                write_operation(cfg, &routes[k], k, w);
        jw_close(w, '}');
    }
    jw_close(w, '}');
}

enum outcome handle_openapi(struct request *q, uint32_t body)
{
    (void)body;
    struct jsonw w = reply_json(q);
    jw_open(&w, '{');
    jw_kcstr(&w, "openapi", "3.1.0");
    jw_key(&w, "info");
    jw_open(&w, '{');
    jw_kcstr(&w, "title", "Graph-Blocks compile service");
    jw_kcstr(&w, "version", GB_VERSION);
    jw_kcstr(&w, "summary", "Compiles programs as graphs, runs them and C programs in sandboxes.");
    jw_close(&w, '}');
    jw_key(&w, "security");
    jw_raw(&w, STR("[{\"bearer\":[]},{\"apiKey\":[]}]"));
    write_paths(&q->service->cfg, &w);
    jw_key(&w, "components");
    jw_raw(&w, (struct str){components, sizeof(components) - 2});
    jw_close(&w, '}');
    return reply_document(q);
}
