/*
 * test_record.c - reports become executions, executions become cache entries and back.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <errno.h>

#include "fcgi/record.h"

#define RUN(more)                                                                                  \
    "{\"stage\":\"execution\",\"verdict\":\"ok\",\"compile\":{\"ran\":true,\"exit_code\":0,"       \
    "\"signal\":null,\"wall_ms\":48.5,\"cpu_ms\":40,\"max_rss_kb\":30100,\"diagnostics\":\"\"},"   \
    "\"runs\":[{\"verdict\":\"ok\",\"exit_code\":0,\"signal\":null,\"wall_ms\":1.25,"              \
    "\"cpu_ms\":0.5,\"max_rss_kb\":1500,\"truncated\":false,\"faults\":[],\"killed_by\":null,"     \
    "\"reads_clock\":false" more "}],\"container_id\":\"c\",\"image\":\"i@sha256:0\","             \
    "\"queue_ms\":0.5,\"start_ms\":1,\"fallback_executed\":false}"

static struct execution read_report(const char *report, struct str out, struct str errout)
{
    struct execution x = {0};
    struct err err = {0};
    struct buf output[2] = {BUF_INIT(0), BUF_INIT(0)};
    buf_str(&output[0], out);
    buf_str(&output[1], errout);
    int rc = execution_read_report(&x, str_c(report), output, 1, &err);
    buf_free(&output[0]);
    buf_free(&output[1]);
    if (rc != 0)
        fail_msg("%s", err.message);
    return x;
}

static void test_a_report_is_read(void **state)
{
    (void)state;
    struct execution x = read_report(RUN(""), STR("7\n"), STR(""));
    assert_int_equal(x.verdict, VERDICT_ok);
    assert_string_equal(execution_stage(&x), "execution");
    assert_int_equal(x.n_runs, 1);
    assert_true(str_eqc(x.runs[0].out, "7\n"));
    assert_true(x.compile.wall_ms > 48.4 && x.compile.wall_ms < 48.6);
    assert_true(str_eqc(x.image, "i@sha256:0"));
    assert_true(record_storable(&x, 0));
    execution_free(&x);
}

static void test_nonsense_is_no_report(void **state)
{
    (void)state;
    static const char *const bad[] = {"", "[]", "{}", "{\"verdict\":\"great\"}",
                                      "{\"verdict\":\"ok\",\"runs\":[{}]}"};
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        struct execution x = {0};
        struct buf output[2] = {BUF_INIT(0), BUF_INIT(0)};
        assert_int_equal(execution_read_report(&x, str_c(bad[i]), output, 1, NULL), -EPROTO);
        execution_free(&x);
    }
}

static void test_only_functions_of_the_key_are_stored(void **state)
{
    (void)state;
    static const struct {
        const char *report;
        bool storable;
    } rows[] = {
        {RUN(",\"verdict\":\"runtime_error\",\"exit_code\":70,\"faults\":[{\"kind\":1,\"site\":2}"
             "]"),
         true},
        {RUN(",\"verdict\":\"runtime_error\",\"exit_code\":3"), true},
        {RUN(",\"verdict\":\"runtime_error\",\"exit_code\":null,\"signal\":\"SIGSEGV\""), false},
        {RUN(",\"reads_clock\":true"), false},
        {RUN(",\"verdict\":\"time_limit\""), false},
        {RUN(",\"verdict\":\"memory_limit\""), false},
        {RUN(",\"verdict\":\"output_limit\""), false},
        {RUN(",\"verdict\":\"forbidden_syscall\""), false},
        {RUN(",\"verdict\":\"cancelled\""), false},
        {RUN(",\"killed_by\":{\"resource\":\"wall\"}"), false},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct execution x = read_report(rows[i].report, STR(""), STR(""));
        if (record_storable(&x, 0) != rows[i].storable)
            fail_msg("%s", rows[i].report);
        execution_free(&x);
    }
}

static void check_round_trip(struct str out, struct str errout)
{
    struct execution x = read_report(RUN(",\"verdict\":\"runtime_error\",\"exit_code\":70,"
                                         "\"faults\":[{\"kind\":1,\"site\":12}]"),
                                     out, errout);
    cleanup_buf struct buf record = BUF_INIT(0);
    record_write(&x, 0, STR("the key"), &record);

    struct execution y = {0};
    y.runs = arena_new_array(&y.arena, 1, struct run_result);
    assert_int_equal(record_read(&y, 0, buf_view(&record), STR("the key")), 0);
    assert_true(y.runs[0].cached);
    assert_int_equal(y.runs[0].verdict, VERDICT_runtime_error);
    assert_int_equal(y.runs[0].exit_code, 70);
    assert_true(str_eq(y.runs[0].out, out));
    assert_true(str_eq(y.runs[0].err, errout));
    assert_int_equal(y.runs[0].n_faults, 1);
    assert_int_equal(y.runs[0].faults[0].site, 12);
    assert_true(str_eqc(y.image, "i@sha256:0"));
    execution_free(&x);
    execution_free(&y);
}

static void test_records_keep_every_byte(void **state)
{
    (void)state;
    check_round_trip(STR("7\n"), STR(""));
    check_round_trip((struct str){"a\0b\xff\xc3(", 6}, STR("\x80"));
    check_round_trip(STR("\"\\\n\t\x01"), STR("caf\xc3\xa9"));
}

static void test_another_key_is_no_answer(void **state)
{
    (void)state;
    struct execution x = read_report(RUN(""), STR("7\n"), STR(""));
    cleanup_buf struct buf record = BUF_INIT(0);
    record_write(&x, 0, STR("the key"), &record);
    struct execution y = {0};
    y.runs = arena_new_array(&y.arena, 1, struct run_result);
    assert_int_equal(record_read(&y, 0, buf_view(&record), STR("another")), -ENOENT);
    assert_int_equal(record_read(&y, 0, (struct str){record.data, record.len / 2}, STR("the key")),
                     -ENOENT);
    assert_false(y.runs[0].cached);
    execution_free(&x);
    execution_free(&y);
}

static void test_binaries(void **state)
{
    (void)state;
    cleanup_buf struct buf entry = BUF_INIT(0);
    const struct str program = {"\x7f"
                                "ELF\0\0",
                                6};
    assert_int_equal(binary_pack(STR("key"), program, &entry), 0);
    assert_true(str_eq(binary_unpack(buf_view(&entry), STR("key")), program));
    assert_int_equal(binary_unpack(buf_view(&entry), STR("ke")).n, 0);
    assert_int_equal(binary_unpack(buf_view(&entry), STR("kez")).n, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_report_is_read),
        cmocka_unit_test(test_nonsense_is_no_report),
        cmocka_unit_test(test_only_functions_of_the_key_are_stored),
        cmocka_unit_test(test_records_keep_every_byte),
        cmocka_unit_test(test_another_key_is_no_answer),
        cmocka_unit_test(test_binaries),
    };
    return cmocka_run_group_tests(tests, NULL, NULL) != 0;
}
