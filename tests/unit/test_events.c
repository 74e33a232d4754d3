/* test_events.c - security events and their rate, and the load that the metrics tell. */
#include "store_fixture.h"

static void violate(struct fixture *f, const char *user, const char *severity, int times)
{
    struct security_event e = {.user_id = user ? fixture_user(f, user) : 0,
                               .client_ip = STR("192.0.2.1"),
                               .event = {.kind = "policy_blocked", .severity = severity}};
    for (int i = 0; i < times; i++)
        assert_ok(f, store_event(f->store, &e, &f->err));
}

static int64_t repeated(struct fixture *f)
{
    return fixture_value(f, "SELECT count(*) FROM security_event WHERE kind = "
                            "'repeated_violations' AND severity = 'critical'");
}

static void ten_violations_in_an_hour_are_an_event(void **state)
{
    struct fixture *f = *state;
    violate(f, "ann", "warning", 9);
    violate(f, "bob", "warning", 9);
    violate(f, "bob", "info", 9); /* a limit that was met is none */
    violate(f, NULL, "warning", 20);
    assert_int_equal(repeated(f), 0);
    violate(f, "ann", "warning", 1);
    assert_int_equal(repeated(f), 1);
    assert_int_equal(fixture_value(f, "SELECT user_id FROM security_event WHERE kind = "
                                      "'repeated_violations'"),
                     fixture_user(f, "ann"));
    violate(f, "ann", "warning", 1);
    assert_int_equal(repeated(f), 1); /* the count has begun anew */
    f->now += 3600001;
    violate(f, "bob", "warning", 9);
    assert_int_equal(repeated(f), 1); /* the old ones are out of the hour */
    violate(f, "bob", "critical", 1);
    assert_int_equal(repeated(f), 2);
}

/* A job's many violations are one time. */
static void what_is_done_again_and_again_weighs_more(void **state)
{
    struct fixture *f = *state;
    struct security_event e = {.user_id = fixture_user(f, "ann"),
                               .event = {.kind = "policy_blocked", .severity = "warning"}};
    for (int i = 0; i < 7; i++) {
        const char id[] = {(char)('A' + i), '\0'};
        e.job_id = str_c(id);
        for (int k = 0; k < 3; k++)
            assert_ok(f, store_event(f->store, &e, &f->err));
    }
    assert_int_equal(fixture_value(f, "SELECT count(*) FROM security_event "
                                      "WHERE severity = 'warning'"),
                     15);
    assert_int_equal(fixture_value(f, "SELECT count(*) FROM security_event "
                                      "WHERE severity = 'critical'"),
                     6);
}

static void the_load_is_what_is_not_over(void **state)
{
    struct fixture *f = *state;
    struct store_load load;
    struct job_new runs = fixture_job(f, "ann"), waits = fixture_job(f, "ann");
    waits.request = STR("{}");
    assert_ok(f, store_load(f->store, &load, &f->err));
    assert_int_equal(load.running + load.queued, 0);
    assert_ok(f, store_admit(f->store, &runs, NULL, &f->err));
    assert_ok(f, store_enqueue(f->store, &waits, NULL, &f->err));
    f->now += 2000;
    assert_ok(f, store_load(f->store, &load, &f->err));
    assert_int_equal(load.running, 1);
    assert_int_equal(load.queued, 1);
    assert_int_equal(load.running_longest_ms, 2000);
    assert_int_equal(load.queued_longest_ms, 2000);
}

#define T(test) cmocka_unit_test_setup_teardown(test, fixture_setup, fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {T(ten_violations_in_an_hour_are_an_event),
                                       T(what_is_done_again_and_again_weighs_more),
                                       T(the_load_is_what_is_not_over)};
    return cmocka_run_group_tests(tests, NULL, NULL) != 0;
}
