/* store_audit_read.c - the audit log proved and read; store_audit.c says how its rows are hashed.
 */
#include "store_admin.h"
#include "store_priv.h"

#include <errno.h>
#include <sodium.h>

#define HASH_BYTES AUDIT_HASH_BYTES
#define NAME(name) ", " #name

/* ---- verifying ------------------------------------------------------------------------------ */

static const char chain_sql[] = "SELECT hash"
#define AUDIT_INT NAME
#define AUDIT_REAL NAME
#define AUDIT_TEXT NAME
#include "audit_columns.def"
#undef AUDIT_INT
#undef AUDIT_REAL
#undef AUDIT_TEXT
                                " FROM audit WHERE seq >= ?1 ORDER BY seq";

static struct cell column(sqlite3_stmt *st, int at)
{
    switch (sqlite3_column_type(st, at)) {
    case SQLITE_INTEGER:
        return cell_int(db_int(st, at));
    case SQLITE_FLOAT:
        return cell_real(db_real(st, at));
    case SQLITE_TEXT:
    case SQLITE_BLOB:
        return (struct cell){.type = CELL_TEXT, .s = db_text(st, at)};
    default:
        return (struct cell){.type = CELL_NULL};
    }
}

/* Where the chain begins: after what retention took, or at the first row ever. */
static int read_start(struct db *db, struct audit_verdict *v, unsigned char hash[HASH_BYTES],
                      struct err *err)
{
    cleanup_reset sqlite3_stmt *st = NULL;
    int code = db_query(db,
                        "SELECT upto_seq, upto_hash FROM audit_retention "
                        "ORDER BY upto_seq DESC LIMIT 1",
                        NO_CELLS, &st, err);
    if (code <= 0)
        return code;
    v->first = db_int(st, 0) + 1;
    struct str upto = db_text(st, 1);
    if (upto.n == HASH_BYTES)
        memcpy(hash, upto.s, HASH_BYTES);
    return 0;
}

/* False: the row does not follow from the one before. */
static bool follows(sqlite3_stmt *st, int64_t seq, unsigned char hash[HASH_BYTES],
                    struct audit_verdict *v)
{
    struct cell row[AUDIT_COLUMNS];
    for (int i = 0; i < AUDIT_COLUMNS; i++)
        row[i] = column(st, i + 1);
    if (row[AUDIT_seq].i != seq) {
        v->bad = seq;
        v->problem = "a row is missing";
        return false;
    }
    audit_hash_row(hash, row, hash);
    struct str stored = db_text(st, 0);
    if (stored.n != HASH_BYTES || sodium_memcmp(stored.s, hash, HASH_BYTES) != 0) {
        v->bad = seq;
        v->problem = "a row, or the one before it, was changed";
        return false;
    }
    return true;
}

static int verify_chain(struct db *db, struct audit_verdict *v, struct err *err)
{
    unsigned char hash[HASH_BYTES] = {0};
    v->first = 1;
    int code = read_start(db, v, hash, err);
    if (code)
        return code;
    cleanup_reset sqlite3_stmt *st = NULL;
    /* From 0: a row before the start is one that retention should have taken. */
    code = db_query(db, chain_sql, CELLS(cell_int(INT64_MIN)), &st, err);
    int64_t seq = v->first;
    for (; code > 0; code = db_next(db, st, err), seq++) {
        if (!follows(st, seq, hash, v))
            return 0;
        v->rows++;
    }
    v->last = seq - 1;
    memcpy(v->head, hash, HASH_BYTES);
    return code;
}

/* What the chain cannot show: a tail cut off, an end that was never written down. */
static const struct {
    const char *sql, *problem;
} cross_checks[] = {
    {"SELECT id FROM job WHERE state NOT IN ('queued', 'running') AND NOT EXISTS "
     "(SELECT 1 FROM audit WHERE audit.job_id = job.id) AND job.finished_at > "
     "coalesce((SELECT at FROM audit ORDER BY seq LIMIT 1), 0) LIMIT 1",
     "a job ended without an audit row"},
    {"SELECT id FROM audit_retention r WHERE NOT EXISTS (SELECT 1 FROM audit a "
     "WHERE a.kind = 'retention' AND a.seq > r.upto_seq "
     "AND instr(a.detail, '\"upto_hash\":\"' || lower(hex(r.upto_hash)) || '\"') > 0) "
     "AND r.id = (SELECT max(id) FROM audit_retention) LIMIT 1",
     "rows were taken away without a record of it"},
};

