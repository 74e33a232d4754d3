/*
 * test_routes.c - the table of routes, and requests through the checks that all of them share,
 * against a real store, without a web server, a cache or a sandbox.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>

#include "fcgi/dispatch.h"
#include "fcgi/metrics.h"
#include "fcgi/service.h"
#include "sql/store_admin.h"

/* ---- a request in memory -------------------------------------------------------------------- */

struct client {
    const char *method, *path, *query, *type, *body, *key;
    const char *more_name, *more_value; /* one more parameter */
    const char *idempotency_key;
    size_t sent;
    struct buf got;
};

static const char *client_param(void *data, const char *name)
{
    const struct client *c = data;
    static char length[32];
    if (strcmp(name, "CONTENT_LENGTH") == 0) {
        snprintf(length, sizeof(length), "%zu", c->body ? strlen(c->body) : 0);
        return length;
    }
    const struct {
        const char *name, *value;
    } rows[] = {{"REQUEST_METHOD", c->method},
                {"DOCUMENT_URI", c->path},
                {"QUERY_STRING", c->query},
                {"CONTENT_TYPE", c->type},
                {"REMOTE_ADDR", "192.0.2.1"},
                {"REQUEST_ID", "test-id"},
                {"HTTP_X_API_KEY", c->key},
                {c->more_name, c->more_value},
                {"HTTP_IDEMPOTENCY_KEY", c->idempotency_key}};
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        if (rows[i].name && strcmp(rows[i].name, name) == 0)
            return rows[i].value;
    return NULL;
}

static size_t client_read(void *data, char *into, size_t n)
{
    struct client *c = data;
    size_t left = c->body ? strlen(c->body) - c->sent : 0;
    n = left < n ? left : n;
    if (n)
        memcpy(into, c->body + c->sent, n);
    c->sent += n;
    return n;
}

static int client_write(void *data, const char *bytes, size_t n)
{
    buf_put(&((struct client *)data)->got, bytes, n);
    return 0;
}

static int client_flush(void *data)
{
    (void)data;
    return 0;
}

static bool client_gone(void *data)
{
    (void)data;
    return false;
}

/* ---- a service in a folder of its own ------------------------------------------------------- */

struct bench {
    char dir[64], key[STORE_KEY_MAX];
    struct service service;
    struct worker worker;
};

static char *environment[] = {NULL};

static int setup(void **state)
{
    struct bench *b = calloc(1, sizeof(*b));
    struct err err = {0};
    char text[400];
    assert_true(sodium_init() >= 0);
    snprintf(b->dir, sizeof(b->dir), "/tmp/gb-test-routes-XXXXXX");
    assert_non_null(mkdtemp(b->dir));
    snprintf(text, sizeof(text),
             "GB_RUN_DIR=%s\nGB_MEMCACHED=\nGB_MAX_BODY_KB=64\nGB_DB_SYNC_FULL=0\n", b->dir);
    if (config_parse("test", str_c(text), environment, &b->service.cfg, &err) < 0 ||
        service_open(&b->service, "test", &err) < 0 ||
        worker_open(&b->worker, &b->service, &err) < 0)
        fail_msg("%s", err.message);
    struct store *s = b->service.store;
    const struct key_new key = {.user = "ann", .label = "t", .scopes = SCOPE_COMPILE | SCOPE_READ};
    const struct plan plan = {1000, 10, 1000, 10};
    if (store_plan_set(s, "test", "test", &plan, &err) < 0 ||
        store_user_add(s, "test", "ann", "test", &err) < 0 ||
        store_key_create(s, "test", &key, b->key, &err) < 0)
        fail_msg("%s", err.message);
    *state = b;
    return 0;
}

static int teardown(void **state)
{
    struct bench *b = *state;
    char command[100];
    worker_close(&b->worker);
    service_close(&b->service);
    snprintf(command, sizeof(command), "rm -rf %s", b->dir);
    int rc = system(command);
    free(b);
    return rc;
}

