/* test_store_queue.c - asynchronous jobs: leases, heartbeats, cancelling, webhooks. */
#include "store_fixture.h"

static struct job_new enqueue(struct fixture *f, const char *user, const char *webhook)
{
    struct job_new j = fixture_job(f, user);
    j.request = STR("{\"ir\":{}}");
    j.webhook_url = str_c(webhook);
    j.expires_ms = 60000;
    assert_ok(f, store_enqueue(f->store, &j, NULL, &f->err));
    f->now += 10;
    return j;
}

static struct leased_job lease(struct fixture *f, struct arena *a)
{
    struct leased_job l;
    assert_ok(f, store_lease(f->store, 5000, a, &l, &f->err));
    return l;
}

static enum job_state state_of(struct fixture *f, const char *id)
{
    struct arena a = ARENA_INIT(0);
    struct job_view v;
    assert_ok(f, store_job(f->store, str_c(id), 0, &a, &v, &f->err));
    arena_free(&a);
    return v.state;
}

static void a_queued_job_is_leased_run_and_finished(void **state)
{
    struct fixture *f = *state;
    struct arena a = ARENA_INIT(0);
    struct leased_job none;
    struct job_outcome done = fixture_success();
    assert_int_equal(store_lease(f->store, 5000, &a, &none, &f->err), -ENOENT);
    struct job_new j = enqueue(f, "ann", NULL);
    assert_int_equal(state_of(f, j.id), JOB_queued);
    struct leased_job l = lease(f, &a);
    assert_string_equal(l.job.id, j.id);
    assert_int_equal(l.attempt, 1);
    assert_true(str_eqc(l.job.request, "{\"ir\":{}}"));
    assert_true(str_eqc(l.job.user, "ann"));
    assert_true(str_eqc(l.job.client_ip, "127.0.0.1"));
    assert_string_equal(l.job.kind, "compile");
    assert_int_equal(state_of(f, j.id), JOB_running);
    assert_ok(f, store_heartbeat(f->store, str_c(j.id), 5000, &f->err));
    assert_ok(f, store_finish(f->store, &l.job, &done, &f->err));
    assert_int_equal(state_of(f, j.id), JOB_succeeded);
    assert_int_equal(fixture_value(f, "SELECT count(*) FROM job_request"), 0);
    assert_int_equal(store_heartbeat(f->store, str_c(j.id), 5000, &f->err), -ENOENT);
    arena_free(&a);
}

static void users_take_turns(void **state)
{
    struct fixture *f = *state;
    struct arena a = ARENA_INIT(0);
    struct job_new first = enqueue(f, "ann", NULL);
    enqueue(f, "ann", NULL);
    struct job_new late = enqueue(f, "bob", NULL);
    assert_string_equal(lease(f, &a).job.id, first.id);
    assert_string_equal(lease(f, &a).job.id, late.id);
    arena_free(&a);
}

static void a_lease_keeps_within_the_users_slots(void **state)
{
    struct fixture *f = *state;
    struct arena a = ARENA_INIT(0);
    struct leased_job l;
    for (int i = 0; i < 3; i++)
        enqueue(f, "bob", NULL);
    lease(f, &a);
    lease(f, &a);
    assert_int_equal(store_lease(f->store, 5000, &a, &l, &f->err), -ENOENT);
    arena_free(&a);
}

static void a_queue_has_an_end(void **state)
{
    struct fixture *f = *state;
    struct quota_state q;
    for (int i = 0; i < 10; i++)
        enqueue(f, "bob", NULL);
    struct job_new j = fixture_job(f, "bob");
    assert_int_equal(store_enqueue(f->store, &j, &q, &f->err), -EDQUOT);
    assert_int_equal(q.refused_by, QUOTA_queued_jobs);
}

static void a_lost_lease_is_tried_again_and_then_given_up(void **state)
{
    struct fixture *f = *state;
    struct arena a = ARENA_INIT(0);
    struct reap_counts c;
    struct job_outcome done = fixture_success();
    struct job_new j = enqueue(f, "ann", NULL);
    for (int attempt = 1; attempt <= 3; attempt++) {
        struct leased_job l = lease(f, &a);
        assert_int_equal(l.attempt, attempt);
        f->now += 5001;
        assert_ok(f, store_reap(f->store, &c, &f->err));
        assert_int_equal(c.requeued, attempt < 3);
        assert_int_equal(c.lost, attempt == 3);
        assert_int_equal(store_finish(f->store, &l.job, &done, &f->err), -ENOENT);
    }
    assert_int_equal(state_of(f, j.id), JOB_failed);
    assert_int_equal(fixture_value(f, "SELECT count(*) FROM audit WHERE error = 'lost'"), 1);
    arena_free(&a);
}

static void a_closed_process_gives_its_leases_back(void **state)
{
    struct fixture *f = *state;
    struct arena a = ARENA_INIT(0);
    struct store *other;
    struct leased_job l;
    struct job_new j = enqueue(f, "ann", NULL);
    assert_ok(f, store_open(&f->options, &other, &f->err));
    assert_ok(f, store_lease(other, 3600000, &a, &l, &f->err));
    store_close(other);
    assert_int_equal(state_of(f, j.id), JOB_queued);
    assert_int_equal(lease(f, &a).attempt, 2);
    arena_free(&a);
}

