/* test_queries.c - every query for people answers on jobs that ran, without being able to write. */
#include "store_fixture.h"

#include <glob.h>
#include <time.h>

/* Jobs of each kind of end, as of now. */
static void fill(struct fixture *f)
{
    static const struct {
        const char *verdict, *error, *cache, *event;
        enum job_state state;
        double total_ms;
    } ends[] = {
        {"ok", NULL, "miss", NULL, JOB_succeeded, 60},
        {"ok", NULL, "hit", NULL, JOB_succeeded, 0.4},
        {"ok", NULL, "hit", NULL, JOB_succeeded, 0.5},
        {"time_limit", NULL, "miss", "time_limit", JOB_failed, 10050},
        {"forbidden_syscall", NULL, "miss", "forbidden_syscall", JOB_failed, 70},
        {"forbidden_syscall", NULL, "miss", "forbidden_syscall", JOB_failed, 71},
        {NULL, "validation", NULL, NULL, JOB_failed, 0.2},
        {NULL, "sandbox_unavailable", "miss", NULL, JOB_failed, 30},
    };
    f->now = (int64_t)time(NULL) * 1000;
    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
        struct job_new j = fixture_job(f, "ann");
        struct job_outcome o = fixture_success();
        struct job_event e = {ends[i].event, "warning", STR("{\"syscall\":\"ptrace\"}")};
        o.state = ends[i].state;
        o.verdict = ends[i].verdict;
        o.error = ends[i].error;
        o.cache = ends[i].cache;
        o.total_ms = ends[i].total_ms;
        o.start_ms = 0.3;
        o.http_status = ends[i].verdict ? 200 : 503;
        o.events = &e;
        o.n_events = ends[i].event != NULL;
        assert_ok(f, store_record(f->store, &j, &o, true, NULL, &f->err));
    }
    struct job_new running = fixture_job(f, "bob");
    struct key_new key = {.user = "ann", .scopes = SCOPE_READ, .expires_at = f->now + 86400000};
    char text[STORE_KEY_MAX];
    assert_ok(f, store_admit(f->store, &running, NULL, &f->err));
    assert_ok(f, store_key_create(f->store, "test", &key, text, &f->err));
}

/* The statement of a file, without the lines that are for the sqlite3 shell alone. */
static char *statement_of(const char *path)
{
    struct buf text = BUF_INIT(0);
    char line[512];
    FILE *file = fopen(path, "re");
    if (!file)
        fail_msg("%s: not there; run from the top folder", path);
    bool first = true;
    for (; fgets(line, sizeof line, file); first = false) {
        if (first && strncmp(line, "-- ", 3) != 0)
            fail_msg("%s does not begin with what it answers", path);
        if (line[0] != '.')
            buf_puts(&text, line);
    }
    fclose(file);
    return buf_steal(&text);
}

static int count_rows(sqlite3 *db, const char *path)
{
    sqlite3_stmt *st = NULL;
    char *sql = statement_of(path);
    int rows = 0, code;
    if (!strchr(sql, '?'))
        fail_msg("%s asks no question", path);
    if (sqlite3_prepare_v2(db, sql, -1, &st, NULL) != SQLITE_OK)
        fail_msg("%s: %s", path, sqlite3_errmsg(db));
    assert_true(sqlite3_stmt_readonly(st));
    while ((code = sqlite3_step(st)) == SQLITE_ROW)
        rows++;
    if (code != SQLITE_DONE)
        fail_msg("%s: %s", path, sqlite3_errmsg(db));
    sqlite3_finalize(st);
    free(sql);
    return rows;
}

static void every_query_answers(void **state)
{
    struct fixture *f = *state;
    sqlite3 *db;
    glob_t files;
    fill(f);
    assert_int_equal(glob("sql/queries/*.sql", 0, NULL, &files), 0);
    assert_true(files.gl_pathc >= 9);
    assert_int_equal(sqlite3_open_v2(f->path, &db, SQLITE_OPEN_READONLY, NULL), SQLITE_OK);
    for (size_t i = 0; i < files.gl_pathc; i++)
        if (count_rows(db, files.gl_pathv[i]) < 1)
            fail_msg("%s finds nothing", files.gl_pathv[i]);
    sqlite3_close(db);
    globfree(&files);
}

static int64_t answer(struct fixture *f, const char *path, const char *column, const char *where)
{
    struct buf sql = BUF_INIT(0);
    char *inner = statement_of(path);
    *strrchr(inner, ';') = ' ';
    buf_printf(&sql, "SELECT %s FROM (%s) WHERE %s", column, inner, where);
    int64_t value = fixture_value(f, buf_cstr(&sql));
    free(inner);
    buf_free(&sql);
    return value;
}

static void the_answers_are_right(void **state)
{
    struct fixture *f = *state;
    fill(f);
    assert_int_equal(answer(f, "sql/queries/recent_jobs.sql", "count(*)", "1"), 9);
    assert_int_equal(
        answer(f, "sql/queries/failures_by_reason.sql", "jobs", "reason = 'forbidden_syscall'"), 2);
    assert_int_equal(answer(f, "sql/queries/failures_by_reason.sql", "count(*)", "1"), 4);
    assert_int_equal(answer(f, "sql/queries/slowest.sql", "total_ms", "verdict = 'time_limit'"),
                     10050);
    assert_int_equal(answer(f, "sql/queries/long_running_now.sql", "count(*)",
                            "user = 'bob' AND lease = 'held'"),
                     1);
    assert_int_equal(answer(f, "sql/queries/per_user_day.sql", "jobs", "user = 'ann'"), 8);
    assert_int_equal(answer(f, "sql/queries/violations_per_hour.sql", "sum(events)", "repeated"),
                     3);
    assert_int_equal(answer(f, "sql/queries/cache_hit_rate.sql", "10 * hit_percent", "1"), 286);
    assert_int_equal(answer(f, "sql/queries/success_rate.sql", "10 * succeeded_percent", "1"), 375);
    assert_int_equal(answer(f, "sql/queries/success_rate.sql", "our_fault_percent", "1"), 25);
    assert_int_equal(answer(f, "sql/queries/container_start_times.sql", "10 * start_median", "1"),
                     3);
}

#define T(test) cmocka_unit_test_setup_teardown(test, fixture_setup, fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {T(every_query_answers), T(the_answers_are_right)};
    return cmocka_run_group_tests(tests, NULL, NULL) != 0;
}