/* The whole reply; the caller frees it. */
static char *ask(struct bench *b, struct client c)
{
    const struct transport t = {&c,           client_param, client_read,
                                client_write, client_flush, client_gone};
    dispatch(&b->worker, &t);
    return buf_steal(&c.got);
}

static void expect(struct bench *b, struct client c, int status, const char *part)
{
    char line[20];
    char *reply = ask(b, c);
    snprintf(line, sizeof(line), "Status: %d ", status);
    if (strncmp(reply, line, strlen(line)) != 0)
        fail_msg("%s %s: not %d but %s", c.method, c.path, status, reply);
    if (!strstr(reply, part))
        fail_msg("%s %s: no '%s' in %s", c.method, c.path, part, reply);
    assert_non_null(strstr(reply, "X-Request-Id: test-id\r\n"));
    assert_non_null(strstr(reply, "Server-Timing: "));
    free(reply);
}

#define GET(p) .method = "GET", .path = (p)
#define POST(p, text) .method = "POST", .path = (p), .type = "application/json", .body = (text)

/* ---- tests ---------------------------------------------------------------------------------- */

static void test_patterns(void **state)
{
    (void)state;
    static const struct {
        enum method method;
        const char *path, *name, *param;
    } rows[] = {
        {METHOD_POST, "/v1/compile", "compile", ""},
        {METHOD_POST, "/compile", "compile", ""},
        {METHOD_GET, "/v1/jobs/abc", "job", "abc"},
        {METHOD_DELETE, "/v1/jobs/abc", "job_cancel", "abc"},
        {METHOD_GET, "/v1/jobs/abc/events", "job_events", "abc"},
        {METHOD_GET, "/v1/results/ff", "result", "ff"},
        {METHOD_GET, "/v1/jobs", "jobs", ""},
        {METHOD_GET, "/v1/jobs/", NULL, ""},
        {METHOD_GET, "/v1/jobs/a/b", NULL, ""},
        {METHOD_GET, "/v1/compile/", NULL, ""},
        {METHOD_GET, "", NULL, ""},
        {METHOD_GET, "/v1/compile", NULL, ""},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct str param = {0};
        unsigned allowed;
        const struct route *r = route_find(rows[i].method, rows[i].path, &param, &allowed);
        if (!r != !rows[i].name || (r && strcmp(r->name, rows[i].name) != 0))
            fail_msg("%s is %s", rows[i].path, r ? r->name : "nothing");
        if (r)
            assert_true(str_eqc(param, rows[i].param));
    }
}

static void test_what_is_not_there(void **state)
{
    expect(*state, (struct client){GET("/v1/nothing")}, 404, "\"error\":\"not_found\"");
    expect(*state, (struct client){GET("/v1/compile")}, 405, "Allow: POST\r\n");
    expect(*state, (struct client){POST("/v1/jobs/x", "{}")}, 405, "Allow: GET, HEAD, DELETE\r\n");
    expect(*state, (struct client){GET("/auth")}, 404, "not_found");
}

static void test_who_calls(void **state)
{
    struct bench *b = *state;
    expect(b, (struct client){GET("/v1/me")}, 401, "WWW-Authenticate: Bearer");
    expect(b, (struct client){GET("/v1/me"), .key = "gb_wrong"}, 401, "\"error\":\"unauthorized\"");
    expect(b, (struct client){GET("/v1/me"), .key = b->key}, 200, "\"user\":\"ann\"");
    expect(b, (struct client){GET("/v1/me"), .more_name = "GB_USER_ID", .more_value = "1"}, 200,
           "quota");
    /* What a client sends as a header arrives with HTTP_ and is nobody's word. */
    expect(b, (struct client){GET("/v1/me"), .more_name = "HTTP_GB_USER_ID", .more_value = "1"},
           401, "");
    expect(b, (struct client){POST("/v1/execute", "{}"), .key = b->key}, 403, "scope: execute");
    expect(
        b,
        (struct client){GET("/auth"), .key = b->key, .more_name = "GB_INTERNAL", .more_value = "1"},
        204, "X-GB-User: ann\r\n");
    expect(b, (struct client){GET("/v1/me"), .key = "gb_wrong"}, 401, "error=\"invalid_token\"");
}

