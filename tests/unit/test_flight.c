/*
 * test_flight.c - identical requests at once share one execution.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <unistd.h>

#include "fcgi/flight.h"

#define THREADS 16

struct race {
    struct flights *flights;
    const char *key;
    bool share;
    atomic_int flew, shared, alone;
};

static void *ask(void *data)
{
    struct race *r = data;
    bool first = false;
    struct flight *f = flight_join(r->flights, r->key, &first);
    if (first) {
        struct execution *x = r->share ? calloc(1, sizeof(*x)) : NULL;
        usleep(100000);
        if (x)
            x->verdict = VERDICT_runtime_error;
        atomic_fetch_add(&r->flew, 1);
        flight_land(r->flights, f, x);
    } else {
        const struct execution *x = flight_wait(r->flights, f);
        if (x && x->verdict == VERDICT_runtime_error)
            atomic_fetch_add(&r->shared, 1);
        else
            atomic_fetch_add(&r->alone, 1);
    }
    flight_leave(r->flights, f);
    return NULL;
}

static void run(struct race *r)
{
    pthread_t threads[THREADS];
    r->flights = flights_new();
    assert_non_null(r->flights);
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, ask, r), 0);
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    flights_free(r->flights);
}

static void test_all_share_what_landed(void **state)
{
    (void)state;
    struct race r = {.key = "a", .share = true};
    run(&r);
    assert_int_equal(r.alone, 0);
    assert_true(r.flew >= 1);
    assert_int_equal(r.flew + r.shared, THREADS);
}

static void test_nothing_to_share(void **state)
{
    (void)state;
    struct race r = {.key = "a", .share = false};
    run(&r);
    assert_int_equal(r.shared, 0);
    assert_int_equal(r.flew + r.alone, THREADS);
}

static void test_another_key_flies_alone(void **state)
{
    (void)state;
    struct flights *f = flights_new();
    bool first_a = false, first_b = false, again = false;
    struct flight *a = flight_join(f, "a", &first_a), *b = flight_join(f, "b", &first_b);
    assert_true(first_a && first_b);
    flight_land(f, a, NULL);
    /* What has landed is joined by nobody. */
    struct flight *a2 = flight_join(f, "a", &again);
    assert_true(again);
    flight_land(f, a2, NULL);
    flight_land(f, b, NULL);
    flight_leave(f, a);
    flight_leave(f, a2);
    flight_leave(f, b);
    flights_free(f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_all_share_what_landed),
        cmocka_unit_test(test_nothing_to_share),
        cmocka_unit_test(test_another_key_flies_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL) != 0;
}
