/*
 * store_audit.c - the audit log: a chain of hashes (table audit, audit_retention).
 *
 * The hash of a row is BLAKE2b-256 (RFC 7693) over the hash of the row before it (32 zero bytes for
 * the first) and then, for each column of audit_columns.def in order, one byte for its type and its
 * value:
 *
 *     'n'                                 NULL
 *     'i' and 8 bytes, big-endian         an integer
 *     'r' and 8 bytes, big-endian         a real, as its IEEE 754 bits
 *     't' and 8 bytes length, the bytes   a text
 *
 * BLAKE2b because it takes a quarter of SHA-256's time here, and every request pays it.
 *
 * Rows are numbered without gaps. Retention takes the oldest rows and leaves the hash of the last
 * of them in audit_retention, where the chain then begins.
 */
#include "store_admin.h"
#include "store_priv.h"

#include <errno.h>
#include <sodium.h>

#define HASH_BYTES AUDIT_HASH_BYTES

_Static_assert(HASH_BYTES == crypto_generichash_BYTES, "a row's hash is BLAKE2b-256");

/* ---- the hash of a row ---------------------------------------------------------------------- */

static void hash_u64(crypto_generichash_state *h, char type, uint64_t v)
{
    unsigned char bytes[9] = {(unsigned char)type};
    for (int i = 0; i < 8; i++)
        bytes[1 + i] = (unsigned char)(v >> (56 - 8 * i));
    crypto_generichash_update(h, bytes, sizeof bytes);
}

static void hash_cell(crypto_generichash_state *h, const struct cell *c)
{
    uint64_t bits;
    switch (c->type) {
    case CELL_INT:
        hash_u64(h, 'i', (uint64_t)c->i);
        break;
    case CELL_REAL:
        memcpy(&bits, &c->d, sizeof bits);
        hash_u64(h, 'r', bits);
        break;
    case CELL_TEXT:
    case CELL_BLOB:
        hash_u64(h, 't', c->s.n);
        crypto_generichash_update(h, (const unsigned char *)c->s.s, c->s.n);
        break;
    case CELL_NULL:
    default:
        crypto_generichash_update(h, (const unsigned char *)"n", 1);
    }
}

void audit_hash_row(const unsigned char before[HASH_BYTES], const struct cell *row,
                    unsigned char ret[HASH_BYTES])
{
    crypto_generichash_state h;
    crypto_generichash_init(&h, NULL, 0, HASH_BYTES);
    crypto_generichash_update(&h, before, HASH_BYTES);
    for (size_t i = 0; i < AUDIT_COLUMNS; i++)
        hash_cell(&h, &row[i]);
    crypto_generichash_final(&h, ret, HASH_BYTES);
}

/* ---- appending ------------------------------------------------------------------------------ */

#define NAME(name) ", " #name
#define PARAMETER(name) ", ?"
static const char insert_sql[] = "INSERT INTO audit (hash"
#define AUDIT_INT NAME
#define AUDIT_REAL NAME
#define AUDIT_TEXT NAME
#include "audit_columns.def"
#undef AUDIT_INT
#undef AUDIT_REAL
#undef AUDIT_TEXT
                                 ") VALUES (?"
#define AUDIT_INT PARAMETER
#define AUDIT_REAL PARAMETER
#define AUDIT_TEXT PARAMETER
#include "audit_columns.def"
#undef AUDIT_INT
#undef AUDIT_REAL
#undef AUDIT_TEXT
                                 ")";

static const char head_sql[] =
    "SELECT seq, hash FROM (SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1) "
    "UNION ALL SELECT upto_seq, upto_hash FROM audit_retention ORDER BY 1 DESC LIMIT 1";

/* The last row's number and hash; 0 and zeros when there has never been one. */
int audit_head(struct db *db, int64_t *ret_seq, unsigned char ret_hash[HASH_BYTES], struct err *err)
{
    cleanup_reset sqlite3_stmt *st = NULL;
    int code = db_query(db, head_sql, NO_CELLS, &st, err);
    if (code < 0)
        return code;
    *ret_seq = code ? db_int(st, 0) : 0;
    memset(ret_hash, 0, HASH_BYTES);
    struct str hash = code ? db_text(st, 1) : (struct str){0};
    if (hash.n == HASH_BYTES)
        memcpy(ret_hash, hash.s, HASH_BYTES);
    return 0;
}

static int know_head(struct store *s, struct db *db, struct err *err)
{
    if (s->head_known)
        return 0;
    int code = audit_head(db, &s->head_seq, s->head_hash, err);
    if (!code)
        s->head_known = true;
    return code;
}

