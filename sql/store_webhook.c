/* store_webhook.c - deliveries that are owed (table webhook_delivery): see store_jobs.h. */
#include "store_priv.h"

#include <errno.h>

int webhook_insert(struct store *s, struct db *db, struct str job_id, struct err *err)
{
    int code = db_exec(db,
                       "INSERT INTO webhook_delivery (job_id, user_id, url, next_at, created_at) "
                       "SELECT id, user_id, webhook_url, ?2, ?2 FROM job "
                       "WHERE id = ?1 AND webhook_url IS NOT NULL",
                       CELLS(cell_text(job_id), cell_int(store_now(s))), err);
    return code < 0 ? code : 0;
}

struct take {
    int64_t hold_ms;
    struct arena *arena;
    struct webhook_due *ret;
};

static int take_apply(struct store *s, struct db *db, void *arg, struct err *err)
{
    const struct take *t = arg;
    int64_t now = store_now(s);
    cleanup_reset sqlite3_stmt *st = NULL;
    int code = db_query(db,
                        "UPDATE webhook_delivery SET attempt = attempt + 1, next_at = ?1 + ?2 "
                        "WHERE id = (SELECT id FROM webhook_delivery INDEXED BY webhook_due "
                        "WHERE state = 'pending' AND next_at <= ?1 ORDER BY next_at LIMIT 1) "
                        "RETURNING id, job_id, url, user_id, attempt, "
                        "(SELECT name FROM user WHERE user.id = user_id)",
                        CELLS(cell_int(now), cell_int(t->hold_ms)), &st, err);
    if (code < 0)
        return code;
    if (code == 0)
        return err_set(err, -ENOENT, "no delivery is due");
    *t->ret = (struct webhook_due){.id = db_int(st, 0),
                                   .job_id = db_text_copy(st, 1, t->arena),
                                   .url = db_text_copy(st, 2, t->arena),
                                   .user_id = db_int(st, 3),
                                   .attempt = (int)db_int(st, 4),
                                   .user = db_text_copy(st, 5, t->arena)};
    return db_next(db, st, err);
}

int store_webhook_take(struct store *s, int64_t hold_ms, struct arena *arena,
                       struct webhook_due *ret, struct err *err)
{
    struct webhook_due due;
    struct take t = {hold_ms, arena, &due};
    int code = store_write(s, take_apply, &t, err);
    if (!code)
        *ret = due;
    return code;
}

struct delivery {
    int64_t id, retry_at;
    bool delivered;
    struct str reason;
};

static int done_apply(struct store *s, struct db *db, void *arg, struct err *err)
{
    const struct delivery *d = arg;
    bool over = d->delivered || !d->retry_at;
    int code = db_exec(
        db,
        "UPDATE webhook_delivery SET state = ?2, next_at = ?3, reason = ?4, finished_at = ?5 "
        "WHERE id = ?1",
        CELLS(cell_int(d->id),
              cell_cstr(d->delivered ? "delivered"
                        : over       ? "given_up"
                                     : "pending"),
              cell_int(d->retry_at), cell_text(d->reason),
              cell_int_or_null(over ? store_now(s) : 0, 0)),
        err);
    if (code == 0)
        return err_set(err, -ENOENT, "no delivery %lld", (long long)d->id);
    return code < 0 ? code : 0;
}

int store_webhook_done(struct store *s, int64_t id, bool delivered, int64_t retry_at,
                       struct str reason, struct err *err)
{
    struct delivery d = {id, retry_at, delivered, reason};
    return store_write(s, done_apply, &d, err);
}
