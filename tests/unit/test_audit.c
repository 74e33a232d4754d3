/* test_audit.c - the chain holds, and every kind of tampering shows. */
#include "store_fixture.h"

#include "base/json.h"

static void run_jobs(struct fixture *f, int n)
{
    struct job_outcome done = fixture_success();
    for (int i = 0; i < n; i++, f->now += 1000) {
        struct job_new j = fixture_job(f, "ann");
        assert_ok(f, store_record(f->store, &j, &done, true, NULL, &f->err));
    }
}

static struct audit_verdict verify(struct fixture *f)
{
    struct audit_verdict v = {0};
    assert_ok(f, store_audit_verify(f->store, &v, &f->err));
    return v;
}

/* Behind the triggers' back, as one would who can write the file. */
static void tamper(struct fixture *f, const char *sql)
{
    assert_int_equal(fixture_sql(f, "DROP TRIGGER audit_no_update; DROP TRIGGER audit_no_delete;"
                                    "DROP TRIGGER audit_retention_no_update;"
                                    "DROP TRIGGER audit_retention_no_delete"),
                     SQLITE_OK);
    assert_int_equal(fixture_sql(f, sql), SQLITE_OK);
}

static void a_row_says_what_the_operator_guide_asks(void **state)
{
    struct fixture *f = *state;
    run_jobs(f, 1);
    assert_int_equal(
        fixture_value(f, "SELECT count(*) FROM audit WHERE kind = 'job' AND length(job_id) = 26 "
                         "AND client_ip = '127.0.0.1' AND user = 'ann' AND at = 1790000000000 "
                         "AND image = 'graph-blocks-sandbox@sha256:1234' "
                         "AND container_id = '0123456789ab' AND limits LIKE '%wall_ms%' "
                         "AND fallback_executed = 0 AND code_hash = 'c0de' AND exit_code = 0 "
                         "AND verdict = 'ok' AND compile_ms = 48.25 AND max_rss_kb = 1500"),
        1);
}

static void an_untouched_chain_holds(void **state)
{
    struct fixture *f = *state;
    run_jobs(f, 20);
    struct audit_verdict v = verify(f);
    assert_null(v.problem);
    assert_int_equal(v.first, 1);
    assert_int_equal(v.last, 22); /* two users, twenty jobs */
    assert_int_equal(v.rows, 22);
}

static void triggers_refuse_change(void **state)
{
    struct fixture *f = *state;
    static const char *const attempts[] = {
        "UPDATE audit SET user = 'eve' WHERE seq = 3",
        "DELETE FROM audit WHERE seq = 3",
        "DELETE FROM audit",
        "INSERT INTO audit_retention (at, upto_seq, upto_hash) VALUES (0, 1, zeroblob(32));"
        "UPDATE audit_retention SET upto_seq = 99",
    };
    run_jobs(f, 3);
    for (size_t i = 0; i < sizeof attempts / sizeof attempts[0]; i++)
        assert_int_equal(fixture_sql(f, attempts[i]), SQLITE_CONSTRAINT);
}

static void every_change_of_a_row_shows(void **state)
{
    static const char *const changes[] = {
        "UPDATE audit SET user = 'eve' WHERE seq = 5",
        "UPDATE audit SET at = at + 1 WHERE seq = 5",
        "UPDATE audit SET client_ip = NULL WHERE seq = 5",
        "UPDATE audit SET run_ms = run_ms + 0.0000001 WHERE seq = 5",
        "UPDATE audit SET exit_code = NULL WHERE seq = 5",
        "UPDATE audit SET detail = 'x' WHERE seq = 5",
        "UPDATE audit SET stage = image, image = stage WHERE seq = 5",
        "UPDATE audit SET hash = zeroblob(32) WHERE seq = 5",
        "REPLACE INTO audit (seq, at, kind, action, hash) VALUES (5, 0, 'x', 'x', zeroblob(32))",
        "DELETE FROM audit WHERE seq = 5",
        "DELETE FROM audit WHERE seq = 5; UPDATE audit SET seq = seq - 1 WHERE seq > 5",
        "UPDATE audit SET seq = 99 WHERE seq = 5; UPDATE audit SET seq = 5 WHERE seq = 6; "
        "UPDATE audit SET seq = 6 WHERE seq = 99",
    };
    (void)state;
    for (size_t i = 0; i < sizeof changes / sizeof changes[0]; i++) {
        struct fixture f;
        fixture_make(&f);
        run_jobs(&f, 8);
        tamper(&f, changes[i]);
        struct audit_verdict v = verify(&f);
        if (!v.problem || v.bad != 5)
            fail_msg("%s: %s at %lld", changes[i], v.problem ? v.problem : "nothing found",
                     (long long)v.bad);
        fixture_remove(&f);
    }
}