static void test_bodies(void **state)
{
    struct bench *b = *state;
    static char large[70000];
    memset(large, ' ', sizeof(large) - 1);
    expect(b, (struct client){POST("/v1/validate", "{"), .key = b->key}, 400,
           "\"error\":\"no_json\"");
    expect(b, (struct client){POST("/v1/validate", "[]"), .key = b->key}, 400, "no_json");
    expect(b, (struct client){POST("/v1/validate", "{}"), .key = b->key}, 400,
           "\"error\":\"no_ir\"");
    expect(b, (struct client){POST("/v1/validate", large), .key = b->key}, 413, "body_too_large");
    expect(b,
           (struct client){.method = "POST",
                           .path = "/v1/validate",
                           .type = "text/plain",
                           .body = "{}",
                           .key = b->key},
           415, "unsupported_media_type");
    expect(b,
           (struct client){GET("/v1/info"), .more_name = "HTTP_ACCEPT", .more_value = "text/html"},
           406, "not_acceptable");
    expect(b,
           (struct client){GET("/v1/info"), .more_name = "HTTP_ACCEPT",
                           .more_value = "text/html, */*;q=0.1"},
           200, "graph-blocks");
    expect(b,
           (struct client){GET("/v1/info"), .more_name = "HTTP_ACCEPT",
                           .more_value = "application/json; q=0, text/html"},
           406, "not_acceptable");
}

#define SUM                                                                                        \
    "{\"ir\":{\"nodes\":[{\"id\":\"a\",\"type\":\"Literal\",\"properties\":{\"value\":3}},"        \
    "{\"id\":\"p\",\"type\":\"Print\"}],\"edges\":[{\"from\":\"a\",\"to\":\"p\"}]}}"

static void test_graphs_without_a_sandbox(void **state)
{
    struct bench *b = *state;
    expect(b, (struct client){POST("/v1/validate", SUM), .key = b->key}, 200, "\"valid\":true");
    expect(b, (struct client){POST("/v1/preview", SUM), .key = b->key}, 200, "\"stdout\":\"3\\n\"");
    expect(b, (struct client){POST("/v1/emit", SUM), .key = b->key}, 200, "\"cpp\":\"#include");
    expect(b, (struct client){POST("/v1/compile", SUM), .key = b->key}, 503,
           "\"error\":\"sandbox_unavailable\"");
    expect(b,
           (struct client){
               POST("/v1/validate", "{\"ir\":{\"nodes\":[{\"id\":\"x\",\"type\":\"Prnt\"}]}}"),
               .key = b->key},
           200, "\"pointer\":\"/ir/nodes/0/type\"");
    expect(b,
           (struct client){
               POST("/v1/compile", "{\"ir\":{\"nodes\":[{\"id\":\"x\",\"type\":\"Prnt\"}]}}"),
               .key = b->key},
           400, "\"error\":\"validation\"");
}

/* The job's id in a reply. */
static void job_id_of(const char *reply, char id[STORE_ID_MAX])
{
    const char *at = strstr(reply, "\"job_id\":\"");
    assert_non_null(at);
    snprintf(id, STORE_ID_MAX, "%.26s", at + 10);
}

