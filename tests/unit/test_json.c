/* test_json.c - the JSON reader and writer. */
#include "base/json.h"
#include "base/jsonw.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <stdlib.h>

static int parse(struct jdoc *d, const char *text)
{
    return jdoc_parse(d, text, strlen(text), NULL, NULL);
}

static void reads_every_kind_of_value(void **state)
{
    (void)state;
    struct jdoc d;
    assert_int_equal(parse(&d, " {\"a\": [1, -2.5e1, \"x\\u00e9\\ud83d\\ude00\\n\", true, null],"
                               "\"b\": {}, \"big\": 9223372036854775808, \"vast\": -1e999}"),
                     0);
    uint32_t a = jdoc_get(&d, 0, "a");
    assert_int_equal(d.vals[a].count, 5);
    uint32_t it = jdoc_first(&d, a);
    assert_int_equal(d.vals[it].i, 1);
    it = jdoc_next(&d, a, it);
    assert_true(d.vals[it].d < -24.9 && d.vals[it].d > -25.1);
    it = jdoc_next(&d, a, it);
    assert_true(str_eqc(jdoc_str(&d, it), "x\xC3\xA9\xF0\x9F\x98\x80\n"));
    it = jdoc_next(&d, a, jdoc_next(&d, a, it));
    assert_int_equal(d.vals[it].type, JSON_NULL);
    assert_int_equal(jdoc_next(&d, a, it), JSON_NONE);
    assert_int_equal(jdoc_first(&d, jdoc_get(&d, 0, "b")), JSON_NONE);
    assert_int_equal(d.vals[jdoc_get(&d, 0, "big")].type, JSON_HUGE);
    assert_int_equal(d.vals[jdoc_get(&d, 0, "vast")].type, JSON_HUGE);
    assert_int_equal(jdoc_get(&d, 0, "none"), JSON_NONE);
    jdoc_free(&d);
}

/* Values of an array are no keys: what they hold in place of text must not be read as such. */
static void looks_for_members_in_objects_only(void **state)
{
    (void)state;
    static const char *const none[] = {"[[1,2]]", "[{\"a\":1,\"b\":2}]",  "[\"ir\", 7]", "\"ir\"",
                                       "2",       "[[],{},[[0,0],[0,0]]]"};
    for (size_t i = 0; i < sizeof none / sizeof none[0]; i++) {
        struct jdoc d;
        assert_int_equal(parse(&d, none[i]), 0);
        assert_int_equal(jdoc_get(&d, 0, "ir"), JSON_NONE);
        jdoc_free(&d);
    }
}

static void refuses_what_is_no_json(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "",
        " ",
        "{",
        "[1,]",
        "{\"a\":1,}",
        "[1 2]",
        "{a:1}",
        "01",
        "1.",
        "1e",
        "-",
        "+1",
        "nul",
        "\"\\x\"",
        "\"\\ud800\"",
        "\"\\udc00\"",
        "\"\n\"",
        "\"\x80\"",
        "\"\xC0\xAF\"",
        "[1]]",
        "\"",
        "\"\\",
        "{\"a\"}",
        "{\"a\":}",
        "[,1]",
        "\"\\u12\"",
        "tru",
        "\xEF\xBB\xBF{}",
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct jdoc d;
        if (parse(&d, bad[i]) != -EINVAL)
            fail_msg("accepted: %s", bad[i]);
        jdoc_free(&d);
    }
}

static void bounds_the_depth(void **state)
{
    (void)state;
    char text[2 * (JSON_DEPTH_MAX + 1) + 1] = {0};
    struct jdoc d;
    memset(text, '[', JSON_DEPTH_MAX);
    memset(text + JSON_DEPTH_MAX, ']', JSON_DEPTH_MAX);
    assert_int_equal(parse(&d, text), 0);
    jdoc_free(&d);
    memset(text, '[', JSON_DEPTH_MAX + 1);
    assert_int_equal(parse(&d, text), -E2BIG);
    jdoc_free(&d);
}

