/*
 * test_store_race.c - several processes with many threads each: not one job too many, and whatever
 * is killed leaves a record of everything.
 *
 * Children never assert; they count in shared memory and the parent looks.
 */
#include "store_fixture.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>

#define PROCESSES 3
#define CALLS 201 /* in all; 67 threads a process */
#define THREADS (CALLS / PROCESSES)

struct shared {
    atomic_int begun, admitted, refused, failed;
    atomic_int inside, most_inside;
};

struct child {
    struct fixture *f;
    struct store *store;
    struct shared *shared;
    int64_t user_id;
    int report; /* where to tell what is done */
    bool holds; /* takes a slot for a while; else only counts against the minute */
};

static struct shared *share(void)
{
    void *p = mmap(NULL, sizeof(struct shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
                   -1, 0);
    assert_true(p != MAP_FAILED);
    return p;
}

static void nap_us(long us)
{
    struct timespec t = {.tv_nsec = us * 1000};
    nanosleep(&t, NULL);
}

static void note_inside(struct shared *s)
{
    int now = atomic_fetch_add(&s->inside, 1) + 1;
    int most = atomic_load(&s->most_inside);
    while (now > most && !atomic_compare_exchange_weak(&s->most_inside, &most, now))
        ;
}

static int run_one(struct child *c, struct job_new *j)
{
    struct job_outcome done = fixture_success();
    int code = c->holds ? store_admit(c->store, j, NULL, NULL)
                        : store_record(c->store, j, &done, false, NULL, NULL);
    if (code || !c->holds)
        return code;
    note_inside(c->shared);
    nap_us(3000);
    atomic_fetch_sub(&c->shared->inside, 1);
    return store_finish(c->store, j, &done, NULL);
}

static void *call(void *arg)
{
    struct child *c = arg;
    struct job_new j = {.user_id = c->user_id, .kind = "compile", .lease_ms = 30000};
    store_new_id(c->store, j.id);
    atomic_fetch_add(&c->shared->begun, 1);
    while (atomic_load(&c->shared->begun) < CALLS)
        nap_us(100);
    int code = run_one(c, &j);
    atomic_fetch_add(code == 0         ? &c->shared->admitted
                     : code == -EDQUOT ? &c->shared->refused
                                       : &c->shared->failed,
                     1);
    return NULL;
}

static int child_main(struct child *c)
{
    pthread_t threads[THREADS];
    c->f->options.busy_timeout_ms = 20000;
    if (store_open(&c->f->options, &c->store, NULL))
        return 1;
    for (int i = 0; i < THREADS; i++)
        if (pthread_create(&threads[i], NULL, call, c))
            return 2;
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    store_close(c->store);
    return 0;
}

static void storm(struct fixture *f, struct shared *s, const char *user, bool holds)
{
    pid_t pids[PROCESSES];
    struct child c = {.f = f, .shared = s, .user_id = fixture_user(f, user), .holds = holds};
    for (int i = 0; i < PROCESSES; i++) {
        pids[i] = fork();
        if (pids[i] == 0)
            _exit(child_main(&c));
        assert_true(pids[i] > 0);
    }
    for (int i = 0; i < PROCESSES; i++) {
        int status;
        assert_int_equal(waitpid(pids[i], &status, 0), pids[i]);
        assert_int_equal(status, 0);
    }
}

static void a_minute_gives_not_one_job_too_many(void **state)
{
    struct fixture *f = *state;
    struct shared *s = share();
    struct plan p = {50, -1, -1, -1};
    assert_ok(f, store_quota_set(f->store, "test", "ann", &p, &f->err));
    storm(f, s, "ann", false);
    assert_int_equal(s->failed, 0);
    assert_int_equal(s->admitted, 50);
    assert_int_equal(s->refused, CALLS - 50);
    assert_int_equal(fixture_value(f, "SELECT count(*) FROM job"), 50);
    munmap(s, sizeof *s);
}

static void a_user_never_has_more_slots_than_the_plan(void **state)
{
    struct fixture *f = *state;
    struct shared *s = share();
    struct plan p = {1000, 4, -1, -1};
    assert_ok(f, store_quota_set(f->store, "test", "ann", &p, &f->err));
    storm(f, s, "ann", true);
    assert_int_equal(s->failed, 0);
    assert_int_equal(s->admitted + s->refused, CALLS);
    assert_in_range(s->most_inside, 1, 4);
    assert_in_range(s->admitted, 4, CALLS);
    assert_int_equal(fixture_value(f, "SELECT count(*) FROM job WHERE state = 'running'"), 0);
    munmap(s, sizeof *s);
}

static void the_system_never_runs_more_than_it_may(void **state)
{
    struct fixture *f = *state;
    struct shared *s = share();
    struct plan p = {1000, 500, -1, -1};
    assert_ok(f, store_quota_set(f->store, "test", "ann", &p, &f->err));
    f->options.limits.running_jobs = 7;
    storm(f, s, "ann", true);
    assert_int_equal(s->failed, 0);
    assert_in_range(s->most_inside, 1, 7);
    munmap(s, sizeof *s);
}

/* ---- kill -9 -------------------------------------------------------------------------------- */

/* Tells the parent each job that was finished, after the store said so. */
static void *work_until_killed(void *arg)
{
    struct child *c = arg;
    for (;;) {
        struct job_new j = {.user_id = c->user_id, .kind = "compile", .lease_ms = 30000};
        struct job_outcome done = fixture_success();
        store_new_id(c->store, j.id);
        if (store_admit(c->store, &j, NULL, NULL) || store_finish(c->store, &j, &done, NULL))
            continue;
        if (write(c->report, j.id, STORE_ID_MAX) != STORE_ID_MAX)
            _exit(3);
    }
    return NULL;
}

static void work(struct child *c)
{
    pthread_t thread;
    c->f->options.busy_timeout_ms = 20000;
    if (store_open(&c->f->options, &c->store, NULL))
        _exit(1);
    for (int i = 0; i < 3; i++)
        pthread_create(&thread, NULL, work_until_killed, c);
    work_until_killed(c);
}

static int64_t finished_with_audit(const struct fixture *f, const char *id)
{
    char sql[256];
    snprintf(sql, sizeof sql,
             "SELECT count(*) FROM job j JOIN audit a ON a.job_id = j.id "
             "WHERE j.id = '%s' AND j.state = 'succeeded'",
             id);
    return fixture_value(f, sql);
}

static void what_was_said_to_be_done_outlives_kill_9(void **state)
{
    struct fixture *f = *state;
    struct plan p = {1000000, 50, 1000000, -1};
    struct child c = {.f = f, .user_id = fixture_user(f, "ann")};
    struct reap_counts counts;
    int ends[2], told = 0;
    char id[STORE_ID_MAX];
    assert_ok(f, store_quota_set(f->store, "test", "ann", &p, &f->err));
    assert_int_equal(pipe(ends), 0);
    c.report = ends[1];
    for (int round = 0; round < 15; round++) {
        pid_t pid = fork();
        if (pid == 0)
            work(&c);
        nap_us(20000 + 7001 * round);
        kill(pid, SIGKILL);
        assert_int_equal(waitpid(pid, NULL, 0), pid);
    }
    close(ends[1]);
    for (; read(ends[0], id, sizeof id) == (ssize_t)sizeof id; told++)
        if (finished_with_audit(f, id) != 1)
            fail_msg("job %s was said to be done and is not", id);
    close(ends[0]);
    assert_true(told > 0);
    assert_ok(f, store_reap(f->store, &counts, &f->err));
    assert_int_equal(fixture_value(f, "SELECT count(*) FROM job WHERE state = 'running'"), 0);
    struct audit_verdict v;
    assert_ok(f, store_audit_verify(f->store, &v, &f->err));
    if (v.problem)
        fail_msg("%s", v.problem);
    assert_int_equal(fixture_value(f, "SELECT integrity_check = 'ok' FROM pragma_integrity_check"),
                     1);
}

static void the_slots_of_a_killed_process_are_free_at_once(void **state)
{
    struct fixture *f = *state;
    struct shared *s = share();
    int64_t bob = fixture_user(f, "bob");
    struct job_new j = fixture_job(f, "bob");
    pid_t pid = fork();
    if (pid == 0) {
        struct store *mine;
        if (store_open(&f->options, &mine, NULL))
            _exit(1);
        for (int i = 0; i < 2; i++) {
            struct job_new taken = {.user_id = bob, .kind = "compile", .lease_ms = 3600000};
            store_new_id(mine, taken.id);
            if (store_admit(mine, &taken, NULL, NULL) == 0)
                s->admitted++;
        }
        s->begun = 1;
        for (;;)
            pause();
    }
    while (!s->begun)
        nap_us(1000);
    assert_int_equal(s->admitted, 2);
    assert_int_equal(store_admit(f->store, &j, NULL, &f->err), -EDQUOT);
    kill(pid, SIGKILL);
    assert_int_equal(waitpid(pid, NULL, 0), pid);
    assert_ok(f, store_admit(f->store, &j, NULL, &f->err));
    assert_int_equal(fixture_value(f, "SELECT count(*) FROM audit WHERE error = 'lost'"), 2);
    munmap(s, sizeof *s);
}

#define T(test) cmocka_unit_test_setup_teardown(test, fixture_setup, fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(a_minute_gives_not_one_job_too_many),
        T(a_user_never_has_more_slots_than_the_plan),
        T(the_system_never_runs_more_than_it_may),
        T(what_was_said_to_be_done_outlives_kill_9),
        T(the_slots_of_a_killed_process_are_free_at_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL) != 0;
}