static void test_every_job_is_remembered(void **state)
{
    struct bench *b = *state;
    char id[STORE_ID_MAX], path[100];
    char *reply = ask(b, (struct client){POST("/v1/compile", SUM), .key = b->key});
    job_id_of(reply, id);
    free(reply);
    snprintf(path, sizeof(path), "/v1/jobs/%s", id);
    expect(b, (struct client){GET(path), .key = b->key}, 200, "\"state\":\"failed\"");
    expect(b, (struct client){GET("/v1/jobs"), .query = "limit=20&state=failed", .key = b->key},
           200, id);
    expect(b, (struct client){GET("/v1/jobs"), .query = "state=gone", .key = b->key}, 400,
           "bad_parameter");
    expect(b, (struct client){GET("/v1/jobs"), .query = "limit=0", .key = b->key}, 400, "`limit`");
    expect(b, (struct client){GET("/v1/jobs"), .query = "stat=failed", .key = b->key}, 400,
           "\"suggestion\":\"state\"");
    expect(b, (struct client){GET("/v1/jobs"), .query = "verdict=good", .key = b->key}, 400,
           "`verdict`");
    expect(b, (struct client){GET("/v1/jobs"), .query = "kind=me", .key = b->key}, 400, "`kind`");
    expect(b, (struct client){GET("/v1/jobs"), .query = "cursor=zz", .key = b->key}, 400,
           "`cursor`");
    expect(b, (struct client){.method = "DELETE", .path = path, .key = b->key}, 409, "job_over");
    expect(b, (struct client){GET("/v1/jobs/none"), .key = b->key}, 404, "not_found");
}

static void test_queued_jobs(void **state)
{
    struct bench *b = *state;
    char id[STORE_ID_MAX], path[100];
    struct client c = {POST("/v1/compile", SUM), .key = b->key, .more_name = "HTTP_PREFER",
                       .more_value = "respond-async"};
    char *reply = ask(b, c);
    assert_non_null(strstr(reply, "Status: 202 "));
    assert_non_null(strstr(reply, "Preference-Applied: respond-async\r\n"));
    job_id_of(reply, id);
    free(reply);
    snprintf(path, sizeof(path), "/v1/jobs/%s", id);
    expect(b, (struct client){GET(path), .key = b->key}, 200, "\"state\":\"queued\"");
    expect(b, (struct client){.method = "DELETE", .path = path, .key = b->key}, 200, "cancelled");
    expect(b, (struct client){GET(path), .key = b->key}, 200, "\"state\":\"cancelled\"");
    /* The same again under one Idempotency-Key: the same job, not a second one. */
    c.idempotency_key = "queued";
    reply = ask(b, c);
    job_id_of(reply, id);
    free(reply);
    expect(b, c, 202, id);
    c.idempotency_key = NULL;
    c.body = "{\"ir\":{}}";
    expect(b, c, 400, "\"error\":\"validation\"");
}

static void test_idempotency_keys(void **state)
{
    struct bench *b = *state;
    char first[STORE_ID_MAX], second[STORE_ID_MAX];
    struct client c = {POST("/v1/preview", SUM), .key = b->key, .more_name = "HTTP_IDEMPOTENCY_KEY",
                       .more_value = "one"};
    char *reply = ask(b, c);
    job_id_of(reply, first);
    free(reply);
    reply = ask(b, c);
    job_id_of(reply, second);
    assert_string_equal(first, second);
    assert_non_null(strstr(reply, "Idempotency-Replayed: true\r\n"));
    free(reply);
    c.body = "{\"ir\":{\"nodes\":[]}}";
    expect(b, c, 422, "idempotency_mismatch");
    c.body = SUM;
    c.path = "/v1/validate"; /* the same body, another question */
    expect(b, c, 422, "idempotency_mismatch");
    c.more_value = "with a space";
    expect(b, c, 400, "`Idempotency-Key` must have 1 to 255 printable characters");
    /* What failed by our fault may be tried again: it is another job. */
    c.path = "/v1/compile";
    c.more_value = "two";
    reply = ask(b, c);
    assert_non_null(strstr(reply, "Status: 503 "));
    job_id_of(reply, first);
    free(reply);
    reply = ask(b, c);
    job_id_of(reply, second);
    assert_string_not_equal(first, second);
    assert_null(strstr(reply, "Idempotency-Replayed"));
    free(reply);
}

