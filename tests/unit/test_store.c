/* test_store.c - keys, quotas, and a job from admission to record. */
#include "store_fixture.h"

/* ---- keys ----------------------------------------------------------------------------------- */

static void make_key(struct fixture *f, int64_t expires_at, char key[STORE_KEY_MAX])
{
    struct key_new k = {.user = "ann",
                        .label = "laptop",
                        .scopes = SCOPE_COMPILE | SCOPE_READ,
                        .expires_at = expires_at};
    assert_ok(f, store_key_create(f->store, "test", &k, key, &f->err));
}

static void a_key_says_who_bears_it(void **state)
{
    struct fixture *f = *state;
    struct store_caller c;
    char key[STORE_KEY_MAX];
    make_key(f, 0, key);
    assert_ok(f, store_authenticate(f->store, str_c(key), &c, &f->err));
    assert_string_equal(c.user, "ann");
    assert_string_equal(c.plan, "standard");
    assert_int_equal(c.scopes, SCOPE_COMPILE | SCOPE_READ);
    assert_int_equal(c.user_id, fixture_user(f, "ann"));
    assert_int_equal(strncmp(key, c.key_prefix, strlen(c.key_prefix)), 0);
}

static void the_file_holds_no_key(void **state)
{
    struct fixture *f = *state;
    char key[STORE_KEY_MAX], sql[256];
    make_key(f, 0, key);
    snprintf(sql, sizeof sql, "SELECT count(*) FROM api_key WHERE instr(hash, '%s') > 0", key + 12);
    assert_int_equal(fixture_value(f, sql), 0);
    assert_int_equal(fixture_value(f, "SELECT length(hash) FROM api_key"), 32);
    snprintf(sql, sizeof sql, "SELECT count(*) FROM audit WHERE instr(detail, '%s') > 0", key + 12);
    assert_int_equal(fixture_value(f, sql), 0);
}

static void wrong_keys_are_nobody(void **state)
{
    struct fixture *f = *state;
    struct store_caller c;
    char key[STORE_KEY_MAX];
    make_key(f, 0, key);
    for (size_t i = 0; key[i]; i++) {
        char was = key[i];
        key[i] = was == 'x' ? 'y' : 'x';
        assert_int_equal(store_authenticate(f->store, str_c(key), &c, &f->err), -ENOENT);
        key[i] = was;
    }
    assert_int_equal(store_authenticate(f->store, (struct str){0}, &c, &f->err), -ENOENT);
    assert_int_equal(store_authenticate(f->store, (struct str){key, strlen(key) - 1}, &c, &f->err),
                     -ENOENT);
    assert_int_equal(store_authenticate(f->store, STR("' OR 1=1 --"), &c, &f->err), -ENOENT);
}

static void keys_expire_and_are_revoked_at_once(void **state)
{
    struct fixture *f = *state;
    struct store_caller c;
    char key[STORE_KEY_MAX], other[STORE_KEY_MAX], prefix[12] = "";
    make_key(f, f->now + 1000, key);
    assert_ok(f, store_authenticate(f->store, str_c(key), &c, &f->err));
    f->now += 1000;
    assert_int_equal(store_authenticate(f->store, str_c(key), &c, &f->err), -EKEYEXPIRED);
    make_key(f, 0, other);
    memcpy(prefix, other, 11);
    assert_ok(f, store_authenticate(f->store, str_c(other), &c, &f->err));
    assert_ok(f, store_key_revoke(f->store, "test", prefix, &f->err));
    assert_int_equal(store_authenticate(f->store, str_c(other), &c, &f->err), -EKEYREVOKED);
    assert_int_equal(store_key_revoke(f->store, "test", prefix, &f->err), -EALREADY);
    assert_int_equal(store_key_revoke(f->store, "test", "gb_nothing000", &f->err), -ENOENT);
}

