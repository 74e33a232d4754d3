/*
 * store_retain.c - what is old or too much goes, a little at a time, and the audit says so.
 *
 * Each transaction removes at most STEP rows of one kind, so that no request waits long behind it.
 */
#include "store_priv.h"

#include <errno.h>
#include <stdio.h>

#define STEP 500

struct pass {
    const char *sql;    /* ?1: older than this, ?2: at most so many; or ?1: bytes too many */
    const char *action; /* NULL: not worth a record */
    int64_t argument;
    int64_t rows;
    int64_t bytes;
};

/* Old jobs go with all that hangs on them; those that are not over stay. */
static const char jobs_sql[] =
    "DELETE FROM job WHERE id IN (SELECT id FROM job WHERE finished_at < ?1 AND created_at < ?1 "
    "ORDER BY id LIMIT ?2)";
static const char artifacts_sql[] =
    "DELETE FROM artifact WHERE id IN (SELECT id FROM artifact WHERE created_at < ?1 "
    "ORDER BY id LIMIT ?2) RETURNING bytes";
/* The oldest, as long as what stands before them is less than what is too much. */
static const char surplus_sql[] =
    "DELETE FROM artifact WHERE id IN (SELECT id FROM (SELECT id, sum(bytes) OVER (ORDER BY id) - "
    "bytes AS before FROM (SELECT id, bytes FROM artifact ORDER BY id LIMIT ?2)) WHERE before < "
    "?1) "
    "RETURNING bytes";
static const char events_sql[] =
    "DELETE FROM security_event WHERE id IN (SELECT id FROM security_event WHERE at < ?1 "
    "ORDER BY id LIMIT ?2)";
static const char idempotency_sql[] =
    "DELETE FROM idempotency WHERE (user_id, key) IN (SELECT user_id, key FROM idempotency "
    "WHERE created_at < ?1 LIMIT ?2)";

static int remove_rows(struct db *db, struct pass *p, struct err *err)
{
    cleanup_reset sqlite3_stmt *st = NULL;
    int code = db_query(db, p->sql, CELLS(cell_int(p->argument), cell_int(STEP)), &st, err);
    if (code < 0)
        return code;
    for (; code > 0; code = db_next(db, st, err)) {
        p->rows++;
        p->bytes += db_int(st, 0);
    }
    if (code == 0 && p->rows == 0)
        p->rows = sqlite3_changes64(db->handle);
    return code;
}

static int pass_apply(struct store *s, struct db *db, void *arg, struct err *err)
{
    struct pass *p = arg;
    p->rows = p->bytes = 0;
    int code = remove_rows(db, p, err);
    if (code || !p->rows || !p->action)
        return code;
    char detail[96];
    snprintf(detail, sizeof detail, "{\"rows\":%lld,\"bytes\":%lld}", (long long)p->rows,
             (long long)p->bytes);
    struct cell row[AUDIT_COLUMNS] = {0};
    row[AUDIT_kind] = cell_cstr("retention");
    row[AUDIT_action] = cell_cstr(p->action);
    row[AUDIT_detail] = cell_cstr(detail);
    return audit_append(s, db, row, err);
}

/* Removes all that is older than age; 0 keeps for ever. */
static int by_age(struct store *s, const char *sql, const char *action, int64_t age,
                  int64_t *ret_rows, int64_t *ret_bytes, struct err *err)
{
    struct pass p = {.sql = sql, .action = action, .argument = store_now(s) - age};
    if (!age)
        return 0;
    do {
        int code = store_write(s, pass_apply, &p, err);
        if (code)
            return code;
        *ret_rows += p.rows;
        *ret_bytes += p.bytes;
    } while (p.rows >= STEP);
    return 0;
}

static int surplus(struct store *s, int64_t most, int64_t *ret_bytes, struct err *err)
{
    struct db *db = store_reader(s);
    sqlite3_stmt *st = NULL;
    int code = db_query(db, "SELECT coalesce(sum(bytes), 0) FROM artifact", NO_CELLS, &st, err);
    if (code > 0)
        *ret_bytes = db_int(st, 0) - most;
    sqlite3_reset(st);
    store_reader_done(s, db);
    return code < 0 ? code : 0;
}

static int by_size(struct store *s, int64_t most, struct retention_counts *c, struct err *err)
{
    int64_t too_much = 0;
    int code = most ? surplus(s, most, &too_much, err) : 0;
    while (!code && too_much > 0) {
        struct pass p = {.sql = surplus_sql, .action = "artifact.retire", .argument = too_much};
        code = store_write(s, pass_apply, &p, err);
        if (code || !p.rows)
            break;
        c->artifacts += p.rows;
        c->bytes += p.bytes;
        too_much -= p.bytes;
    }
    return code;
}

/* ---- the audit itself ----------------------------------------------------------------------- */

struct audit_pass {
    int64_t older_than, rows;
};

static int audit_apply(struct store *s, struct db *db, void *arg, struct err *err)
{
    struct audit_pass *p = arg;
    p->rows = 0;
    return audit_retire(s, db, p->older_than, STEP, &p->rows, err);
}

static int audit_by_age(struct store *s, int64_t age, int64_t *ret_rows, struct err *err)
{
    struct audit_pass p = {.older_than = store_now(s) - age};
    if (!age)
        return 0;
    do {
        int code = store_write(s, audit_apply, &p, err);
        if (code)
            return code;
        *ret_rows += p.rows;
    } while (p.rows >= STEP);
    return 0;
}

int store_retain(struct store *s, const struct retention *keep, struct retention_counts *ret,
                 struct err *err)
{
    struct retention_counts c = {0};
    int64_t keys = 0, none = 0;
    int code = by_age(s, idempotency_sql, NULL, keep->idempotency_ms, &keys, &none, err);
    if (!code)
        code = by_age(s, artifacts_sql, "artifact.retire", keep->artifact_ms, &c.artifacts,
                      &c.bytes, err);
    if (!code)
        code = by_size(s, keep->artifact_bytes, &c, err);
    if (!code)
        code = by_age(s, jobs_sql, "job.retire", keep->job_ms, &c.jobs, &none, err);
    if (!code)
        code = by_age(s, events_sql, "event.retire", keep->event_ms, &c.events, &none, err);
    if (!code)
        code = audit_by_age(s, keep->audit_ms, &c.audit, err);
    if (!code)
        *ret = c;
    return code;
}