static void test_batches(void **state)
{
    struct bench *b = *state;
    expect(b,
           (struct client){POST("/v1/batch",
                                "{\"requests\":[{\"path\":\"/v1/preview\",\"body\":" SUM "},"
                                "{\"path\":\"/v1/execute\",\"body\":{}}]}"),
                           .key = b->key},
           200, "{\"status\":403,");
    expect(
        b,
        (struct client){POST("/v1/batch", "{\"requests\":[{\"path\":\"/compile\",\"body\":{}}]}"),
                        .key = b->key},
        200, "RateLimit-Remaining: ");
    expect(b, (struct client){POST("/v1/batch", "{\"requests\":[]}"), .key = b->key}, 400,
           "bad_field");
}

static void test_documents_have_tags(void **state)
{
    struct bench *b = *state;
    char *reply = ask(b, (struct client){GET("/v1/openapi.json")});
    char *tag = strstr(reply, "ETag: ");
    assert_non_null(tag);
    tag += 6;
    tag[strcspn(tag, "\r")] = '\0';
    expect(b,
           (struct client){GET("/v1/openapi.json"), .more_name = "HTTP_IF_NONE_MATCH",
                           .more_value = tag},
           304, "ETag: ");
    free(reply);
}

/* Every route stands in the OpenAPI document, and so do the members of what it accepts. */
static void test_the_description_is_whole(void **state)
{
    struct bench *b = *state;
    char *reply = ask(b, (struct client){GET("/v1/openapi.json")});
    const char *json = strstr(reply, "\r\n\r\n") + 4;
    struct jdoc d = {0};
    assert_int_equal(jdoc_parse(&d, json, strlen(json), NULL, NULL), 0);
    uint32_t paths = jdoc_get(&d, 0, "paths");
    for (unsigned i = 0; i < n_routes; i++)
        if (!(routes[i].flags & WANT_INTERNAL) &&
            jdoc_get(&d, paths, routes[i].pattern) == JSON_NONE)
            fail_msg("%s is not described", routes[i].pattern);
    assert_non_null(strstr(json, "\"memory_mb\""));
    jdoc_free(&d);
    free(reply);
}

static void test_counters(void **state)
{
    struct bench *b = *state;
    expect(b, (struct client){GET("/healthz")}, 200, "ok");
    expect(b, (struct client){GET("/metrics")}, 200,
           "gb_requests_total{route=\"healthz\",status=\"200\",outcome=\"ok\"} 1\n");
    /* An older path counts as the newer one: one series, not two of a name. */
    expect(b, (struct client){POST("/compile", "{"), .key = b->key}, 400, "no_json");
    expect(b, (struct client){POST("/v1/compile", "{"), .key = b->key}, 400, "no_json");
    char *reply = ask(b, (struct client){GET("/metrics")});
    const char *first = strstr(reply, "route=\"compile\",status=\"400\",outcome=\"no_json\"} 2\n");
    assert_non_null(first);
    assert_null(strstr(first + 1, "route=\"compile\",status=\"400\",outcome=\"no_json\""));
    free(reply);
    expect(b, (struct client){GET("/metrics")}, 200, "gb_request_seconds_bucket{le=\"+Inf\"}");
    expect(b, (struct client){GET("/readyz")}, 503, "gb-sandboxd does not answer");
    expect(b, (struct client){GET("/readyz")}, 503, "\"error\":\"not_ready\"");
    expect(b, (struct client){GET("/metrics")}, 200, "gb_jobs_running 0\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_patterns),
        cmocka_unit_test(test_what_is_not_there),
        cmocka_unit_test(test_who_calls),
        cmocka_unit_test(test_bodies),
        cmocka_unit_test(test_graphs_without_a_sandbox),
        cmocka_unit_test(test_every_job_is_remembered),
        cmocka_unit_test(test_queued_jobs),
        cmocka_unit_test(test_idempotency_keys),
        cmocka_unit_test(test_batches),
        cmocka_unit_test(test_documents_have_tags),
        cmocka_unit_test(test_the_description_is_whole),
        cmocka_unit_test(test_counters),
    };
    return cmocka_run_group_tests(tests, setup, teardown) != 0;
}
