/*
 * test_fields.c - what a request may contain, and how it is told what it may not.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <stdio.h>

#include "fcgi/fields.h"

static struct field_check check(const char *json, const struct field *table)
{
    struct field_check c;
    struct jdoc doc = {0};
    assert_int_equal(jdoc_parse(&doc, json, strlen(json), NULL, NULL), 0);
    fields_check(&doc, 0, table, NULL, &c);
    jdoc_free(&doc);
    return c;
}

static void expect(const char *json, const struct field *table, enum outcome o, const char *message)
{
    struct field_check c = check(json, table);
    if (c.n == 0)
        fail_msg("accepted: %s", json);
    assert_int_equal(c.complaints[0].outcome, o);
    if (!strstr(c.complaints[0].message, message))
        fail_msg("%s: '%s' does not say '%s'", json, c.complaints[0].message, message);
}

static void test_good_requests(void **state)
{
    (void)state;
    static const char *const good[] = {
        "{\"ir\":{}}",
        "{\"ir\":{\"anything\":1},\"node_defs\":[],\"stdin\":\"x\",\"args\":[\"a\"]}",
        "{\"ir\":{},\"options\":{\"optimize\":true,\"cache\":\"bypass\"}}",
        "{\"ir\":{},\"limits\":{\"wall_ms\":1}}",
        "{\"ir\":{},\"inputs\":[{\"stdin\":\"1\"},{}],\"timeout\":5}",
        "{\"ir\":{},\"options\":null}",
    };
    for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
        struct field_check c = check(good[i], fields_compile);
        if (c.n)
            fail_msg("%s: %s", good[i], c.complaints[0].message);
    }
}

static void test_names_and_bytes(void **state)
{
    (void)state;
    expect("{\"files\":{\"a.c\":\"1\",\"b.c\":\"2\",\"a.c\":\"3\"}}", fields_execute,
           OUTCOME_bad_field, "`a.c` is given twice");
    expect("{\"ir\":{},\"args\":[\"a\\u0000b\"]}", fields_compile, OUTCOME_bad_field, "U+0000");
    expect("{\"ir\":{},\"limits\":{\"memory\":5}}", fields_compile, OUTCOME_unknown_field,
           "did you mean `memory_mb`?");
    assert_int_equal(check("{\"ir\":{},\"stdin\":\"a\\u0000b\"}", fields_compile).n, 0);
}

/* What an operator allows goes before what the table says. */
static void test_the_operators_bounds(void **state)
{
    (void)state;
    static const char three[] = "{\"ir\":{},\"inputs\":[{},{},{}]}";
    struct config cfg = {.max_inputs = 2, .max_source_kb = 1};
    struct field_check c;
    struct jdoc doc = {0};
    assert_int_equal(jdoc_parse(&doc, three, strlen(three), NULL, NULL), 0);
    assert_true(fields_check(&doc, 0, fields_compile, NULL, &c));
    assert_false(fields_check(&doc, 0, fields_compile, &cfg, &c));
    assert_non_null(strstr(c.complaints[0].message, "between 1 and 2 elements"));
    cfg.max_inputs = 3;
    assert_true(fields_check(&doc, 0, fields_compile, &cfg, &c));
    assert_int_equal(field_max(&fields_execute[0], &cfg), 1024); /* code, in bytes */
    jdoc_free(&doc);
}

static void test_missing_graph(void **state)
{
    (void)state;
    expect("{}", fields_compile, OUTCOME_no_ir, "`ir` is required");
    expect("{\"ir\":null}", fields_compile, OUTCOME_no_ir, "`ir` is required");
}

static void test_unknown_members_are_named(void **state)
{
    (void)state;
    expect("{\"ir\":{},\"sdtin\":\"\"}", fields_compile, OUTCOME_unknown_field,
           "did you mean `stdin`?");
    expect("{\"ir\":{},\"frobnicate\":1}", fields_compile, OUTCOME_unknown_field,
           "`frobnicate` is not known here");
    expect("{\"ir\":{},\"limits\":{\"memory_md\":1}}", fields_compile, OUTCOME_unknown_field,
           "did you mean `memory_mb`?");
    expect("{\"ir\":{},\"inputs\":[{\"stdinn\":\"\"}]}", fields_compile, OUTCOME_unknown_field,
           "did you mean `stdin`?");
}