int audit_append(struct store *s, struct db *db, struct cell row[AUDIT_COLUMNS], struct err *err)
{
    int code = know_head(s, db, err);
    if (code)
        return code;
    struct cell all[1 + AUDIT_COLUMNS];
    unsigned char hash[HASH_BYTES];
    row[AUDIT_seq] = cell_int(s->head_seq + 1);
    row[AUDIT_at] = cell_int(store_now(s));
    audit_hash_row(s->head_hash, row, hash);
    all[0] = cell_blob(hash, sizeof hash);
    memcpy(all + 1, row, AUDIT_COLUMNS * sizeof *row);
    code = db_exec(db, insert_sql, all, 1 + AUDIT_COLUMNS, err);
    if (code < 0)
        return err_wrap(err, code, "audit");
    s->head_seq++;
    memcpy(s->head_hash, hash, HASH_BYTES);
    return 0;
}

int audit_note(struct store *s, struct db *db, const char *actor, const char *action,
               const char *detail, struct err *err)
{
    struct cell row[AUDIT_COLUMNS] = {0};
    row[AUDIT_kind] = cell_cstr("admin");
    row[AUDIT_action] = cell_cstr(action);
    row[AUDIT_user] = cell_cstr(actor);
    row[AUDIT_detail] = cell_cstr(detail);
    return audit_append(s, db, row, err);
}

struct act {
    const char *actor, *action, *detail;
};

static int admin_apply(struct store *s, struct db *db, void *arg, struct err *err)
{
    const struct act *a = arg;
    return audit_note(s, db, a->actor, a->action, a->detail, err);
}

int store_audit_admin(struct store *s, const char *actor, const char *action, const char *detail,
                      struct err *err)
{
    struct act a = {actor, action, detail};
    return store_write(s, admin_apply, &a, err);
}

/* ---- retention ------------------------------------------------------------------------------ */

struct cut {
    int64_t upto; /* the last row to go */
    unsigned char hash[HASH_BYTES];
};

/* 1 and the last of the at_most oldest rows that is older than this; 0: there is none. */
static int find_cut(struct db *db, int64_t older_than, int64_t at_most, struct cut *ret,
                    struct err *err)
{
    cleanup_reset sqlite3_stmt *st = NULL;
    int code = db_query(db,
                        "SELECT seq, hash FROM (SELECT seq, hash, at FROM audit ORDER BY seq "
                        "LIMIT ?2) WHERE at < ?1 ORDER BY seq DESC LIMIT 1",
                        CELLS(cell_int(older_than), cell_int(at_most)), &st, err);
    if (code <= 0)
        return code;
    struct str hash = db_text(st, 1);
    if (hash.n != HASH_BYTES)
        return err_set(err, -EIO, "audit row %lld has no hash", (long long)db_int(st, 0));
    ret->upto = db_int(st, 0);
    memcpy(ret->hash, hash.s, HASH_BYTES);
    return 1;
}

static int record_cut(struct store *s, struct db *db, const struct cut *cut, int64_t rows,
                      struct err *err)
{
    char hex[2 * HASH_BYTES + 1];
    cleanup_buf struct buf detail = BUF_INIT(0);
    sodium_bin2hex(hex, sizeof hex, cut->hash, HASH_BYTES);
    buf_printf(&detail, "{\"rows\":%lld,\"upto_seq\":%lld,\"upto_hash\":\"%s\"}", (long long)rows,
               (long long)cut->upto, hex);
    struct cell row[AUDIT_COLUMNS] = {0};
    row[AUDIT_kind] = cell_cstr("retention");
    row[AUDIT_action] = cell_cstr("audit.retire");
    row[AUDIT_detail] = cell_text(buf_view(&detail));
    return audit_append(s, db, row, err);
}

int audit_retire(struct store *s, struct db *db, int64_t older_than, int64_t at_most,
                 int64_t *ret_rows, struct err *err)
{
    struct cut cut = {0};
    int code = find_cut(db, older_than, at_most, &cut, err);
    if (code <= 0)
        return code;
    code = know_head(s, db, err); /* before the rows go: the last one may be among them */
    if (!code)
        code = db_exec(
            db, "INSERT INTO audit_retention (at, upto_seq, upto_hash) VALUES (?1, ?2, ?3)",
            CELLS(cell_int(store_now(s)), cell_int(cut.upto), cell_blob(cut.hash, HASH_BYTES)),
            err);
    if (code >= 0)
        code = db_exec(db, "DELETE FROM audit WHERE seq <= ?1", CELLS(cell_int(cut.upto)), err);
    if (code < 0)
        return code;
    int64_t rows = code;
    code = record_cut(s, db, &cut, rows, err);
    if (!code)
        *ret_rows = rows;
    return code;
}
