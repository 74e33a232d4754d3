/*
 * test_cache.c - the cache against a memcached of the test's own.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "fcgi/cache.h"

struct server {
    char dir[64], socket[80], options[120];
    pid_t pid;
};

static void server_start(struct server *s)
{
    unlink(s->socket);
    s->pid = fork();
    if (s->pid == 0) {
        execlp("memcached", "memcached", "-s", s->socket, "-u", "nobody", "-m", "8", "-t", "1",
               NULL);
        _exit(127);
    }
    for (int i = 0; i < 200 && access(s->socket, F_OK) != 0; i++)
        usleep(20000);
    usleep(50000);
}

static void server_stop(struct server *s)
{
    kill(s->pid, SIGKILL);
    waitpid(s->pid, NULL, 0);
}

static int setup(void **state)
{
    struct server *s = calloc(1, sizeof(*s));
    snprintf(s->dir, sizeof(s->dir), "/tmp/gb-test-cache-XXXXXX");
    if (!mkdtemp(s->dir) || chmod(s->dir, 0777) != 0)
        return -1;
    snprintf(s->socket, sizeof(s->socket), "%s/mc", s->dir);
    snprintf(s->options, sizeof(s->options), "--SOCKET=\"%s\"", s->socket);
    server_start(s);
    *state = s;
    return 0;
}

static int teardown(void **state)
{
    struct server *s = *state;
    server_stop(s);
    unlink(s->socket);
    rmdir(s->dir);
    free(s);
    return 0;
}

static struct cache open_cache(const struct server *s, size_t max_bytes)
{
    struct cache c = {0};
    struct err err = {0};
    const struct cache_options o = {
        .servers = s->options, .timeout_ms = 500, .max_bytes = max_bytes};
    int rc = cache_open(&o, &c, &err);
    if (rc != 0)
        fail_msg("%s", err.message);
    return c;
}

static void test_what_is_set_is_got(void **state)
{
    struct cache c = open_cache(*state, 1 << 20);
    cleanup_buf struct buf got = BUF_INIT(0);
    struct err err = {0};
    const struct str value = {"a\0b\r\nEND\r\n\xff", 11};
    assert_int_equal(cache_get(&c, "gb:r:1", &got, &err), -ENOENT);
    assert_int_equal(cache_set(&c, "gb:r:1", value, 100, &err), 0);
    assert_int_equal(cache_get(&c, "gb:r:1", &got, &err), 0);
    assert_true(str_eq(buf_view(&got), value));
    assert_int_equal(cache_remove(&c, "gb:r:1", &err), 0);
    assert_int_equal(cache_get(&c, "gb:r:1", &got, &err), -ENOENT);
    assert_int_equal(cache_remove(&c, "gb:r:1", &err), -ENOENT);
    cache_close(&c);
}

static void test_the_first_to_add_wins(void **state)
{
    struct cache a = open_cache(*state, 1 << 20), b = open_cache(*state, 1 << 20);
    assert_int_equal(cache_add(&a, "gb:f:1", STR("a"), 100, NULL), 0);
    assert_int_equal(cache_add(&b, "gb:f:1", STR("b"), 100, NULL), -EEXIST);
    assert_int_equal(cache_remove(&a, "gb:f:1", NULL), 0);
    assert_int_equal(cache_add(&b, "gb:f:1", STR("b"), 100, NULL), 0);
    cache_close(&a);
    cache_close(&b);
}

static void test_too_large_a_value_harms_nothing(void **state)
{
    struct cache c = open_cache(*state, 100);
    cleanup_buf struct buf got = BUF_INIT(0);
    char large[200] = {0};
    assert_int_equal(cache_set(&c, "gb:r:2", (struct str){large, sizeof(large)}, 100, NULL),
                     -E2BIG);
    assert_int_equal(cache_set(&c, "gb:r:2", (struct str){large, 100}, 100, NULL), 0);
    assert_int_equal(cache_get(&c, "gb:r:2", &got, NULL), 0);
    assert_int_equal(got.len, 100);
    cache_close(&c);
}

static double seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void test_a_dead_server_is_left_alone_and_found_again(void **state)
{
    struct server *s = *state;
    struct cache c = open_cache(s, 1 << 20);
    cleanup_buf struct buf got = BUF_INIT(0);
    struct err err = {0};
    assert_int_equal(cache_set(&c, "gb:r:3", STR("x"), 100, &err), 0);
    server_stop(s);
    double began = seconds();
    for (int i = 0; i < 1000; i++)
        assert_int_equal(cache_get(&c, "gb:r:3", &got, &err), -ENOTCONN);
    assert_true(seconds() - began < 1.0);
    server_start(s);
    int rc = -1;
    for (int i = 0; i < 60 && rc != -ENOENT; i++) {
        usleep(100000);
        rc = cache_get(&c, "gb:r:3", &got, &err);
    }
    assert_int_equal(rc, -ENOENT);
    cache_close(&c);
}

static void test_a_restarted_server_costs_no_answer(void **state)
{
    struct server *s = *state;
    struct cache c = open_cache(s, 1 << 20);
    cleanup_buf struct buf got = BUF_INIT(0);
    struct err err = {0};
    assert_int_equal(cache_set(&c, "gb:r:4", STR("x"), 100, &err), 0);
    server_stop(s);
    server_start(s);
    assert_int_equal(cache_get(&c, "gb:r:4", &got, &err), -ENOENT);
    assert_int_equal(cache_set(&c, "gb:r:4", STR("x"), 100, &err), 0);
    server_stop(s);
    server_start(s);
    assert_int_equal(cache_add(&c, "gb:r:4", STR("y"), 100, &err), 0);
    cache_close(&c);
}

static void test_no_cache(void **state)
{
    (void)state;
    struct cache c = {0};
    cleanup_buf struct buf got = BUF_INIT(0);
    const struct cache_options o = {.servers = ""};
    assert_int_equal(cache_open(&o, &c, NULL), 0);
    assert_int_equal(cache_get(&c, "k", &got, NULL), -ENOTCONN);
    assert_int_equal(cache_set(&c, "k", STR("v"), 1, NULL), -ENOTCONN);
    cache_close(&c);
}

static void test_a_bad_configuration_is_refused(void **state)
{
    (void)state;
    struct cache c = {0};
    const struct cache_options o = {.servers = "--NONSENSE"};
    assert_int_equal(cache_open(&o, &c, NULL), -EINVAL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_is_set_is_got),
        cmocka_unit_test(test_the_first_to_add_wins),
        cmocka_unit_test(test_too_large_a_value_harms_nothing),
        cmocka_unit_test(test_a_dead_server_is_left_alone_and_found_again),
        cmocka_unit_test(test_a_restarted_server_costs_no_answer),
        cmocka_unit_test(test_no_cache),
        cmocka_unit_test(test_a_bad_configuration_is_refused),
    };
    return cmocka_run_group_tests(tests, setup, teardown) != 0;
}