static void a_missing_beginning_or_end_shows(void **state)
{
    static const char *const changes[] = {
        "DELETE FROM audit WHERE seq <= 2",
        "DELETE FROM audit WHERE seq > 8", /* its jobs are left without a row */
        "DELETE FROM audit WHERE seq <= 4; INSERT INTO audit_retention (at, upto_seq, upto_hash) "
        "SELECT 0, 4, zeroblob(32)",
        "INSERT INTO audit_retention (at, upto_seq, upto_hash) SELECT 0, 4, hash FROM audit "
        "WHERE seq = 4; DELETE FROM audit WHERE seq <= 4", /* the chain holds, the record lacks */
    };
    (void)state;
    for (size_t i = 0; i < sizeof changes / sizeof changes[0]; i++) {
        struct fixture f;
        fixture_make(&f);
        run_jobs(&f, 8);
        tamper(&f, changes[i]);
        if (!verify(&f).problem)
            fail_msg("%s: nothing found", changes[i]);
        fixture_remove(&f);
    }
}

static void retention_is_itself_recorded_and_the_chain_goes_on(void **state)
{
    struct fixture *f = *state;
    struct retention keep = {.audit_ms = 5500};
    struct retention_counts c;
    run_jobs(f, 10);
    assert_ok(f, store_retain(f->store, &keep, &c, &f->err));
    assert_int_equal(c.audit, 7); /* two users, five jobs */
    run_jobs(f, 2);
    struct audit_verdict v = verify(f);
    if (v.problem)
        fail_msg("%s at %lld %s", v.problem, (long long)v.bad, v.what);
    assert_int_equal(v.first, 8);
    assert_int_equal(v.last, 15);
    f->now += 60000; /* all of it goes, and again the chain goes on */
    assert_ok(f, store_retain(f->store, &keep, &c, &f->err));
    run_jobs(f, 1);
    v = verify(f);
    if (v.problem)
        fail_msg("%s at %lld %s", v.problem, (long long)v.bad, v.what);
    assert_int_equal(v.last, 17);
}

static void two_stores_make_one_chain(void **state)
{
    struct fixture *f = *state;
    struct store *first = f->store, *second;
    assert_ok(f, store_open(&f->options, &second, &f->err));
    for (int i = 0; i < 10; i++) {
        f->store = i % 2 ? second : first;
        run_jobs(f, 1);
    }
    f->store = first;
    store_close(second);
    assert_null(verify(f).problem);
    assert_int_equal(verify(f).rows, 12);
}

static void count_line(void *data, int64_t seq, struct str json)
{
    struct jdoc d;
    assert_int_equal(jdoc_parse(&d, json.s, json.n, NULL, NULL), 0);
    assert_int_equal(d.vals[jdoc_get(&d, 0, "seq")].i, seq);
    assert_int_equal(jdoc_str(&d, jdoc_get(&d, 0, "hash")).n, 64);
    jdoc_free(&d);
    ++*(int *)data;
}

static void rows_are_exported_as_json_lines(void **state)
{
    struct fixture *f = *state;
    int n = 0;
    run_jobs(f, 5);
    assert_ok(f, store_audit_each(f->store, 3, count_line, &n, &f->err));
    assert_int_equal(n, 5);
    assert_int_equal(store_audit_last(f->store), 7);
}

#define T(test) cmocka_unit_test_setup_teardown(test, fixture_setup, fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(a_row_says_what_the_operator_guide_asks),
        T(an_untouched_chain_holds),
        T(triggers_refuse_change),
        T(every_change_of_a_row_shows),
        T(a_missing_beginning_or_end_shows),
        T(retention_is_itself_recorded_and_the_chain_goes_on),
        T(two_stores_make_one_chain),
        T(rows_are_exported_as_json_lines),
    };
    return cmocka_run_group_tests(tests, NULL, NULL) != 0;
}
