/* test_frame.c - the frame parser: pieces, order, bounds. */
#include "../../sandbox/frame.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static const struct frame_rule rules[] = {{FRAME_REPORT, 16}, {FRAME_STDOUT, 4}, {FRAME_END, 0}};

static void test_one_byte_at_a_time(void **state)
{
    (void)state;
    cleanup_buf struct buf b = BUF_INIT(0);
    frame_put(&b, FRAME_STDOUT, STR("abcd"));
    frame_put(&b, FRAME_END, STR(""));
    frame_put(&b, FRAME_REPORT, STR("0123456789abcdef"));
    cleanup_frame_reader struct frame_reader r = FRAME_READER(rules);
    const char *want[] = {"abcd", "", "0123456789abcdef"};
    size_t seen = 0;
    for (size_t i = 0; i < b.len; i++) {
        assert_int_equal(frame_feed(&r, b.data + i, 1), 0);
        struct frame f;
        struct err err;
        int n = frame_next(&r, &f, &err);
        assert_true(n >= 0);
        if (n == 1)
            assert_true(str_eqc(f.body, want[seen++]));
    }
    assert_int_equal(seen, 3);
    assert_false(frame_partial(&r));
}

static void test_many_in_one_piece(void **state)
{
    (void)state;
    cleanup_buf struct buf b = BUF_INIT(0);
    for (int i = 0; i < 1000; i++)
        frame_put(&b, FRAME_STDOUT, STR("xy"));
    cleanup_frame_reader struct frame_reader r = FRAME_READER(rules);
    assert_int_equal(frame_feed(&r, b.data, b.len - 1), 0);
    struct frame f;
    int seen = 0;
    while (frame_next(&r, &f, NULL) == 1)
        seen++;
    assert_int_equal(seen, 999);
    assert_true(frame_partial(&r));
    assert_int_equal(frame_feed(&r, b.data + b.len - 1, 1), 0);
    assert_int_equal(frame_next(&r, &f, NULL), 1);
    assert_int_equal(frame_next(&r, &f, NULL), 0);
}

static void test_a_foreign_type_is_refused_by_its_first_byte(void **state)
{
    (void)state;
    cleanup_frame_reader struct frame_reader r = FRAME_READER(rules);
    struct frame f;
    struct err err;
    assert_int_equal(frame_feed(&r, "g", 1), 0);
    assert_int_equal(frame_next(&r, &f, &err), -EPROTO);
    assert_non_null(strstr(err.message, "0x67"));
}

static void test_a_length_beyond_the_bound_is_refused_before_it_comes(void **state)
{
    (void)state;
    static const unsigned char heads[][5] = {{'r', 0, 0, 0, 17},
                                             {'r', 255, 255, 255, 255},
                                             {'o', 0, 0, 0, 5},
                                             {'E', 0, 0, 0, 1},
                                             {'r', 128, 0, 0, 0}};
    for (size_t i = 0; i < sizeof heads / sizeof *heads; i++) {
        cleanup_frame_reader struct frame_reader r = FRAME_READER(rules);
        struct frame f;
        assert_int_equal(frame_feed(&r, heads[i], 5), 0);
        assert_int_equal(frame_next(&r, &f, NULL), -EPROTO);
        assert_true(r.in.cap < 4096);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_one_byte_at_a_time),
        cmocka_unit_test(test_many_in_one_piece),
        cmocka_unit_test(test_a_foreign_type_is_refused_by_its_first_byte),
        cmocka_unit_test(test_a_length_beyond_the_bound_is_refused_before_it_comes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL) != 0;
}
