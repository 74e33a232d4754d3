/*
 * store_fixture.h - a store in a folder of its own, with a clock that the test turns.
 */
#ifndef GB_TESTS_STORE_FIXTURE_H
#define GB_TESTS_STORE_FIXTURE_H

#include "sql/store_admin.h"
#include "sql/store_jobs.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

struct fixture {
    char folder[64], path[96];
    int64_t now;
    struct store_options options;
    struct store *store;
    struct err err;
};

static int64_t fixture_now(void *clock)
{
    return __atomic_load_n((int64_t *)clock, __ATOMIC_RELAXED);
}

#define assert_ok(f, call)                                                                         \
    do {                                                                                           \
        int code_ = (call);                                                                        \
        if (code_)                                                                                 \
            fail_msg("%s gave %d: %s", #call, code_, (f)->err.message);                            \
    } while (0)

static inline void fixture_make(struct fixture *f)
{
    *f = (struct fixture){.folder = "/tmp/gb-store-XXXXXX", .now = 1790000000000};
    assert_non_null(mkdtemp(f->folder));
    snprintf(f->path, sizeof f->path, "%s/jobs.db", f->folder);
    f->options = (struct store_options){.path = f->path,
                                        .process = "test",
                                        .limits = {.running_jobs = 100, .queued_jobs = 100},
                                        .now_ms = fixture_now,
                                        .clock = &f->now};
    assert_ok(f, store_open(&f->options, &f->store, &f->err));
    assert_ok(f, store_user_add(f->store, "test", "ann", "standard", &f->err));
    assert_ok(f, store_user_add(f->store, "test", "bob", "free", &f->err));
}

static inline void fixture_remove(struct fixture *f)
{
    static const char *const suffixes[] = {"", "-wal", "-shm", "-alive"};
    char name[128];
    store_close(f->store);
    for (size_t i = 0; i < sizeof suffixes / sizeof suffixes[0]; i++) {
        snprintf(name, sizeof name, "%s%s", f->path, suffixes[i]);
        unlink(name);
    }
    rmdir(f->folder);
}

static inline int fixture_setup(void **state)
{
    struct fixture *f = malloc(sizeof *f);
    fixture_make(f);
    *state = f;
    return 0;
}

static inline int fixture_teardown(void **state)
{
    fixture_remove(*state);
    free(*state);
    return 0;
}

static inline int64_t fixture_user(struct fixture *f, const char *name)
{
    int64_t id = 0;
    assert_ok(f, store_user_find(f->store, name, &id, &f->err));
    return id;
}

static inline struct job_new fixture_job(struct fixture *f, const char *user)
{
    struct job_new j = {.user_id = fixture_user(f, user),
                        .kind = "compile",
                        .user = str_c(user),
                        .request_id = STR("req-1"),
                        .client_ip = STR("127.0.0.1"),
                        .code_hash = STR("c0de"),
                        .limits = STR("{\"run\":{\"wall_ms\":10000}}"),
                        .lease_ms = 30000};
    store_new_id(f->store, j.id);
    return j;
}

static inline struct job_outcome fixture_success(void)
{
    return (struct job_outcome){.state = JOB_succeeded,
                                .verdict = "ok",
                                .stage = "execution",
                                .cache = "miss",
                                .image = STR("graph-blocks-sandbox@sha256:1234"),
                                .container_id = STR("0123456789ab"),
                                .http_status = 200,
                                .queue_ms = 0.5,
                                .compile_ms = 48.25,
                                .run_ms = 1.5,
                                .total_ms = 51,
                                .cpu_ms = 42,
                                .max_rss_kb = 1500};
}

/* Runs SQL behind the store's back; returns SQLite's code. */
static inline int fixture_sql(const struct fixture *f, const char *sql)
{
    sqlite3 *db = NULL;
    int code = sqlite3_open(f->path, &db);
    if (code == SQLITE_OK)
        code = sqlite3_exec(db, sql, NULL, NULL, NULL);
    sqlite3_close(db);
    return code;
}

/* The first column of the first row; -1 when there is none. */
static inline int64_t fixture_value(const struct fixture *f, const char *sql)
{
    sqlite3 *db = NULL;
    sqlite3_stmt *st = NULL;
    int64_t value = -1;
    assert_int_equal(sqlite3_open(f->path, &db), SQLITE_OK);
    sqlite3_busy_timeout(db, 5000);
    assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &st, NULL), SQLITE_OK);
    if (sqlite3_step(st) == SQLITE_ROW)
        value = sqlite3_column_int64(st, 0);
    sqlite3_finalize(st);
    sqlite3_close(db);
    return value;
}

#endif
