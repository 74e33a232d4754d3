/*
 * db.h - one SQLite connection: statements by their text, values as cells, errors as errnos.
 *
 * A connection is used by one thread at a time. Statements are prepared once and kept; they are
 * known by the address of their text, which must be static.
 */
#ifndef GB_SQL_DB_H
#define GB_SQL_DB_H

#include "../core/base/arena.h"
#include "../core/base/buf.h"
#include "../core/base/err.h"

#include <sqlite3.h>

#define DB_STATEMENTS_MAX 128 /* a power of two; more than there are statements */

struct db {
    sqlite3 *handle;
    int busy_timeout_ms;
    int64_t busy_since_us; /* of the wait that goes on */
    struct {
        const char *sql;
        sqlite3_stmt *stmt;
    } statements[DB_STATEMENTS_MAX];
};

struct db_options {
    const char *path;
    int busy_timeout_ms;
    int64_t max_pages; /* 0: no limit */
    bool read_only, sync_full;
};

/* 0, -EAGAIN, -ENOSPC, -EIO, -ENOMEM. Touches the file, so that it and its -wal and -shm are open.
 */
int db_open(struct db *db, const struct db_options *options, struct err *err);
void db_close(struct db *db);

/* What SQLite's last failure on this connection means: -EAGAIN, -ENOSPC, -ENOMEM or -EIO. */
int db_error(struct db *db, struct err *err);

/* ---- values --------------------------------------------------------------------------------- */

struct cell {
    enum cell_type {
        CELL_NULL,
        CELL_INT,
        CELL_REAL,
        CELL_TEXT,
        CELL_BLOB,
    } type;
    union {
        int64_t i;
        double d;
        struct str s;
    };
};

static inline struct cell cell_int(int64_t i)
{
    return (struct cell){.type = CELL_INT, .i = i};
}
/* NULL in place of `nothing`. */
static inline struct cell cell_int_or_null(int64_t i, int64_t nothing)
{
    return i == nothing ? (struct cell){.type = CELL_NULL} : cell_int(i);
}
struct cell cell_real(double d); /* NULL when not finite: SQLite has no NaN */
static inline struct cell cell_text(struct str s)
{
    return (struct cell){.type = s.n ? CELL_TEXT : CELL_NULL, .s = s};
}
static inline struct cell cell_cstr(const char *s)
{
    return cell_text(str_c(s));
}
static inline struct cell cell_blob(const void *p, size_t n)
{
    return (struct cell){.type = CELL_BLOB, .s = {p, n}};
}

/* ---- statements ----------------------------------------------------------------------------- */

/* Binds cells to ?1, ?2, ... and takes the first step. 1: *ret stands on a row; 0: done, without a
 * row; or an error. The text of cells is borrowed until the statement is reset: keep *ret in a
 * `cleanup_reset` variable. */
int db_query(struct db *db, const char *sql, const struct cell *in, size_t n, sqlite3_stmt **ret,
             struct err *err);
/* The next row: 1, 0 or an error. */
int db_next(struct db *db, sqlite3_stmt *st, struct err *err);
/* Runs a statement without rows. Returns the number of rows changed, or an error. */
int db_exec(struct db *db, const char *sql, const struct cell *in, size_t n, struct err *err);

/* db_exec(db, SQL, CELLS(cell_int(1), cell_text(name)), err) */
#define CELLS(...)                                                                                 \
    (const struct cell[]){__VA_ARGS__},                                                            \
        sizeof((const struct cell[]){__VA_ARGS__}) / sizeof(struct cell)
#define NO_CELLS NULL, 0

static inline void cleanup_reset_impl(sqlite3_stmt **st)
{
    sqlite3_reset(*st); /* accepts NULL */
}
#define cleanup_reset __attribute__((cleanup(cleanup_reset_impl)))

/* Column `at` of the current row. Text is the statement's until it steps; NULL reads as 0 or "". */
int64_t db_int(sqlite3_stmt *st, int at);
int64_t db_int_or(sqlite3_stmt *st, int at, int64_t when_null);
double db_real(sqlite3_stmt *st, int at);
struct str db_text(sqlite3_stmt *st, int at);
/* A copy in the arena; empty when NULL or without memory. */
struct str db_text_copy(sqlite3_stmt *st, int at, struct arena *arena);
/* A copy in an array, cut to fit. */
void db_text_into(sqlite3_stmt *st, int at, char *out, size_t size);
#define DB_TEXT_INTO(st, at, array) db_text_into((st), (at), (array), sizeof(array))

#endif