static void test_limits_are_refused_by_name(void **state)
{
    (void)state;
    static const char *const bad[] = {"0",          "-1",    "1.5", "1e3", "9223372036854775808",
                                      "2147483648", "\"5\"", "[]",  "true"};
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        char json[100];
        snprintf(json, sizeof(json), "{\"ir\":{},\"limits\":{\"cpu_ms\":%s}}", bad[i]);
        expect(json, fields_compile, OUTCOME_bad_limit, "`cpu_ms`");
        snprintf(json, sizeof(json), "{\"ir\":{},\"timeout\":%s}", bad[i]);
        expect(json, fields_compile, OUTCOME_bad_limit, "`timeout`");
    }
}

static void test_types_and_bounds(void **state)
{
    (void)state;
    expect("{\"ir\":[]}", fields_compile, OUTCOME_bad_field, "`ir` must be an object");
    expect("{\"ir\":{},\"args\":[1]}", fields_compile, OUTCOME_bad_field, "must be a string");
    expect("{\"ir\":{},\"inputs\":[]}", fields_compile, OUTCOME_bad_field, "between 1 and 100");
    expect("{\"ir\":{},\"options\":{\"optimize\":4}}", fields_compile, OUTCOME_bad_field,
           "between 0 and 3");
    expect("{\"ir\":{},\"options\":{\"cache\":\"no\"}}", fields_compile, OUTCOME_bad_field,
           "one of: use bypass");
    expect("{\"files\":{}}", fields_execute, OUTCOME_bad_field, "between 1 and 32 members");
    expect("{\"files\":{\"a.c\":1}}", fields_execute, OUTCOME_bad_field, "must be a string");
}

static void test_every_complaint_is_listed(void **state)
{
    (void)state;
    cleanup_buf struct buf out = BUF_INIT(0);
    const char *json = "{\"timeout\":0,\"sdtin\":1,\"stdin\":2}";
    struct jdoc doc = {0};
    struct field_check c;
    struct jsonw w = {.out = &out};
    assert_int_equal(jdoc_parse(&doc, json, strlen(json), NULL, NULL), 0);
    assert_false(fields_check(&doc, 0, fields_compile, NULL, &c));
    assert_int_equal(c.n, 4);
    fields_complaints_json(&doc, &c, &w);
    assert_non_null(strstr(buf_cstr(&out), "{\"pointer\":\"/timeout\",\"field\":\"timeout\","
                                           "\"error\":\"bad_limit\""));
    assert_non_null(strstr(buf_cstr(&out), "\"suggestion\":\"stdin\""));
    jdoc_free(&doc);
}

static void test_no_more_than_the_most(void **state)
{
    (void)state;
    cleanup_buf struct buf json = BUF_INIT(0);
    buf_puts(&json, "{\"ir\":{}");
    for (int i = 0; i < 1000; i++)
        buf_printf(&json, ",\"member_%d\":1", i);
    buf_puts(&json, "}");
    struct field_check c = check(buf_cstr(&json), fields_compile);
    assert_int_equal(c.n, FIELD_COMPLAINTS_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_good_requests),
        cmocka_unit_test(test_names_and_bytes),
        cmocka_unit_test(test_the_operators_bounds),
        cmocka_unit_test(test_missing_graph),
        cmocka_unit_test(test_unknown_members_are_named),
        cmocka_unit_test(test_limits_are_refused_by_name),
        cmocka_unit_test(test_types_and_bounds),
        cmocka_unit_test(test_every_complaint_is_listed),
        cmocka_unit_test(test_no_more_than_the_most),
    };
    return cmocka_run_group_tests(tests, NULL, NULL) != 0;
}
