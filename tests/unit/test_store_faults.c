/* test_store_faults.c - a file that is locked, full, damaged or gone: an answer, never half a
 * write. */
#include "store_fixture.h"

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>

static int64_t clock_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void reopen(struct fixture *f)
{
    store_close(f->store);
    f->store = NULL;
    assert_ok(f, store_open(&f->options, &f->store, &f->err));
}

static sqlite3 *hold_lock(const struct fixture *f)
{
    sqlite3 *db;
    assert_int_equal(sqlite3_open(f->path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK);
    return db;
}

static int record(struct fixture *f, struct store *s, size_t bytes)
{
    char *content = calloc(1, bytes + 1);
    struct job_artifact a = {"result", "text/plain", {content, bytes}};
    struct job_new j = {.user_id = 1, .kind = "compile", .user = STR("ann")};
    struct job_outcome done = fixture_success();
    done.artifacts = &a;
    done.n_artifacts = 1;
    store_new_id(s, j.id);
    int code = store_record(s, &j, &done, true, NULL, &f->err);
    free(content);
    return code;
}

static void a_held_lock_is_an_answer_within_the_busy_time(void **state)
{
    struct fixture *f = *state;
    f->options.busy_timeout_ms = 100;
    reopen(f);
    sqlite3 *db = hold_lock(f);
    int64_t before = clock_ms();
    assert_int_equal(record(f, f->store, 10), -EAGAIN);
    assert_true(store_unavailable(-EAGAIN));
    assert_int_equal(store_ready(f->store, &f->err), -EAGAIN);
    assert_in_range(clock_ms() - before, 100, 3000);
    sqlite3_close(db);
    assert_ok(f, record(f, f->store, 10));
    assert_ok(f, store_ready(f->store, &f->err));
    assert_int_equal(fixture_value(f, "SELECT count(*) FROM job"), 1);
}

struct crowd {
    struct fixture *f;
    atomic_int locked, other;
};

static void *one_of_many(void *arg)
{
    struct crowd *c = arg;
    struct fixture mine = *c->f;
    atomic_fetch_add(record(&mine, c->f->store, 10) == -EAGAIN ? &c->locked : &c->other, 1);
    return NULL;
}

static void many_threads_do_not_wait_one_after_the_other(void **state)
{
    struct fixture *f = *state;
    struct crowd c = {.f = f};
    pthread_t threads[20];
    f->options.busy_timeout_ms = 100;
    reopen(f);
    sqlite3 *db = hold_lock(f);
    int64_t before = clock_ms();
    for (int i = 0; i < 20; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, one_of_many, &c), 0);
    for (int i = 0; i < 20; i++)
        pthread_join(threads[i], NULL);
    sqlite3_close(db);
    assert_int_equal(c.locked, 20);
    assert_in_range(clock_ms() - before, 100, 1500); /* one after the other would be 2 s and more */
}

static void readers_go_on_while_it_is_locked(void **state)
{
    struct fixture *f = *state;
    struct quota_state q;
    sqlite3 *db = hold_lock(f);
    assert_ok(f, store_quota(f->store, 1, &q, &f->err));
    sqlite3_close(db);
}

static void a_full_database_refuses_whole_and_recovers(void **state)
{
    struct fixture *f = *state;
    int written = 0, code;
    f->options.max_pages = fixture_value(f, "PRAGMA page_count") + 20;
    reopen(f);
    while ((code = record(f, f->store, 5000)) == 0)
        written++;
    assert_int_equal(code, -ENOSPC);
    assert_in_range(written, 1, 20);
    assert_int_equal(record(f, f->store, 50000), -ENOSPC);
    assert_int_equal(fixture_value(f, "SELECT count(*) FROM job"), written);
    assert_int_equal(fixture_value(f, "SELECT count(*) FROM artifact"), written);
    assert_int_equal(fixture_value(f, "SELECT count(*) FROM audit WHERE kind = 'job'"), written);
    f->options.max_pages = 1000000;
    reopen(f);
    assert_ok(f, record(f, f->store, 50000));
    struct audit_verdict v;
    assert_ok(f, store_audit_verify(f->store, &v, &f->err));
    assert_null(v.problem);
}

/* A write(2) that fails, as on a full disk: the log may not grow past this. */
static int in_a_full_file_system(struct fixture *f)
{
    struct rlimit most = {400000, 400000};
    struct store *s;
    int written = 0, code = 0;
    signal(SIGXFSZ, SIG_IGN);
    if (store_open(&f->options, &s, NULL) || setrlimit(RLIMIT_FSIZE, &most))
        return 100;
    for (int i = 0; i < 1000 && code == 0; i++, written += code == 0)
        code = record(f, s, 5000);
    return store_unavailable(code) && written < 90 ? written : 101;
}

static void a_write_that_fails_is_an_answer_too(void **state)
{
    struct fixture *f = *state;
    int status;
    pid_t pid = fork();
    if (pid == 0)
        _exit(in_a_full_file_system(f));
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status));
    assert_in_range(WEXITSTATUS(status), 1, 90);
    assert_int_equal(fixture_value(f, "SELECT count(*) FROM job"), WEXITSTATUS(status));
    struct audit_verdict v;
    assert_ok(f, store_audit_verify(f->store, &v, &f->err));
    assert_null(v.problem);
}

static void ones_failure_is_not_anothers(void **state)
{
    struct fixture *f = *state;
    struct job_new bad = fixture_job(f, "ann"), good = fixture_job(f, "ann");
    struct job_outcome done = fixture_success();
    assert_ok(f, store_record(f->store, &bad, &done, true, NULL, &f->err));
    assert_true(store_unavailable(store_record(f->store, &bad, &done, true, NULL, &f->err)));
    assert_ok(f, store_record(f->store, &good, &done, true, NULL, &f->err));
    assert_int_equal(fixture_value(f, "SELECT count(*) FROM job"), 2);
}

static void what_is_no_database_is_not_opened(void **state)
{
    struct fixture *f = *state;
    struct store *s;
    char path[128];
    struct store_options o = f->options;
    snprintf(path, sizeof path, "%s/none", f->folder);
    o.path = path;
    int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    assert_int_equal(write(fd, "this is no database, only words", 31), 31);
    close(fd);
    assert_int_equal(store_open(&o, &s, &f->err), -EIO);
    assert_non_null(strstr(f->err.message, path));
    unlink(path);
    o.path = "/nowhere/jobs.db";
    assert_int_equal(store_open(&o, &s, &f->err), -EIO);
}

static void a_reader_cannot_write(void **state)
{
    struct fixture *f = *state;
    struct store *s;
    struct store_options o = f->options;
    o.read_only = true;
    assert_ok(f, store_open(&o, &s, &f->err));
    assert_int_equal(record(f, s, 10), -EROFS);
    store_close(s);
}

#define T(test) cmocka_unit_test_setup_teardown(test, fixture_setup, fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(a_held_lock_is_an_answer_within_the_busy_time),
        T(many_threads_do_not_wait_one_after_the_other),
        T(readers_go_on_while_it_is_locked),
        T(a_full_database_refuses_whole_and_recovers),
        T(a_write_that_fails_is_an_answer_too),
        T(ones_failure_is_not_anothers),
        T(what_is_no_database_is_not_opened),
        T(a_reader_cannot_write),
    };
    return cmocka_run_group_tests(tests, NULL, NULL) != 0;
}