static void rotation_gives_a_new_key_and_lets_the_old_one_end(void **state)
{
    struct fixture *f = *state;
    struct store_caller c;
    char key[STORE_KEY_MAX], new_key[STORE_KEY_MAX], prefix[12] = "";
    make_key(f, 0, key);
    memcpy(prefix, key, 11);
    assert_ok(f, store_key_rotate(f->store, "test", prefix, 60000, new_key, &f->err));
    assert_ok(f, store_authenticate(f->store, str_c(key), &c, &f->err));
    assert_ok(f, store_authenticate(f->store, str_c(new_key), &c, &f->err));
    assert_int_equal(c.scopes, SCOPE_COMPILE | SCOPE_READ);
    f->now += 60000;
    assert_int_equal(store_authenticate(f->store, str_c(key), &c, &f->err), -EKEYREVOKED);
    assert_ok(f, store_authenticate(f->store, str_c(new_key), &c, &f->err));
}

static void a_disabled_user_has_no_keys(void **state)
{
    struct fixture *f = *state;
    struct store_caller c;
    char key[STORE_KEY_MAX];
    make_key(f, 0, key);
    assert_ok(f, store_user_enable(f->store, "test", "ann", false, &f->err));
    assert_int_equal(store_authenticate(f->store, str_c(key), &c, &f->err), -EACCES);
    assert_ok(f, store_user_enable(f->store, "test", "ann", true, &f->err));
    assert_ok(f, store_authenticate(f->store, str_c(key), &c, &f->err));
}

static void scopes_are_words(void **state)
{
    (void)state;
    struct buf b = BUF_INIT(0);
    assert_int_equal(store_scopes_parse("compile,read"), SCOPE_COMPILE | SCOPE_READ);
    assert_int_equal(store_scopes_parse("all"), 15);
    assert_int_equal(store_scopes_parse("compile,"), 0);
    assert_int_equal(store_scopes_parse("root"), 0);
    assert_int_equal(store_scopes_parse(""), 0);
    store_scopes_print(SCOPE_EXECUTE | SCOPE_ADMIN, &b);
    assert_string_equal(buf_cstr(&b), "execute,admin");
    buf_free(&b);
}