static void notes_duplicate_keys(void **state)
{
    (void)state;
    struct jdoc d;
    struct buf many = BUF_INIT(0);
    buf_putc(&many, '{');
    for (int i = 0; i < 100; i++)
        buf_printf(&many, "\"k%d\":%d,", i, i);
    buf_puts(&many, "\"k7\":-1}");
    assert_int_equal(parse(&d, buf_cstr(&many)), 0);
    assert_int_equal(d.n_duplicates, 1);
    assert_int_equal(d.vals[jdoc_get(&d, 0, "k7")].i, -1);
    jdoc_free(&d);
    buf_free(&many);
    assert_int_equal(parse(&d, "[{\"a\":1,\"a\":2},{\"a\":1,\"\\u0061\":2}]"), 0);
    assert_int_equal(d.n_duplicates, 2);
    jdoc_free(&d);
}

static void points_at_values(void **state)
{
    (void)state;
    struct jdoc d;
    struct buf b = BUF_INIT(0);
    assert_int_equal(parse(&d, "{\"a/b\": [0, {\"c~\": [true]}], \"z\": 1}"), 0);
    uint32_t list = jdoc_get(&d, 0, "a/b");
    uint32_t inner = jdoc_get(&d, jdoc_next(&d, list, jdoc_first(&d, list)), "c~");
    jdoc_pointer(&d, jdoc_first(&d, inner), &b);
    assert_string_equal(buf_cstr(&b), "/a~1b/1/c~0/0");
    buf_clear(&b);
    jdoc_pointer(&d, jdoc_get(&d, 0, "z"), &b);
    assert_string_equal(buf_cstr(&b), "/z");
    buf_free(&b);
    jdoc_free(&d);
}

static void says_where_it_failed(void **state)
{
    (void)state;
    struct jdoc d;
    struct json_where where;
    struct err err;
    assert_int_equal(jdoc_parse(&d, "{\n \"a\": ?}", 10, &where, &err), -EINVAL);
    assert_int_equal(where.line, 2);
    assert_int_equal(where.col, 7);
    jdoc_free(&d);
}

static void writes_what_it_reads(void **state)
{
    (void)state;
    struct buf b = BUF_INIT(0);
    struct jsonw w = {.out = &b};
    jw_open(&w, '{');
    jw_kstr(&w, "s", (struct str){"q\"\\\n\x01\xFF\xC3\xA9", 8});
    jw_key(&w, "list");
    jw_open(&w, '[');
    jw_int(&w, INT64_MIN);
    jw_real(&w, 0.1);
    jw_real(&w, 3.0);
    jw_open(&w, '{');
    jw_close(&w, '}');
    jw_null(&w);
    jw_close(&w, ']');
    jw_kbool(&w, "t", true);
    jw_close(&w, '}');
    assert_string_equal(buf_cstr(&b), "{\"s\":\"q\\\"\\\\\\n\\u0001\xEF\xBF\xBD\xC3\xA9\",\"list\":"
                                      "[-9223372036854775808,0.1,3.0,{},null],\"t\":true}");
    buf_free(&b);
}

static void a_buffer_keeps_its_limit(void **state)
{
    (void)state;
    struct buf b = BUF_INIT(4);
    buf_puts(&b, "abc");
    buf_puts(&b, "de");
    assert_string_equal(buf_cstr(&b), "abc");
    assert_int_equal(b.error, -E2BIG);
    buf_free(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_every_kind_of_value),
        cmocka_unit_test(looks_for_members_in_objects_only),
        cmocka_unit_test(refuses_what_is_no_json),
        cmocka_unit_test(bounds_the_depth),
        cmocka_unit_test(notes_duplicate_keys),
        cmocka_unit_test(points_at_values),
        cmocka_unit_test(says_where_it_failed),
        cmocka_unit_test(writes_what_it_reads),
        cmocka_unit_test(a_buffer_keeps_its_limit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL) != 0;
}
