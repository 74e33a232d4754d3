/* store_print.c - a query's rows for people and scripts: see store_admin.h. */
#include "store_admin.h"
#include "store_priv.h"

#include <errno.h>

#define COLUMNS_MAX 40
#define WIDTH_MAX 60

struct table {
    sqlite3_stmt *st;
    int columns;
    int width[COLUMNS_MAX];
    bool number[COLUMNS_MAX]; /* right-aligned */
};

/* Characters, not bytes: continuation bytes take no place. */
static int width_of(struct str v)
{
    int n = 0;
    for (size_t i = 0; i < v.n; i++)
        n += ((unsigned char)v.s[i] & 0xC0) != 0x80;
    return n;
}

/* ---- text ----------------------------------------------------------------------------------- */

static int measure(struct db *db, struct table *t, struct err *err)
{
    int code;
    for (int i = 0; i < t->columns; i++)
        t->width[i] = width_of(str_c(sqlite3_column_name(t->st, i)));
    while ((code = db_next(db, t->st, err)) > 0)
        for (int i = 0; i < t->columns; i++) {
            int width = width_of(db_text(t->st, i));
            t->width[i] = width > t->width[i] ? width : t->width[i];
            int type = sqlite3_column_type(t->st, i);
            t->number[i] = t->number[i] || type == SQLITE_INTEGER || type == SQLITE_FLOAT;
        }
    for (int i = 0; i < t->columns; i++)
        t->width[i] = t->width[i] > WIDTH_MAX ? WIDTH_MAX : t->width[i];
    sqlite3_reset(t->st);
    return code;
}

static void pad(struct buf *out, int n)
{
    for (; n > 0; n--)
        buf_putc(out, ' ');
}

/* Control characters would move the reader's cursor. */
static void put_clean(struct buf *out, struct str v)
{
    for (size_t i = 0; i < v.n; i++)
        buf_putc(out, (unsigned char)v.s[i] < ' ' || v.s[i] == 0x7F ? ' ' : v.s[i]);
}

static void put_cell(struct buf *out, const struct table *t, int at, struct str v)
{
    bool last = at == t->columns - 1;
    int room = t->width[at] - width_of(v);
    if (t->number[at])
        pad(out, room);
    put_clean(out, v);
    if (!t->number[at] && !last)
        pad(out, room);
    buf_puts(out, last ? "\n" : "  ");
}

static int print_text(struct db *db, struct table *t, struct buf *out, struct err *err)
{
    int code = measure(db, t, err);
    if (code)
        return code;
    for (int i = 0; i < t->columns; i++)
        put_cell(out, t, i, str_c(sqlite3_column_name(t->st, i)));
    while ((code = db_next(db, t->st, err)) > 0)
        for (int i = 0; i < t->columns; i++)
            put_cell(out, t, i, db_text(t->st, i));
    return code;
}

/* ---- JSON ----------------------------------------------------------------------------------- */

static void put_json(struct jsonw *w, sqlite3_stmt *st, int at)
{
    switch (sqlite3_column_type(st, at)) {
    case SQLITE_INTEGER:
        jw_int(w, db_int(st, at));
        break;
    case SQLITE_FLOAT:
        jw_real(w, db_real(st, at));
        break;
    case SQLITE_NULL:
        jw_null(w);
        break;
    default:
        jw_str(w, db_text(st, at));
    }
}

static int print_json(struct db *db, struct table *t, struct buf *out, struct err *err)
{
    struct jsonw w = {.out = out};
    int code;
    jw_open(&w, '[');
    while ((code = db_next(db, t->st, err)) > 0) {
        jw_open(&w, '{');
        for (int i = 0; i < t->columns; i++) {
            jw_key(&w, sqlite3_column_name(t->st, i));
            put_json(&w, t->st, i);
        }
        jw_close(&w, '}');
    }
    jw_close(&w, ']');
    buf_putc(out, '\n');
    return code;
}

static int print(struct db *db, struct table *t, const char *arg, bool json, struct buf *out,
                 struct err *err)
{
    t->columns = sqlite3_column_count(t->st);
    if (!sqlite3_stmt_readonly(t->st) || t->columns < 1 || t->columns > COLUMNS_MAX)
        return err_set(err, -EINVAL, "not a query");
    if (arg && sqlite3_bind_text(t->st, 1, arg, -1, SQLITE_STATIC))
        return db_error(db, err);
    int code = json ? print_json(db, t, out, err) : print_text(db, t, out, err);
    return code ? code : out->error;
}

int store_print(struct store *s, const char *sql, const char *arg, bool json, struct buf *out,
                struct err *err)
{
    struct db *db = store_reader(s);
    struct table t = {0};
    int code = sqlite3_prepare_v2(db->handle, sql, -1, &t.st, NULL) ? db_error(db, err) : 0;
    if (!code)
        code = print(db, &t, arg, json, out, err);
    sqlite3_finalize(t.st);
    store_reader_done(s, db);
    return code;
}