static void names_that_could_break_a_line_are_refused(void **state)
{
    struct fixture *f = *state;
    static const char *const bad[] = {"", "a b", "a\"b", "a\nb", "\xC3\xA9", "a;b"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_int_equal(store_user_add(f->store, "test", bad[i], "free", &f->err), -EINVAL);
    assert_int_equal(store_user_add(f->store, "test", "ann", "free", &f->err), -EEXIST);
    assert_int_equal(store_user_add(f->store, "test", "eve", "gold", &f->err), -ENOENT);
}

/* ---- quotas --------------------------------------------------------------------------------- */

static int admit(struct fixture *f, const char *user, struct quota_state *q)
{
    struct job_new j = fixture_job(f, user);
    return store_admit(f->store, &j, q, &f->err);
}

static void set_quota(struct fixture *f, const char *user, struct plan p)
{
    assert_ok(f, store_quota_set(f->store, "test", user, &p, &f->err));
}

static void concurrent_jobs_are_slots(void **state)
{
    struct fixture *f = *state;
    struct quota_state q;
    struct job_new first = fixture_job(f, "bob");
    struct job_outcome done = fixture_success();
    assert_ok(f, store_admit(f->store, &first, &q, &f->err));
    assert_int_equal(q.figure[QUOTA_concurrent_jobs].limit, 2);
    assert_int_equal(q.figure[QUOTA_concurrent_jobs].remaining, 1);
    assert_ok(f, admit(f, "bob", &q));
    assert_int_equal(admit(f, "bob", &q), -EDQUOT);
    assert_int_equal(q.refused_by, QUOTA_concurrent_jobs);
    assert_int_equal(q.retry_after_s, 1);
    assert_ok(f, admit(f, "ann", &q));
    assert_ok(f, store_finish(f->store, &first, &done, &f->err));
    assert_ok(f, admit(f, "bob", &q));
}

static void a_minute_holds_so_many_jobs_and_then_begins_anew(void **state)
{
    struct fixture *f = *state;
    struct quota_state q;
    struct job_outcome done = fixture_success();
    set_quota(f, "ann", (struct plan){5, -1, -1, -1});
    for (int i = 0; i < 5; i++) {
        struct job_new j = fixture_job(f, "ann");
        assert_ok(f, store_record(f->store, &j, &done, false, &q, &f->err));
        assert_int_equal(q.figure[QUOTA_jobs_per_minute].remaining, 4 - i);
        f->now += 1000;
    }
    assert_int_equal(admit(f, "ann", &q), -EDQUOT);
    assert_int_equal(q.refused_by, QUOTA_jobs_per_minute);
    assert_int_equal(q.retry_after_s, 55);
    f->now += 54999;
    assert_int_equal(admit(f, "ann", &q), -EDQUOT);
    f->now += 1;
    assert_ok(f, admit(f, "ann", &q));
    set_quota(f, "ann", (struct plan){-2, -1, -1, -1});
    assert_ok(f, store_quota(f->store, fixture_user(f, "ann"), &q, &f->err));
    assert_int_equal(q.figure[QUOTA_jobs_per_minute].limit, 120);
}

static void cpu_seconds_of_a_day_run_out(void **state)
{
    struct fixture *f = *state;
    struct quota_state q;
    struct job_new j = fixture_job(f, "ann");
    struct job_outcome done = fixture_success();
    done.cpu_ms = 3599.5 * 1000;
    assert_ok(f, store_admit(f->store, &j, &q, &f->err));
    assert_ok(f, store_finish(f->store, &j, &done, &f->err));
    j = fixture_job(f, "ann");
    done.cpu_ms = 600;
    assert_ok(f, store_admit(f->store, &j, &q, &f->err));
    assert_int_equal(q.figure[QUOTA_cpu_seconds_per_day].remaining, 0);
    assert_ok(f, store_finish(f->store, &j, &done, &f->err));
    assert_int_equal(admit(f, "ann", &q), -EDQUOT);
    assert_int_equal(q.refused_by, QUOTA_cpu_seconds_per_day);
    j = fixture_job(f, "ann"); /* what costs no CPU is still answered */
    assert_ok(f, store_record(f->store, &j, &done, false, &q, &f->err));
    f->now += q.figure[QUOTA_cpu_seconds_per_day].reset_s * 1000;
    assert_ok(f, admit(f, "ann", &q));
}

static void the_system_has_a_limit_of_its_own(void **state)
{
    struct fixture *f = *state;
    struct quota_state q;
    store_close(f->store);
    f->options.limits.running_jobs = 2;
    assert_ok(f, store_open(&f->options, &f->store, &f->err));
    assert_ok(f, admit(f, "ann", &q));
    assert_ok(f, admit(f, "bob", &q));
    assert_int_equal(admit(f, "ann", &q), -EDQUOT);
    assert_int_equal(q.refused_by, QUOTA_system_running);
}

static void an_unknown_user_has_no_quota(void **state)
{
    struct fixture *f = *state;
    struct quota_state q;
    struct job_new j = fixture_job(f, "ann");
    j.user_id = 4711;
    assert_int_equal(store_admit(f->store, &j, &q, &f->err), -ENOENT);
    assert_int_equal(store_quota(f->store, 4711, &q, &f->err), -ENOENT);
}

static void a_lapsed_lease_frees_the_slot_and_records_the_loss(void **state)
{
    struct fixture *f = *state;
    struct quota_state q;
    struct arena a = ARENA_INIT(0);
    struct job_view v;
    struct job_new j = fixture_job(f, "bob");
    assert_ok(f, store_admit(f->store, &j, &q, &f->err));
    assert_ok(f, admit(f, "bob", &q));
    f->now += 30001;
    assert_ok(f, admit(f, "bob", &q));
    struct reap_counts counts;
    assert_ok(f, store_reap(f->store, &counts, &f->err));
    assert_int_equal(counts.lost, 2);
    assert_ok(f, store_job(f->store, str_c(j.id), 0, &a, &v, &f->err));
    assert_int_equal(v.state, JOB_failed);
    assert_true(str_eqc(v.error, "lost"));
    struct job_outcome done = fixture_success();
    assert_int_equal(store_finish(f->store, &j, &done, &f->err), -ENOENT);
    arena_free(&a);
}

/* ---- jobs ----------------------------------------------------------------------------------- */

static void what_is_finished_can_be_read(void **state)
{
    struct fixture *f = *state;
    struct arena a = ARENA_INIT(0);
    struct job_view v;
    struct artifact_view result;
    struct job_new j = fixture_job(f, "ann");
    struct job_artifact artifacts[] = {{"result", "application/json", STR("{\"stdout\":\"7\\n\"}")},
                                       {"stdout", "text/plain", STR("a\0b")}};
    struct job_event events[] = {{"forbidden_syscall", "warning", STR("{\"syscall\":\"ptrace\"}")}};
    struct job_outcome done = fixture_success();
    done.artifacts = artifacts;
    done.n_artifacts = 2;
    done.events = events;
    done.n_events = 1;
    assert_ok(f, store_admit(f->store, &j, NULL, &f->err));
    assert_ok(f, store_job(f->store, str_c(j.id), j.user_id, &a, &v, &f->err));
    assert_int_equal(v.state, JOB_running);
    assert_int_equal(v.exit_code, -1);
    assert_ok(f, store_finish(f->store, &j, &done, &f->err));
    assert_ok(f, store_job(f->store, str_c(j.id), j.user_id, &a, &v, &f->err));
    assert_int_equal(v.state, JOB_succeeded);
    assert_true(str_eqc(v.user, "ann"));
    assert_true(str_eqc(v.container_id, "0123456789ab"));
    assert_true(str_eqc(v.code_hash, "c0de"));
    assert_int_equal(v.exit_code, 0);
    assert_true(v.compile_ms > 48.2 && v.compile_ms < 48.3);
    assert_ok(f, store_artifact(f->store, str_c(j.id), j.user_id, "result", &a, &result, &f->err));
    assert_true(str_eqc(result.content, "{\"stdout\":\"7\\n\"}"));
    assert_ok(f, store_artifact(f->store, str_c(j.id), j.user_id, "stdout", &a, &result, &f->err));
    assert_int_equal(result.content.n, 3);
    assert_int_equal(store_artifact(f->store, str_c(j.id), fixture_user(f, "bob"), "stdout", &a,
                                    &result, &f->err),
                     -ENOENT);
    assert_int_equal(store_job(f->store, str_c(j.id), fixture_user(f, "bob"), &a, &v, &f->err),
                     -ENOENT);
    assert_int_equal(
        fixture_value(f, "SELECT count(*) FROM security_event WHERE severity = 'warning'"), 1);
    assert_int_equal(fixture_value(f, "SELECT count(*) FROM audit WHERE job_id IS NOT NULL"), 1);
    arena_free(&a);
}

static void an_idempotency_key_answers_with_the_first_job(void **state)
{
    struct fixture *f = *state;
    struct job_outcome done = fixture_success();
    struct job_new first = fixture_job(f, "ann"), again, other;
    first.idempotency_key = STR("key-1");
    first.fingerprint = STR("aaaa");
    again = other = first;
    store_new_id(f->store, again.id);
    store_new_id(f->store, other.id);
    other.fingerprint = STR("bbbb");
    assert_ok(f, store_record(f->store, &first, &done, false, NULL, &f->err));
    assert_int_equal(store_admit(f->store, &again, NULL, &f->err), -EEXIST);
    assert_string_equal(again.id, first.id);
    assert_int_equal(store_admit(f->store, &other, NULL, &f->err), -EBADMSG);
    other.user_id = fixture_user(f, "bob");
    assert_ok(f, store_admit(f->store, &other, NULL, &f->err));
}

static void lists_are_the_callers_own_filtered_and_paged(void **state)
{
    struct fixture *f = *state;
    struct arena a = ARENA_INIT(0);
    struct job_view *views;
    size_t n;
    char ids[7][STORE_ID_MAX];
    for (int i = 0; i < 7; i++, f->now += 1000) {
        struct job_new j = fixture_job(f, i == 3 ? "bob" : "ann");
        struct job_outcome done = fixture_success();
        if (i % 2) {
            done.state = JOB_failed;
            done.verdict = "time_limit";
        }
        assert_ok(f, store_record(f->store, &j, &done, true, NULL, &f->err));
        memcpy(ids[i], j.id, sizeof ids[i]);
    }
    struct job_filter filter = {.user_id = fixture_user(f, "ann"), .state = -1, .limit = 4};
    assert_ok(f, store_job_list(f->store, &filter, &a, &views, &n, &f->err));
    assert_int_equal(n, 4);
    assert_true(str_eqc(views[0].id, ids[6]));
    assert_true(str_eqc(views[3].id, ids[2]));
    filter.before = views[3].id;
    assert_ok(f, store_job_list(f->store, &filter, &a, &views, &n, &f->err));
    assert_int_equal(n, 2);
    assert_true(str_eqc(views[1].id, ids[0]));
    filter = (struct job_filter){.state = JOB_failed, .limit = 200};
    assert_ok(f, store_job_list(f->store, &filter, &a, &views, &n, &f->err));
    assert_int_equal(n, 3);
    filter =
        (struct job_filter){.state = -1, .verdict = STR("ok"), .since = f->now - 3000, .limit = 9};
    assert_ok(f, store_job_list(f->store, &filter, &a, &views, &n, &f->err));
    assert_int_equal(n, 2);
    arena_free(&a);
}

static void ids_sort_by_time(void **state)
{
    struct fixture *f = *state;
    char last[STORE_ID_MAX] = "", id[STORE_ID_MAX];
    for (int i = 0; i < 100; i++, f->now += 7) {
        store_new_id(f->store, id);
        assert_int_equal(strlen(id), STORE_ID_MAX - 1);
        assert_true(strcmp(id, last) > 0);
        memcpy(last, id, sizeof last);
    }
}

static void retention_removes_what_is_old_or_too_much_and_says_so(void **state)
{
    struct fixture *f = *state;
    struct retention_counts c;
    struct job_outcome done = fixture_success();
    struct job_artifact big = {"result", "application/json", {calloc(1, 1000), 1000}};
    done.artifacts = &big;
    done.n_artifacts = 1;
    for (int i = 0; i < 10; i++, f->now += 1000) {
        struct job_new j = fixture_job(f, "ann");
        assert_ok(f, store_record(f->store, &j, &done, true, NULL, &f->err));
    }
    struct retention by_size = {.artifact_bytes = 6500};
    assert_ok(f, store_retain(f->store, &by_size, &c, &f->err));
    assert_int_equal(c.artifacts, 4);
    struct retention by_age = {.artifact_ms = 2500, .job_ms = 4500};
    assert_ok(f, store_retain(f->store, &by_age, &c, &f->err));
    assert_int_equal(c.artifacts, 4);
    assert_int_equal(c.jobs, 6);
    assert_int_equal(fixture_value(f, "SELECT count(*) FROM job"), 4);
    assert_int_equal(fixture_value(f, "SELECT count(*) FROM artifact"), 2);
    assert_int_equal(fixture_value(f, "SELECT count(*) FROM audit WHERE kind = 'retention'"), 3);
    free((void *)(uintptr_t)big.content.s);
}

static void a_newer_file_is_refused(void **state)
{
    struct fixture *f = *state;
    struct store *s;
    assert_int_equal(fixture_sql(f, "PRAGMA user_version = 999"), SQLITE_OK);
    assert_int_equal(store_open(&f->options, &s, &f->err), -ENOTSUP);
}

#define T(test) cmocka_unit_test_setup_teardown(test, fixture_setup, fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(a_key_says_who_bears_it),
        T(the_file_holds_no_key),
        T(wrong_keys_are_nobody),
        T(keys_expire_and_are_revoked_at_once),
        T(rotation_gives_a_new_key_and_lets_the_old_one_end),
        T(a_disabled_user_has_no_keys),
        T(scopes_are_words),
        T(names_that_could_break_a_line_are_refused),
        T(concurrent_jobs_are_slots),
        T(a_minute_holds_so_many_jobs_and_then_begins_anew),
        T(cpu_seconds_of_a_day_run_out),
        T(the_system_has_a_limit_of_its_own),
        T(an_unknown_user_has_no_quota),
        T(a_lapsed_lease_frees_the_slot_and_records_the_loss),
        T(what_is_finished_can_be_read),
        T(an_idempotency_key_answers_with_the_first_job),
        T(lists_are_the_callers_own_filtered_and_paged),
        T(ids_sort_by_time),
        T(retention_removes_what_is_old_or_too_much_and_says_so),
        T(a_newer_file_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL) != 0;
}