static void what_waits_too_long_expires(void **state)
{
    struct fixture *f = *state;
    struct reap_counts c;
    struct job_new j = enqueue(f, "ann", NULL);
    f->now += 60000;
    assert_ok(f, store_reap(f->store, &c, &f->err));
    assert_int_equal(c.expired, 1);
    assert_int_equal(state_of(f, j.id), JOB_expired);
    assert_int_equal(fixture_value(f, "SELECT count(*) FROM audit WHERE state = 'expired'"), 1);
}

static void its_owner_cancels_a_job(void **state)
{
    struct fixture *f = *state;
    struct arena a = ARENA_INIT(0);
    int64_t ann = fixture_user(f, "ann"), bob = fixture_user(f, "bob");
    struct job_new queued = enqueue(f, "ann", NULL), running = enqueue(f, "ann", NULL);
    struct str first = str_c(queued.id), second = str_c(running.id);
    assert_int_equal(store_cancel(f->store, first, bob, &f->err), -ENOENT);
    assert_ok(f, store_cancel(f->store, first, ann, &f->err));
    assert_int_equal(state_of(f, queued.id), JOB_cancelled);
    assert_int_equal(store_cancel(f->store, first, ann, &f->err), -EALREADY);
    struct leased_job l = lease(f, &a);
    assert_false(store_cancel_wanted(f->store, second));
    assert_int_equal(store_cancel(f->store, second, ann, &f->err), -EINPROGRESS);
    assert_true(store_cancel_wanted(f->store, second));
    assert_int_equal(store_heartbeat(f->store, second, 5000, &f->err), -ECANCELED);
    struct job_outcome end = {.state = JOB_cancelled, .verdict = "cancelled", .exit_code = -1};
    assert_ok(f, store_finish(f->store, &l.job, &end, &f->err));
    assert_int_equal(state_of(f, running.id), JOB_cancelled);
    arena_free(&a);
}

static void output_grows_while_the_job_runs(void **state)
{
    struct fixture *f = *state;
    struct arena a = ARENA_INIT(0);
    struct artifact_view out;
    struct job_artifact piece = {"stdout", "text/plain", STR("one\n")};
    struct job_new j = enqueue(f, "ann", NULL);
    struct str id = str_c(j.id);
    assert_int_equal(store_artifact_append(f->store, id, &piece, &f->err), -ENOENT);
    lease(f, &a);
    assert_ok(f, store_artifact_append(f->store, id, &piece, &f->err));
    piece.content = STR("two\xFF\n");
    assert_ok(f, store_artifact_append(f->store, id, &piece, &f->err));
    assert_ok(f, store_artifact(f->store, id, 0, "stdout", &a, &out, &f->err));
    assert_true(str_eqc(out.content, "one\ntwo\xFF\n"));
    arena_free(&a);
}

static void an_end_owes_a_webhook(void **state)
{
    struct fixture *f = *state;
    struct arena a = ARENA_INIT(0);
    struct webhook_due due;
    struct job_outcome done = fixture_success();
    struct job_new j = enqueue(f, "ann", "https://hooks.example.org/x");
    struct leased_job l = lease(f, &a);
    assert_int_equal(store_webhook_take(f->store, 1000, &a, &due, &f->err), -ENOENT);
    assert_ok(f, store_finish(f->store, &l.job, &done, &f->err));
    assert_ok(f, store_webhook_take(f->store, 1000, &a, &due, &f->err));
    assert_true(str_eqc(due.job_id, j.id));
    assert_true(str_eqc(due.url, "https://hooks.example.org/x"));
    assert_true(str_eqc(due.user, "ann"));
    assert_int_equal(due.attempt, 1);
    assert_int_equal(store_webhook_take(f->store, 1000, &a, &due, &f->err), -ENOENT);
    f->now += 1000; /* whoever took it is gone */
    assert_ok(f, store_webhook_take(f->store, 1000, &a, &due, &f->err));
    assert_int_equal(due.attempt, 2);
    assert_ok(f, store_webhook_done(f->store, due.id, false, f->now + 500, STR("503"), &f->err));
    assert_int_equal(store_webhook_take(f->store, 1000, &a, &due, &f->err), -ENOENT);
    f->now += 500;
    assert_ok(f, store_webhook_take(f->store, 1000, &a, &due, &f->err));
    assert_ok(f, store_webhook_done(f->store, due.id, true, 0, (struct str){0}, &f->err));
    f->now += 10000;
    assert_int_equal(store_webhook_take(f->store, 1000, &a, &due, &f->err), -ENOENT);
    arena_free(&a);
}

#define T(test) cmocka_unit_test_setup_teardown(test, fixture_setup, fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(a_queued_job_is_leased_run_and_finished),
        T(users_take_turns),
        T(a_lease_keeps_within_the_users_slots),
        T(a_queue_has_an_end),
        T(a_lost_lease_is_tried_again_and_then_given_up),
        T(a_closed_process_gives_its_leases_back),
        T(what_waits_too_long_expires),
        T(its_owner_cancels_a_job),
        T(output_grows_while_the_job_runs),
        T(an_end_owes_a_webhook),
    };
    return cmocka_run_group_tests(tests, NULL, NULL) != 0;
}
