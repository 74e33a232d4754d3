/* test_demux.c - the attach stream, cut in every way. */
#include "../../sandbox/demux.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void put_piece(struct buf *b, int stream, const char *text)
{
    size_t n = strlen(text);
    const unsigned char head[8] = {(unsigned char)stream, 0, 0, 0, 0, 0, (unsigned char)(n >> 8),
                                   (unsigned char)n};
    buf_put(b, head, sizeof head);
    buf_put(b, text, n);
}

/* Feeds b in pieces of `step` bytes; what came goes to out[1] and out[2]. */
static int take_all(struct str all, size_t step, struct buf out[3])
{
    struct demux d = {0};
    for (size_t at = 0; at < all.n; at += step) {
        struct str bytes = {all.s + at, all.n - at < step ? all.n - at : step}, span;
        int stream, r;
        while ((r = demux_next(&d, &bytes, &stream, &span, NULL)) > 0) {
            assert_true(span.n > 0);
            buf_str(&out[stream], span);
        }
        if (r < 0)
            return r;
        assert_int_equal(bytes.n, 0);
    }
    return 0;
}

static void test_any_cut_gives_the_same(void **state)
{
    (void)state;
    cleanup_buf struct buf b = BUF_INIT(0);
    put_piece(&b, DEMUX_STDOUT, "hello ");
    put_piece(&b, DEMUX_STDERR, "warning");
    put_piece(&b, DEMUX_STDOUT, "");
    put_piece(&b, DEMUX_STDOUT, "world");
    for (size_t step = 1; step <= b.len; step++) {
        struct buf out[3] = {0};
        assert_int_equal(take_all(buf_view(&b), step, out), 0);
        assert_string_equal(buf_cstr(&out[1]), "hello world");
        assert_string_equal(buf_cstr(&out[2]), "warning");
        for (int i = 0; i < 3; i++)
            buf_free(&out[i]);
    }
}

static void test_what_is_no_header_is_refused(void **state)
{
    (void)state;
    static const char bad[][8] = {{0}, {3}, {1, 1}, {2, 0, 0, 9}, {'H', 'T', 'T', 'P'}};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct buf out[3] = {0};
        assert_int_equal(take_all((struct str){bad[i], 8}, 3, out), -EPROTO);
    }
}

static void test_a_length_of_four_gigabytes_costs_nothing(void **state)
{
    (void)state;
    static const unsigned char head[] = {1, 0, 0, 0, 255, 255, 255, 255, 'x'};
    struct demux d = {0};
    struct str bytes = {(const char *)head, sizeof head}, span;
    int stream;
    assert_int_equal(demux_next(&d, &bytes, &stream, &span, NULL), 1);
    assert_int_equal(span.n, 1);
    assert_int_equal(d.left, 0xfffffffeU);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_any_cut_gives_the_same),
        cmocka_unit_test(test_what_is_no_header_is_refused),
        cmocka_unit_test(test_a_length_of_four_gigabytes_costs_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL) != 0;
}
