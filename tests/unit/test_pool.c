/* test_pool.c - the pool over boxes that are socket pairs: one job each, back-off, fairness, ends.
 */
#include "../../core/base/log.h"
#include "../../sandbox/io.h"
#include "../../sandbox/pool.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

/* Where the boxes come from; `broken` is an errno that making one answers. */
struct factory {
    atomic_int broken, made, destroyed;
    int peers[256]; /* gb-job's ends, by number */
};

static int make(void *data, struct box **ret_box, struct err *err)
{
    struct factory *f = data;
    int broken = atomic_load(&f->broken), pair[2];
    int number = atomic_fetch_add(&f->made, 1);
    if (broken)
        return err_set(err, -broken, "the factory is broken");
    if (number >= 256 || socketpair(AF_UNIX, SOCK_STREAM, 0, pair) < 0)
        return err_set(err, -EMFILE, "no more boxes");
    struct box *box = calloc(1, sizeof *box);
    channel_init(&box->channel, pair[0], false);
    snprintf(box->id, sizeof box->id, "%d", number);
    f->peers[number] = pair[1];
    *ret_box = box;
    return 0;
}

static void destroy(void *data, struct box *box)
{
    struct factory *f = data;
    atomic_fetch_add(&f->destroyed, 1);
    channel_close(&box->channel);
    close(f->peers[atoi(box->id)]);
    free(box);
}

static struct pool *new_pool(struct factory *f, struct pool_settings settings)
{
    struct box_ops ops = {f, make, destroy};
    struct pool *p = NULL;
    struct err err;
    assert_int_equal(pool_new(&settings, &ops, &p, &err), 0);
    return p;
}

static const struct pool_settings usual = {
    .size = 2, .max = 4, .workers = 2, .queue_max = 8, .queue_per_user = 4, .max_age_ms = 60000};

/* Until so many are ready, at most two seconds. */
static void await_warm(struct pool *p, unsigned want)
{
    struct pool_counts n = {0};
    for (int i = 0; i < 200 && n.warm != want; i++) {
        pool_count(p, &n);
        usleep(10000);
    }
    assert_int_equal(n.warm, want);
}

static int enter_and_wait(struct pool *p, struct ticket *t, const char *user, int ms,
                          struct err *err)
{
    int r = pool_enter(p, t, user, io_now_ms() + ms, err);
    return r < 0 ? r : pool_wait(p, t, (unsigned)ms + 100, err);
}

static void test_a_box_serves_one_job(void **state)
{
    (void)state;
    struct factory f = {0};
    struct pool *p = new_pool(&f, usual);
    await_warm(p, 2);
    struct ticket t;
    struct err err;
    char seen[20][DOCKER_ID_MAX];
    for (int i = 0; i < 20; i++) {
        assert_int_equal(enter_and_wait(p, &t, "u", 2000, &err), 1);
        memcpy(seen[i], t.box->id, DOCKER_ID_MAX);
        for (int j = 0; j < i; j++)
            assert_string_not_equal(seen[i], seen[j]);
        pool_leave(p, &t);
    }
    await_warm(p, 2);
    pool_free(p);
    assert_int_equal(f.made, f.destroyed);
}

static void test_no_more_boxes_than_allowed(void **state)
{
    (void)state;
    struct factory f = {0};
    struct pool *p = new_pool(&f, usual);
    struct ticket t[5];
    struct err err;
    for (int i = 0; i < 4; i++)
        assert_int_equal(enter_and_wait(p, &t[i], i < 2 ? "a" : "b", 2000, &err), 1);
    assert_int_equal(enter_and_wait(p, &t[4], "c", 50, &err), -ETIMEDOUT);
    pool_leave(p, &t[4]);
    struct pool_counts n;
    pool_count(p, &n);
    assert_int_equal(n.busy, 4);
    assert_int_equal(n.warm + n.starting, 0);
    for (int i = 0; i < 4; i++)
        pool_leave(p, &t[i]);
    pool_free(p);
    assert_int_equal(f.made, f.destroyed);
}

