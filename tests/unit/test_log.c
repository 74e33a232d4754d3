/* test_log.c - lines that are JSON, with ids and without secrets. */
#include "base/json.h"
#include "base/log.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <stdlib.h>
#include <unistd.h>

/* What is written to stderr between begin() and end() lands in `text`. */
struct capture {
    int pipe[2], saved;
    char text[32768];
    size_t n;
};

static void begin(struct capture *c)
{
    assert_int_equal(pipe(c->pipe), 0);
    c->saved = dup(STDERR_FILENO);
    dup2(c->pipe[1], STDERR_FILENO);
}

static void end(struct capture *c)
{
    dup2(c->saved, STDERR_FILENO);
    close(c->saved);
    close(c->pipe[1]);
    c->n = 0;
    ssize_t n;
    while ((n = read(c->pipe[0], c->text + c->n, sizeof c->text - 1 - c->n)) > 0)
        c->n += (size_t)n;
    c->text[c->n] = '\0';
    close(c->pipe[0]);
}

static void assert_member(const struct jdoc *d, const char *key, const char *value)
{
    struct str got = jdoc_str(d, jdoc_get(d, 0, key));
    if (!str_eqc(got, value))
        fail_msg("%s is \"%.*s\", not \"%s\"", key, STR_ARG(got), value);
}

static void a_line_is_one_json_object_with_ids(void **state)
{
    (void)state;
    struct capture c;
    struct jdoc d;
    struct err err = {.code = -ENOENT, .message = "no \"file\"\n"};
    begin(&c);
    log_init("gb-test", "info");
    log_ids("req-1", "job-1");
    log_err(LOG_LEVEL_WARN, &err, "it failed", "count", log_int(42), "ms", log_ms(-0.5), "text",
            "\0011.", "none", (const char *)NULL, NULL);
    log_ids(NULL, NULL);
    end(&c);
    assert_ptr_equal(strchr(c.text, '\n'), c.text + c.n - 1);
    assert_int_equal(jdoc_parse(&d, c.text, c.n - 1, NULL, NULL), 0);
    assert_member(&d, "level", "warn");
    assert_member(&d, "prog", "gb-test");
    assert_member(&d, "msg", "it failed");
    assert_member(&d, "request_id", "req-1");
    assert_member(&d, "job_id", "job-1");
    assert_member(&d, "error", "no \"file\"\n");
    assert_int_equal(d.vals[jdoc_get(&d, 0, "count")].i, 42);
    assert_true(d.vals[jdoc_get(&d, 0, "ms")].d == -0.5);
    assert_member(&d, "text", "\0011.");
    assert_member(&d, "none", "");
    assert_int_equal(d.vals[jdoc_get(&d, 0, "errno")].i, ENOENT);
    assert_int_equal(jdoc_str(&d, jdoc_get(&d, 0, "time")).n, strlen("2026-01-31T10:00:00.123Z"));
    jdoc_free(&d);
}

static void levels_below_are_silent(void **state)
{
    (void)state;
    struct capture c;
    begin(&c);
    log_init("gb-test", "error");
    log_debug("no");
    log_info("no", "a", "b");
    log_warn("no");
    log_error("yes");
    end(&c);
    assert_non_null(strstr(c.text, "\"msg\":\"yes\""));
    assert_null(strstr(c.text, "\"no\""));
}

static void secrets_are_never_written(void **state)
{
    (void)state;
    struct capture c;
    begin(&c);
    log_init("gb-test", "debug");
    log_info("hello", "Authorization", "Bearer hush", "token", "hush", "key", "hush", "user",
             "ann");
    end(&c);
    assert_null(strstr(c.text, "hush"));
    assert_non_null(strstr(c.text, "\"user\":\"ann\""));
}

static void a_huge_value_is_cut_and_stays_json(void **state)
{
    (void)state;
    struct capture c;
    struct jdoc d;
    char *huge = malloc(1U << 20);
    memset(huge, '\x01', 1U << 20);
    huge[(1U << 20) - 1] = '\0';
    begin(&c);
    log_init("gb-test", "info");
    log_info("big", "value", huge, "after", huge);
    end(&c);
    free(huge);
    assert_in_range(c.n, 1000, 16384);
    assert_int_equal(jdoc_parse(&d, c.text, c.n - 1, NULL, NULL), 0);
    jdoc_free(&d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_line_is_one_json_object_with_ids),
        cmocka_unit_test(levels_below_are_silent),
        cmocka_unit_test(secrets_are_never_written),
        cmocka_unit_test(a_huge_value_is_cut_and_stays_json),
    };
    return cmocka_run_group_tests(tests, NULL, NULL) != 0;
}
