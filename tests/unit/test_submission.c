/* test_submission.c - the SUBMIT document, the reports, and the rules of the fallback. */
#include "../../sandbox/fallback.h"
#include "../../sandbox/report.h"
#include "../../sandbox/submission.h"

#include <errno.h>
#include <jansson.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static const struct ceilings usual = {
    .compile_wall_ms = 5000,
    .compile_cpu_ms = 5000,
    .compile_memory_mb = 256,
    .run_wall_ms = 10000,
    .run_cpu_ms = 10000,
    .run_memory_mb = 128,
    .run_cpus_milli = 500,
    .output_kb = 64,
    .pids = 64,
    .file_mb = 16,
    .queue_ms = 20000,
};

static json_int_t limit_in(const struct submission *s, const char *phase, const char *key)
{
    json_t *doc = json_loadb(s->spec.data, s->spec.len, 0, NULL);
    json_int_t n = json_integer_value(
        json_object_get(json_object_get(json_object_get(doc, "limits"), phase), key));
    json_decref(doc);
    return n;
}

static void test_limits_are_only_lowered(void **state)
{
    (void)state;
    struct submission s;
    assert_int_equal(
        submission_parse(STR("{\"job_id\":\"j\",\"limits\":{\"run\":{\"wall_ms\":99999,"
                             "\"memory_mb\":32}},\"queue_ms\":5}"),
                         &usual, &s, NULL),
        0);
    assert_int_equal(s.limits.run_wall_ms, 10000);
    assert_int_equal(s.limits.run_memory_mb, 32);
    assert_int_equal(s.limits.queue_ms, 5);
    assert_int_equal(limit_in(&s, "run", "wall_ms"), 10000);
    assert_int_equal(limit_in(&s, "run", "memory_mb"), 32);
    assert_int_equal(limit_in(&s, "compile", "memory_mb"), 256);
    assert_int_equal(s.runs, 1);
    submission_free(&s);
}

static void test_what_is_wrong_is_named(void **state)
{
    (void)state;
    static const struct {
        const char *json, *named;
    } bad[] = {
        {"", "no JSON object"},
        {"[]", "no JSON object"},
        {"{\"job_id\":\"j\",\"job_id\":\"k\"}", "no JSON object"},
        {"{}", "job_id"},
        {"{\"job_id\":7}", "job_id"},
        {"{\"job_id\":\"j\",\"user\":{}}", "user"},
        {"{\"job_id\":\"j\",\"limits\":[]}", "limits"},
        {"{\"job_id\":\"j\",\"limits\":{\"run\":1}}", "limits.run"},
        {"{\"job_id\":\"j\",\"limits\":{\"run\":{\"wall_ms\":0}}}", "limits.run.wall_ms"},
        {"{\"job_id\":\"j\",\"limits\":{\"run\":{\"pids\":-1}}}", "limits.run.pids"},
        {"{\"job_id\":\"j\",\"limits\":{\"compile\":{\"cpu_ms\":1.5}}}", "limits.compile.cpu_ms"},
        {"{\"job_id\":\"j\",\"limits\":{\"run\":{\"file_mb\":\"1\"}}}", "limits.run.file_mb"},
        {"{\"job_id\":\"j\",\"queue_ms\":-1}", "queue_ms"},
        {"{\"job_id\":\"j\",\"inputs\":{}}", "inputs"},
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct submission s;
        struct err err;
        assert_int_equal(submission_parse(str_c(bad[i].json), &usual, &s, &err), -EINVAL);
        assert_non_null(strstr(err.message, bad[i].named));
        submission_free(&s);
    }
}

static void test_the_token_stays_here(void **state)
{
    (void)state;
    struct submission s;
    assert_int_equal(
        submission_parse(STR("{\"job_id\":\"j\",\"fallback_token\":\"hush\"}"), &usual, &s, NULL),
        0);
    assert_string_equal(s.fallback_token, "hush");
    assert_null(strstr(buf_cstr(&s.spec), "hush"));
    submission_free(&s);
}

static void test_a_report_cannot_lie_about_its_container(void **state)
{
    (void)state;
    const struct report_facts facts = {"abc", "img@sha256:1", 1.5, 0.25, false};
    cleanup_buf struct buf out = BUF_INIT(0);
    struct str said = STR("{\"stage\":\"execution\",\"verdict\":\"ok\",\"runs\":[],"
                          "\"container_id\":\"other\",\"fallback_executed\":true}");
    assert_int_equal(report_finish(said, &facts, &out, NULL), 0);
    json_t *doc = json_loadb(out.data, out.len, 0, NULL);
    assert_string_equal(json_string_value(json_object_get(doc, "container_id")), "abc");
    assert_true(json_is_false(json_object_get(doc, "fallback_executed")));
    assert_string_equal(json_string_value(json_object_get(doc, "verdict")), "ok");
    json_decref(doc);
    static const char *const bad[] = {
        "",
        "[]",
        "{}",
        "{\"verdict\":\"fine\",\"stage\":\"execution\"}",
        "{\"verdict\":\"ok\",\"stage\":\"\"}",
        "{\"verdict\":\"ok\",\"stage\":\"execution\",\"runs\":1}",
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_int_equal(report_finish(str_c(bad[i]), &facts, &out, NULL), -EPROTO);
}

static void test_the_fallback_refuses_a_public_service(void **state)
{
    (void)state;
    assert_true(fallback_is_local("127.0.0.1:8443"));
    assert_true(fallback_is_local("[::1]:8443"));
    assert_true(fallback_is_local("localhost:80"));
    assert_true(fallback_is_local("localhost"));
    assert_true(fallback_is_local("/run/gb.sock"));
    assert_false(fallback_is_local("0.0.0.0:8443"));
    assert_false(fallback_is_local("localhost.example.org:80"));
    assert_false(fallback_is_local("[::]:8443"));
    assert_false(fallback_is_local("192.168.1.1"));
    assert_false(fallback_is_local(""));
    struct config cfg = {
        .dev_allow_fallback = true, .listen = "0.0.0.0:1", .dev_fallback_token = ""};
    struct fallback f;
    struct err err;
    assert_int_equal(fallback_init(&f, &cfg, &err), -EPERM);
    cfg.dev_fallback_force = true;
    assert_int_equal(fallback_init(&f, &cfg, &err), -EPERM);
    cfg.dev_allow_fallback = false;
    assert_int_equal(fallback_init(&f, &cfg, &err), 0);
    assert_false(fallback_admits(&f, ""));
    f = (struct fallback){.allowed = true, .token = "secret"};
    assert_true(fallback_admits(&f, "secret"));
    assert_false(fallback_admits(&f, "secres"));
    assert_false(fallback_admits(&f, "secret2"));
    assert_false(fallback_admits(&f, ""));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_limits_are_only_lowered),
        cmocka_unit_test(test_what_is_wrong_is_named),
        cmocka_unit_test(test_the_token_stays_here),
        cmocka_unit_test(test_a_report_cannot_lie_about_its_container),
        cmocka_unit_test(test_the_fallback_refuses_a_public_service),
    };
    return cmocka_run_group_tests(tests, NULL, NULL) != 0;
}