static int cross_check(struct db *db, struct audit_verdict *v, struct err *err)
{
    for (size_t i = 0; i < sizeof cross_checks / sizeof cross_checks[0]; i++) {
        cleanup_reset sqlite3_stmt *st = NULL;
        int code = db_query(db, cross_checks[i].sql, NO_CELLS, &st, err);
        if (code < 0)
            return code;
        if (code) {
            v->problem = cross_checks[i].problem;
            DB_TEXT_INTO(st, 0, v->what);
            return 0;
        }
    }
    return 0;
}

static int verify_snapshot(struct db *db, struct audit_verdict *v, struct err *err)
{
    int code = verify_chain(db, v, err);
    return code || v->problem ? code : cross_check(db, v, err);
}

int store_audit_verify(struct store *s, struct audit_verdict *ret, struct err *err)
{
    struct audit_verdict v = {0};
    struct db *db = store_reader(s);
    int code = db_exec(db, "BEGIN", NO_CELLS, err); /* one snapshot for all checks */
    if (code >= 0) {
        code = verify_snapshot(db, &v, err);
        db_exec(db, "COMMIT", NO_CELLS, NULL);
    }
    store_reader_done(s, db);
    if (code < 0)
        return code;
    *ret = v;
    return 0;
}

/* ---- reading -------------------------------------------------------------------------------- */

static const char *const column_names[] = {
#define COLUMN(name) #name,
#define AUDIT_INT COLUMN
#define AUDIT_REAL COLUMN
#define AUDIT_TEXT COLUMN
#include "audit_columns.def"
#undef AUDIT_INT
#undef AUDIT_REAL
#undef AUDIT_TEXT
};

static void put_cell(struct jsonw *w, const struct cell *c)
{
    switch (c->type) {
    case CELL_INT:
        jw_int(w, c->i);
        break;
    case CELL_REAL:
        jw_real(w, c->d);
        break;
    case CELL_TEXT:
    case CELL_BLOB:
        jw_str(w, c->s);
        break;
    case CELL_NULL:
    default:
        jw_null(w);
    }
}

static void put_row(sqlite3_stmt *st, struct buf *line)
{
    struct jsonw w = {.out = line};
    char hex[2 * HASH_BYTES + 1] = "";
    struct str hash = db_text(st, 0);
    buf_clear(line);
    jw_open(&w, '{');
    for (int i = 0; i < AUDIT_COLUMNS; i++) {
        struct cell c = column(st, i + 1);
        if (c.type == CELL_NULL)
            continue;
        jw_key(&w, column_names[i]);
        put_cell(&w, &c);
    }
    if (hash.n == HASH_BYTES)
        sodium_bin2hex(hex, sizeof hex, (const unsigned char *)hash.s, hash.n);
    jw_kcstr(&w, "hash", hex);
    jw_close(&w, '}');
}

int store_audit_each(struct store *s, int64_t from, audit_line take, void *data, struct err *err)
{
    cleanup_buf struct buf line = BUF_INIT(0);
    struct db *db = store_reader(s);
    sqlite3_stmt *st = NULL;
    int code = db_query(db, chain_sql, CELLS(cell_int(from)), &st, err);
    for (; code > 0; code = db_next(db, st, err)) {
        put_row(st, &line);
        if (line.error) {
            code = err_set(err, line.error, "no memory for an audit row");
            break;
        }
        take(data, db_int(st, 1), buf_view(&line));
    }
    sqlite3_reset(st);
    store_reader_done(s, db);
    return code;
}

int64_t store_audit_last(struct store *s)
{
    unsigned char hash[HASH_BYTES];
    int64_t seq = 0;
    struct db *db = store_reader(s);
    audit_head(db, &seq, hash, NULL);
    store_reader_done(s, db);
    return seq;
}
