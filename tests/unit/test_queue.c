/* test_queue.c - who is next. */
#include "../../sandbox/queue.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static void test_one_users_flood_delays_another_by_one_job(void **state)
{
    (void)state;
    struct queue q = {0};
    struct queue_item flood[100], single;
    for (int i = 0; i < 100; i++)
        assert_int_equal(queue_push(&q, &flood[i], "loud"), 0);
    assert_ptr_equal(queue_pop(&q), &flood[0]);
    assert_int_equal(queue_push(&q, &single, "quiet"), 0);
    assert_ptr_equal(queue_pop(&q), &single);
    assert_ptr_equal(queue_pop(&q), &flood[1]);
    for (int i = 2; i < 100; i++)
        assert_ptr_equal(queue_pop(&q), &flood[i]);
    assert_null(queue_pop(&q));
    for (int i = 0; i < 100; i++)
        queue_done(&q, &flood[i]);
    queue_done(&q, &single);
    assert_null(q.users);
}

static void test_the_fewest_at_work_come_first(void **state)
{
    (void)state;
    struct queue q = {0};
    struct queue_item a[3], b[2];
    for (int i = 0; i < 3; i++)
        queue_push(&q, &a[i], "a");
    assert_ptr_equal(queue_pop(&q), &a[0]);
    assert_ptr_equal(queue_pop(&q), &a[1]);
    for (int i = 0; i < 2; i++)
        queue_push(&q, &b[i], "b");
    assert_ptr_equal(queue_pop(&q), &b[0]);
    assert_ptr_equal(queue_pop(&q), &b[1]); /* two of each at work now; a was served longer ago */
    queue_done(&q, &b[0]);
    assert_ptr_equal(queue_pop(&q), &a[2]);
    for (int i = 0; i < 3; i++)
        queue_done(&q, &a[i]);
    queue_done(&q, &b[1]);
    assert_null(q.users);
}

static void test_giving_up_at_any_place(void **state)
{
    (void)state;
    for (int gone = 0; gone < 3; gone++) {
        struct queue q = {0};
        struct queue_item a[3];
        for (int i = 0; i < 3; i++)
            queue_push(&q, &a[i], "a");
        assert_int_equal(queue_waiting(&a[0]), 3);
        queue_remove(&q, &a[gone]);
        assert_int_equal(q.length, 2);
        struct queue_item later;
        queue_push(&q, &later, "a");
        for (int i = 0; i < 3; i++) {
            if (i == gone)
                continue;
            assert_ptr_equal(queue_pop(&q), &a[i]);
            queue_done(&q, &a[i]);
        }
        assert_ptr_equal(queue_pop(&q), &later);
        queue_done(&q, &later);
        assert_null(q.users);
    }
}

static void test_names_too_long_are_cut_alike(void **state)
{
    (void)state;
    char name[4 * QUEUE_USER_MAX];
    memset(name, 'x', sizeof name - 1);
    name[sizeof name - 1] = '\0';
    struct queue q = {0};
    struct queue_item a, b;
    queue_push(&q, &a, name);
    queue_push(&q, &b, name);
    assert_ptr_equal(a.user, b.user);
    queue_remove(&q, &a);
    queue_remove(&q, &b);
    assert_null(q.users);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_one_users_flood_delays_another_by_one_job),
        cmocka_unit_test(test_the_fewest_at_work_come_first),
        cmocka_unit_test(test_giving_up_at_any_place),
        cmocka_unit_test(test_names_too_long_are_cut_alike),
    };
    return cmocka_run_group_tests(tests, NULL, NULL) != 0;
}
