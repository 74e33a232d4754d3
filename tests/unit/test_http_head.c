/* test_http_head.c - heads of HTTP responses, good and bad. */
#include "../../sandbox/http_head.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define UPGRADED                                                                                   \
    "HTTP/1.1 101 UPGRADED\r\nContent-Type: application/vnd.docker.raw-stream\r\n"                 \
    "Connection: Upgrade\r\nupgrade:  tcp \r\n\r\n"

static void test_an_upgrade_is_recognised_and_its_end_found(void **state)
{
    (void)state;
    struct str all = STR(UPGRADED "\1\0\0\0");
    struct http_head h;
    for (size_t n = 0; n < sizeof UPGRADED - 1; n++)
        assert_int_equal(http_head_parse((struct str){all.s, n}, &h, NULL), 0);
    assert_int_equal(http_head_parse(all, &h, NULL), 1);
    assert_int_equal(h.status, 101);
    assert_true(h.upgraded);
    assert_int_equal(h.length, sizeof UPGRADED - 1);
    assert_int_equal(h.body, -1);
}

static void test_other_statuses_are_no_upgrade(void **state)
{
    (void)state;
    struct http_head h;
    struct str all = STR("HTTP/1.0 404 Not Found\r\nUpgrade: tcp\r\nContent-Length: 17\r\n\r\n");
    assert_int_equal(http_head_parse(all, &h, NULL), 1);
    assert_int_equal(h.status, 404);
    assert_false(h.upgraded);
    assert_int_equal(h.body, 17);
    assert_int_equal(http_head_parse(STR("HTTP/1.1 101 U\nUpgrade: h2c\n\n"), &h, NULL), 1);
    assert_false(h.upgraded);
}

static void test_what_is_no_head_is_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "\r\n\r\n",
        "HTTP/2 200\r\n\r\n",
        "HTTP/1.1 20 OK\r\n\r\n",
        "HTTP/1.1 2000\r\n\r\n",
        "HTTP/1.1  200 OK\r\n\r\n",
        "HTTP/1.1 200 OK\r\nno colon\r\n\r\n",
        "HTTP/1.1 200 OK\r\n: empty name\r\n\r\n",
        "HTTP/1.1 200 OK\r\nspace in: name\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 1x\r\n\r\n",
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct http_head h;
        assert_int_equal(http_head_parse(str_c(bad[i]), &h, NULL), -EPROTO);
    }
}

static void test_an_endless_head_is_refused(void **state)
{
    (void)state;
    cleanup_buf struct buf b = BUF_INIT(0);
    buf_puts(&b, "HTTP/1.1 200 OK\r\nX: ");
    while (b.len < HTTP_HEAD_MAX - 1)
        buf_putc(&b, 'a');
    struct http_head h;
    assert_int_equal(http_head_parse(buf_view(&b), &h, NULL), 0);
    buf_puts(&b, "aaaa");
    assert_int_equal(http_head_parse(buf_view(&b), &h, NULL), -EPROTO);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_an_upgrade_is_recognised_and_its_end_found),
        cmocka_unit_test(test_other_statuses_are_no_upgrade),
        cmocka_unit_test(test_what_is_no_head_is_refused),
        cmocka_unit_test(test_an_endless_head_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL) != 0;
}
