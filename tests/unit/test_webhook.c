/*
 * test_webhook.c - where webhooks may go, and what arrives there.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <arpa/inet.h>
#include <errno.h>
#include <pthread.h>
#include <sodium.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#include "fcgi/webhook.h"

static void test_hosts(void **state)
{
    (void)state;
    const char *hosts = "hooks.example.org, example.com";
    static const char *const good[] = {"https://hooks.example.org/x", "http://EXAMPLE.com:8080/a?b",
                                       "https://example.com"};
    static const char *const bad[] = {"https://evil.example.org/",
                                      "https://example.com.evil.org/",
                                      "https://user:pass@example.com/",
                                      "ftp://example.com/",
                                      "file:///etc/passwd",
                                      "//example.com",
                                      "example",
                                      "",
                                      "https://evil.org/example.com",
                                      "http://127.0.0.1/"};
    for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
        if (!webhook_allowed(hosts, str_c(good[i])))
            fail_msg("refused: %s", good[i]);
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        if (webhook_allowed(hosts, str_c(bad[i])))
            fail_msg("allowed: %s", bad[i]);
    assert_false(webhook_allowed("", STR("https://example.com/")));
    assert_false(webhook_allowed(hosts, (struct str){"https://example.com/\0x", 22}));
}

static bool public_address(const char *text)
{
    struct sockaddr_in v4 = {.sin_family = AF_INET};
    struct sockaddr_in6 v6 = {.sin6_family = AF_INET6};
    if (inet_pton(AF_INET, text, &v4.sin_addr) == 1)
        return webhook_public_address((struct sockaddr *)&v4);
    assert_int_equal(inet_pton(AF_INET6, text, &v6.sin6_addr), 1);
    return webhook_public_address((struct sockaddr *)&v6);
}

static void test_addresses(void **state)
{
    (void)state;
    static const char *const good[] = {"93.184.216.34", "8.8.8.8", "172.32.0.1", "2606:2800::1"};
    static const char *const bad[] = {"127.0.0.1",
                                      "10.1.2.3",
                                      "172.16.0.1",
                                      "172.31.255.255",
                                      "192.168.1.1",
                                      "169.254.169.254",
                                      "0.0.0.0",
                                      "100.64.0.1",
                                      "224.0.0.1",
                                      "255.255.255.255",
                                      "::1",
                                      "::",
                                      "fe80::1",
                                      "fc00::1",
                                      "ff02::1",
                                      "::ffff:10.0.0.1",
                                      "::ffff:169.254.169.254",
                                      "2002:7f00:1::",
                                      "64:ff9b::a00:1",
                                      "2001:db8::1"};
    for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
        if (!public_address(good[i]))
            fail_msg("refused: %s", good[i]);
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        if (public_address(bad[i]))
            fail_msg("allowed: %s", bad[i]);
}

/* A receiver that takes one request and gives one answer. */
struct receiver {
    int fd;
    char url[64];
    const char *answer;
    char got[8192];
    pthread_t thread;
};

static void *receive(void *data)
{
    struct receiver *r = data;
    size_t n = 0;
    int fd = accept(r->fd, NULL, NULL);
    while (n < sizeof(r->got) - 1 && !strstr(r->got, "END")) {
        ssize_t got = read(fd, r->got + n, sizeof(r->got) - 1 - n);
        if (got <= 0)
            break;
        n += (size_t)got;
    }
    ssize_t written = write(fd, r->answer, strlen(r->answer));
    close(fd);
    return written < 0 ? r : NULL;
}

static void receiver_start(struct receiver *r, const char *answer)
{
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t n = sizeof(a);
    *r = (struct receiver){.fd = socket(AF_INET, SOCK_STREAM, 0), .answer = answer};
    assert_int_equal(bind(r->fd, (struct sockaddr *)&a, sizeof(a)), 0);
    assert_int_equal(listen(r->fd, 1), 0);
    getsockname(r->fd, (struct sockaddr *)&a, &n);
    snprintf(r->url, sizeof(r->url), "http://127.0.0.1:%d/hook", ntohs(a.sin_port));
    pthread_create(&r->thread, NULL, receive, r);
}

static void receiver_end(struct receiver *r)
{
    shutdown(r->fd, SHUT_RDWR);
    pthread_join(r->thread, NULL);
    close(r->fd);
}

static struct webhook_options options(bool allow_private)
{
    return (struct webhook_options){.hosts = "127.0.0.1",
                                    .secret = "s3cret",
                                    .timeout_ms = 3000,
                                    .allow_private = allow_private};
}

static void test_a_signed_post_arrives(void **state)
{
    (void)state;
    struct receiver r;
    const struct webhook_options o = options(true);
    receiver_start(&r, "HTTP/1.1 204 No Content\r\n\r\n");
    assert_int_equal(webhook_post(&o, r.url, 7, STR("{\"x\":\"END\"}"), NULL), 0);
    receiver_end(&r);
    assert_non_null(strstr(r.got, "POST /hook HTTP/1.1"));
    assert_non_null(strstr(r.got, "X-GB-Delivery: 7"));

    const char *stamp = strstr(r.got, "X-GB-Timestamp: ") + 16;
    char text[100], hex[100], wanted[150];
    unsigned char mac[crypto_auth_hmacsha256_BYTES];
    int n = snprintf(text, sizeof(text), "%.*s.{\"x\":\"END\"}", (int)strcspn(stamp, "\r"), stamp);
    crypto_auth_hmacsha256_state st;
    crypto_auth_hmacsha256_init(&st, (const unsigned char *)"s3cret", 6);
    crypto_auth_hmacsha256_update(&st, (unsigned char *)text, (unsigned)n);
    crypto_auth_hmacsha256_final(&st, mac);
    sodium_bin2hex(hex, sizeof(hex), mac, sizeof(mac));
    snprintf(wanted, sizeof(wanted), "X-GB-Signature: sha256=%s\r\n", hex);
    assert_non_null(strstr(r.got, wanted));
}

static void test_redirects_are_no_success(void **state)
{
    (void)state;
    struct receiver r;
    struct err err = {0};
    const struct webhook_options o = options(true);
    receiver_start(&r, "HTTP/1.1 302 Found\r\nLocation: http://169.254.169.254/\r\n\r\n");
    assert_int_equal(webhook_post(&o, r.url, 1, STR("END"), &err), -EIO);
    receiver_end(&r);
    assert_string_equal(err.message, "the receiver answered 302");
}

static void test_private_addresses_are_refused_when_connecting(void **state)
{
    (void)state;
    struct receiver r;
    const struct webhook_options o = options(false);
    receiver_start(&r, "HTTP/1.1 204 No Content\r\n\r\n");
    assert_int_equal(webhook_post(&o, r.url, 1, STR("END"), NULL), -EIO);
    receiver_end(&r);
    assert_string_equal(r.got, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_hosts),
        cmocka_unit_test(test_addresses),
        cmocka_unit_test(test_a_signed_post_arrives),
        cmocka_unit_test(test_redirects_are_no_success),
        cmocka_unit_test(test_private_addresses_are_refused_when_connecting),
    };
    return cmocka_run_group_tests(tests, NULL, NULL) != 0;
}