static void test_the_queue_is_bounded(void **state)
{
    (void)state;
    struct factory f = {0};
    struct pool_settings settings = usual;
    settings.max = settings.size = 1;
    settings.queue_max = 3;
    settings.queue_per_user = 2;
    struct pool *p = new_pool(&f, settings);
    await_warm(p, 1);
    struct ticket t[5];
    struct err err;
    assert_int_equal(enter_and_wait(p, &t[0], "a", 1000, &err), 1);
    int64_t far = io_now_ms() + 10000;
    assert_int_equal(pool_enter(p, &t[1], "a", far, &err), 0);
    assert_int_equal(pool_enter(p, &t[2], "a", far, &err), 0);
    assert_int_equal(pool_enter(p, &t[3], "a", far, &err), -EDQUOT);
    assert_int_equal(pool_enter(p, &t[3], "b", far, &err), 0);
    assert_int_equal(pool_enter(p, &t[4], "c", far, &err), -ENOBUFS);
    pool_leave(p, &t[0]);
    assert_int_equal(pool_wait(p, &t[3], 2000, &err), 1); /* b before a's second */
    for (int i = 1; i < 4; i++)
        pool_leave(p, &t[i]);
    pool_free(p);
    assert_int_equal(f.made, f.destroyed);
}

static void test_a_broken_factory_is_not_asked_without_pause(void **state)
{
    (void)state;
    struct factory f = {.broken = EIO};
    struct pool *p = new_pool(&f, usual);
    struct ticket t;
    struct err err = {0};
    int r = 0;
    int64_t until = io_now_ms() + 5000;
    while (r != -EHOSTDOWN && io_now_ms() < until) { /* after the third failure at the latest */
        r = enter_and_wait(p, &t, "u", 1000, &err);
        pool_leave(p, &t);
    }
    assert_int_equal(r, -EHOSTDOWN);
    assert_string_equal(err.message, "the factory is broken");
    assert_true(f.made <= 8);
    atomic_store(&f.broken, 0);
    await_warm(p, 2);
    assert_int_equal(enter_and_wait(p, &t, "u", 1000, &err), 1);
    pool_leave(p, &t);
    pool_free(p);
}

static void test_boxes_that_die_are_replaced_with_pauses(void **state)
{
    (void)state;
    struct factory f = {0};
    struct pool *p = new_pool(&f, usual);
    await_warm(p, 2);
    shutdown(f.peers[0], SHUT_RDWR);
    struct ticket t;
    struct err err;
    assert_int_equal(enter_and_wait(p, &t, "u", 2000, &err), 1);
    assert_string_not_equal(t.box->id, "0");
    pool_leave(p, &t);
    await_warm(p, 2);
    pool_free(p);
    assert_int_equal(f.made, f.destroyed);
}

static void test_a_closed_gate_refuses_and_opens_again(void **state)
{
    (void)state;
    struct factory f = {0};
    struct pool_settings settings = usual;
    settings.size = 0; /* nothing is kept warm: all depends on the gate */
    struct pool *p = new_pool(&f, settings);
    pool_gate(p, "the image is missing");
    struct ticket t;
    struct err err;
    assert_int_equal(enter_and_wait(p, &t, "u", 1000, &err), -EHOSTDOWN);
    assert_string_equal(err.message, "the image is missing");
    pool_leave(p, &t);
    assert_int_equal(f.made, 0);
    pool_gate(p, NULL);
    assert_int_equal(enter_and_wait(p, &t, "u", 1000, &err), 1);
    pool_leave(p, &t);
    pool_free(p);
    assert_int_equal(f.made, f.destroyed);
}

static void test_renewal_and_age_replace_warm_boxes(void **state)
{
    (void)state;
    struct factory f = {0};
    struct pool_settings settings = usual;
    settings.max_age_ms = 150;
    struct pool *p = new_pool(&f, settings);
    await_warm(p, 2);
    pool_renew(p);
    await_warm(p, 2);
    assert_true(f.made >= 4);
    usleep(200000);
    pool_tick(p);
    await_warm(p, 2);
    assert_true(f.made >= 6);
    pool_free(p);
    assert_int_equal(f.made, f.destroyed);
}

int main(void)
{
    log_init("test_pool", "error");
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_box_serves_one_job),
        cmocka_unit_test(test_no_more_boxes_than_allowed),
        cmocka_unit_test(test_the_queue_is_bounded),
        cmocka_unit_test(test_a_broken_factory_is_not_asked_without_pause),
        cmocka_unit_test(test_boxes_that_die_are_replaced_with_pauses),
        cmocka_unit_test(test_a_closed_gate_refuses_and_opens_again),
        cmocka_unit_test(test_renewal_and_age_replace_warm_boxes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL) != 0;
}
