/* db.c - see db.h. */
#include "db.h"

#include <errno.h>
#include <math.h>
#include <time.h>

#define CHECKPOINT_PAGES 4000 /* 16 MiB of log before its pages go back into the database */

/* ---- errors --------------------------------------------------------------------------------- */

static int errno_of(int sqlite_code, int system_errno)
{
    switch (sqlite_code & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return -EAGAIN;
    case SQLITE_FULL:
        return -ENOSPC;
    case SQLITE_NOMEM:
        return -ENOMEM;
    case SQLITE_IOERR:
        return system_errno == ENOSPC || system_errno == EDQUOT ? -ENOSPC : -EIO;
    default:
        return -EIO;
    }
}

int db_error(struct db *db, struct err *err)
{
    int code = sqlite3_extended_errcode(db->handle);
    return err_set(err, errno_of(code, sqlite3_system_errno(db->handle)), "%s (SQLite %d)",
                   sqlite3_errmsg(db->handle), code);
}

/* ---- open and close ------------------------------------------------------------------------- */

static int64_t monotonic_us(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

/* SQLite's own handler sleeps up to 100 ms between tries; transactions here take well under one, so
 * this one looks again soon: after 0.1 ms at first, 2 ms at most. */
static int on_busy(void *data, int tries)
{
    struct db *db = data;
    if (tries == 0)
        db->busy_since_us = monotonic_us();
    else if (monotonic_us() - db->busy_since_us > 1000LL * db->busy_timeout_ms)
        return 0;
    struct timespec nap = {.tv_nsec = tries < 20 ? 100000L * (tries + 1) : 2000000L};
    nanosleep(&nap, NULL);
    return 1;
}

static int pragma(struct db *db, const char *sql, struct err *err)
{
    return sqlite3_exec(db->handle, sql, NULL, NULL, NULL) ? db_error(db, err) : 0;
}

static int set_up(struct db *db, const struct db_options *o, struct err *err)
{
    char max_pages[64];
    sqlite3_snprintf(sizeof max_pages, max_pages, "PRAGMA max_page_count = %lld",
                     (long long)o->max_pages);
    int code = pragma(db, "PRAGMA temp_store = MEMORY; PRAGMA foreign_keys = ON", err);
    if (!code && !o->read_only)
        code = pragma(db, "PRAGMA journal_mode = WAL", err);
    if (!code)
        code = pragma(
            db, o->sync_full ? "PRAGMA synchronous = FULL" : "PRAGMA synchronous = NORMAL", err);
    if (!code && o->max_pages)
        code = pragma(db, max_pages, err);
    if (!code)
        code = pragma(db, "SELECT count(*) FROM sqlite_schema", err);
    sqlite3_wal_autocheckpoint(db->handle, CHECKPOINT_PAGES);
    return code;
}

int db_open(struct db *db, const struct db_options *o, struct err *err)
{
    *db = (struct db){.busy_timeout_ms = o->busy_timeout_ms};
    int flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE |
                (o->read_only ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE);
    int code = sqlite3_open_v2(o->path, &db->handle, flags, NULL);
    if (code)
        code = db->handle ? db_error(db, err) : err_set(err, -ENOMEM, "no memory for SQLite");
    if (!code) {
        sqlite3_busy_handler(db->handle, on_busy, db);
        code = set_up(db, o, err);
    }
    if (code) {
        err_wrap(err, code, "%s", o->path);
        db_close(db);
    }
    return code;
}

void db_close(struct db *db)
{
    for (size_t i = 0; i < DB_STATEMENTS_MAX; i++)
        sqlite3_finalize(db->statements[i].stmt);
    sqlite3_close_v2(db->handle);
    *db = (struct db){0};
}

/* ---- statements ----------------------------------------------------------------------------- */

struct cell cell_real(double d)
{
    return (struct cell){.type = isfinite(d) ? CELL_REAL : CELL_NULL, .d = d};
}

static int bind(sqlite3_stmt *st, int at, const struct cell *c)
{
    switch (c->type) {
    case CELL_INT:
        return sqlite3_bind_int64(st, at, c->i);
    case CELL_REAL:
        return sqlite3_bind_double(st, at, c->d);
    case CELL_TEXT:
        return sqlite3_bind_text64(st, at, c->s.s, c->s.n, SQLITE_STATIC, SQLITE_UTF8);
    case CELL_BLOB:
        return sqlite3_bind_blob64(st, at, c->s.n ? c->s.s : "", c->s.n, SQLITE_STATIC);
    case CELL_NULL:
    default:
        return sqlite3_bind_null(st, at);
    }
}

/* Open addressing by the text's address; there are fewer statements than slots. */
static sqlite3_stmt *prepared(struct db *db, const char *sql)
{
    size_t at = ((uintptr_t)sql >> 4) % DB_STATEMENTS_MAX;
    while (db->statements[at].sql && db->statements[at].sql != sql)
        at = (at + 1) % DB_STATEMENTS_MAX;
    if (!db->statements[at].sql) {
        sqlite3_stmt *st = NULL;
        if (sqlite3_prepare_v3(db->handle, sql, -1, SQLITE_PREPARE_PERSISTENT, &st, NULL))
            return NULL;
        db->statements[at].sql = sql;
        db->statements[at].stmt = st;
    }
    return db->statements[at].stmt;
}

int db_next(struct db *db, sqlite3_stmt *st, struct err *err)
{
    int code = sqlite3_step(st);
    if (code == SQLITE_ROW)
        return 1;
    return code == SQLITE_DONE ? 0 : db_error(db, err);
}

int db_query(struct db *db, const char *sql, const struct cell *in, size_t n, sqlite3_stmt **ret,
             struct err *err)
{
    sqlite3_stmt *st = prepared(db, sql);
    if (!st)
        return db_error(db, err);
    for (size_t i = 0; i < n; i++)
        if (bind(st, (int)i + 1, &in[i]))
            return db_error(db, err);
    *ret = st;
    return db_next(db, st, err);
}

int db_exec(struct db *db, const char *sql, const struct cell *in, size_t n, struct err *err)
{
    cleanup_reset sqlite3_stmt *st = NULL;
    int code = db_query(db, sql, in, n, &st, err);
    return code < 0 ? code : sqlite3_changes(db->handle);
}

/* ---- columns -------------------------------------------------------------------------------- */

int64_t db_int(sqlite3_stmt *st, int at)
{
    return sqlite3_column_int64(st, at);
}

int64_t db_int_or(sqlite3_stmt *st, int at, int64_t when_null)
{
    return sqlite3_column_type(st, at) == SQLITE_NULL ? when_null : sqlite3_column_int64(st, at);
}

double db_real(sqlite3_stmt *st, int at)
{
    return sqlite3_column_double(st, at);
}

struct str db_text(sqlite3_stmt *st, int at)
{
    const void *p = sqlite3_column_blob(st, at);
    return (struct str){p, p ? (size_t)sqlite3_column_bytes(st, at) : 0};
}

struct str db_text_copy(sqlite3_stmt *st, int at, struct arena *arena)
{
    struct str copy = arena_str(arena, db_text(st, at));
    return copy.s ? copy : (struct str){0};
}

void db_text_into(sqlite3_stmt *st, int at, char *out, size_t size)
{
    struct str v = db_text(st, at);
    size_t n = v.n < size ? v.n : size - 1;
    memcpy(out, v.n ? v.s : "", n);
    out[n] = '\0';
}
