/*
 * store_queue.c - asynchronous jobs between their owner and gb-jobd (table job).
 *
 * A lease is a running job with the holder's process and a time; while the process lives it renews
 * the time, and when either is gone the reaper puts the job back into the queue, up to three times.
 */
#include "store_priv.h"

#include <errno.h>
#include <stdio.h>

#define ATTEMPTS_MAX 3
#define REAP_MAX 1000 /* jobs in one transaction */

/* ---- lease ---------------------------------------------------------------------------------- */

struct lease {
    int64_t lease_ms;
    struct arena *arena;
    struct leased_job *ret;
};

/* The oldest job of the user with the fewest running ones, of users that may run one more. */
static const char next_sql[] =
    "SELECT j.id FROM job j INDEXED BY job_queued JOIN user_limits l ON l.user_id = j.user_id "
    "JOIN (SELECT u.user_id, (SELECT count(*) FROM job r INDEXED BY job_running "
    "      WHERE r.user_id = u.user_id AND r.state = 'running' AND r.lease_until > ?1) AS running "
    "      FROM (SELECT DISTINCT user_id FROM job INDEXED BY job_queued WHERE state = 'queued') u) "
    "b "
    "ON b.user_id = j.user_id "
    "WHERE j.state = 'queued' AND j.expires_at > ?1 AND b.running < l.concurrent_jobs "
    "AND (SELECT count(*) FROM job INDEXED BY job_running "
    "     WHERE state = 'running' AND lease_until > ?1) < ?2 "
    "ORDER BY b.running, j.id LIMIT 1";

static const char read_sql[] =
    "SELECT j.user_id, j.key_id, j.kind, u.name, j.request_id, j.client_ip, j.code_hash, j.limits, "
    "j.webhook_url, r.body, j.attempt FROM job j JOIN user u ON u.id = j.user_id "
    "JOIN job_request r ON r.job_id = j.id WHERE j.id = ?1";

static int pick(struct store *s, struct db *db, char ret_id[STORE_ID_MAX], struct err *err)
{
    cleanup_reset sqlite3_stmt *st = NULL;
    int code = db_query(db, next_sql,
                        CELLS(cell_int(store_now(s)), cell_int(s->limits.running_jobs)), &st, err);
    if (code > 0)
        db_text_into(st, 0, ret_id, STORE_ID_MAX);
    return code;
}

static int read_leased(struct db *db, const char *id, struct arena *arena, struct leased_job *ret,
                       struct err *err)
{
    cleanup_reset sqlite3_stmt *st = NULL;
    int code = db_query(db, read_sql, CELLS(cell_cstr(id)), &st, err);
    if (code <= 0)
        return code < 0 ? code : err_set(err, -EIO, "job %s has no request", id);
    struct job_new *j = &ret->job;
    *ret = (struct leased_job){.attempt = (int)db_int(st, 10)};
    memcpy(j->id, id, STORE_ID_MAX);
    j->user_id = db_int(st, 0);
    j->key_id = db_int(st, 1);
    j->kind = db_text_copy(st, 2, arena).s;
    j->user = db_text_copy(st, 3, arena);
    j->request_id = db_text_copy(st, 4, arena);
    j->client_ip = db_text_copy(st, 5, arena);
    j->code_hash = db_text_copy(st, 6, arena);
    j->limits = db_text_copy(st, 7, arena);
    j->webhook_url = db_text_copy(st, 8, arena);
    j->request = db_text_copy(st, 9, arena);
    if (!j->kind || j->request.n != db_text(st, 9).n)
        return err_set(err, -ENOMEM, "no memory for job %s", id);
    return 0;
}

static int lease_apply(struct store *s, struct db *db, void *arg, struct err *err)
{
    const struct lease *l = arg;
    char id[STORE_ID_MAX];
    int code = pick(s, db, id, err);
    if (code == 0)
        return err_set(err, -ENOENT, "no job waits that may run");
    if (code > 0)
        code = read_leased(db, id, l->arena, l->ret, err);
    if (code)
        return code;
    int64_t now = store_now(s);
    l->ret->job.lease_ms = l->lease_ms;
    code = db_exec(
        db,
        "UPDATE job SET state = 'running', started_at = ?2, lease_until = ?3, "
        "process_id = ?4 WHERE id = ?1",
        CELLS(cell_cstr(id), cell_int(now), cell_int(now + l->lease_ms), cell_int(s->process_id)),
        err);
    return code < 0 ? code : 0;
}

int store_lease(struct store *s, int64_t lease_ms, struct arena *arena, struct leased_job *ret,
                struct err *err)
{
    struct leased_job job;
    struct lease l = {lease_ms, arena, &job};
    int code = store_write(s, lease_apply, &l, err);
    if (!code)
        *ret = job;
    return code;
}

/* ---- heartbeat, cancel ---------------------------------------------------------------------- */

struct touch {
    struct str id;
    int64_t number; /* lease_ms, or the user's id */
};

static int heartbeat_apply(struct store *s, struct db *db, void *arg, struct err *err)
{
    const struct touch *t = arg;
    cleanup_reset sqlite3_stmt *st = NULL;
    int code = db_query(
        db,
        "UPDATE job SET lease_until = ?3 WHERE id = ?1 AND state = 'running' "
        "AND process_id = ?2 RETURNING cancel_wanted",
        CELLS(cell_text(t->id), cell_int(s->process_id), cell_int(store_now(s) + t->number)), &st,
        err);
    if (code < 0)
        return code;
    if (code == 0)
        return err_set(err, -ENOENT, "the lease of job %.*s is lost", STR_ARG(t->id));
    bool cancel = db_int(st, 0) != 0;
    code = db_next(db, st, err);
    return code ? code : cancel; /* 1: an answer that has written */
}

int store_heartbeat(struct store *s, struct str id, int64_t lease_ms, struct err *err)
{
    struct touch t = {id, lease_ms};
    int code = store_write(s, heartbeat_apply, &t, err);
    return code > 0 ? err_set(err, -ECANCELED, "the owner of job %.*s wants it ended", STR_ARG(id))
                    : code;
}

/* Its state, or JOB_STATE_COUNT when the user has no such job. */
static int state_of(struct db *db, const struct touch *t, enum job_state *ret, struct err *err)
{
    cleanup_reset sqlite3_stmt *st = NULL;
    int code = db_query(db, "SELECT state FROM job WHERE id = ?1 AND (?2 = 0 OR user_id = ?2)",
                        CELLS(cell_text(t->id), cell_int(t->number)), &st, err);
    if (code < 0)
        return code;
    if (code == 0 || !job_state_parse(db_text(st, 0), ret))
        *ret = JOB_STATE_COUNT;
    return 0;
}

static int cancel_apply(struct store *s, struct db *db, void *arg, struct err *err)
{
    const struct touch *t = arg;
    enum job_state state;
    int code = state_of(db, t, &state, err);
    if (code)
        return code;
    if (state == JOB_STATE_COUNT)
        return err_set(err, -ENOENT, "no job %.*s", STR_ARG(t->id));
    if (state == JOB_queued)
        return job_end_orphan(s, db, t->id, JOB_cancelled, "cancelled", "cancelled by its owner",
                              err);
    if (state != JOB_running)
        return err_set(err, -EALREADY, "job %.*s is over: %s", STR_ARG(t->id),
                       job_state_name(state));
    code =
        db_exec(db, "UPDATE job SET cancel_wanted = 1 WHERE id = ?1", CELLS(cell_text(t->id)), err);
    return code;
}

int store_cancel(struct store *s, struct str id, int64_t user_id, struct err *err)
{
    struct touch t = {id, user_id};
    int code = store_write(s, cancel_apply, &t, err);
    return code > 0 ? err_set(err, -EINPROGRESS, "job %.*s runs; its holder ends it", STR_ARG(id))
                    : code;
}

bool store_cancel_wanted(struct store *s, struct str id)
{
    struct db *db = store_reader(s);
    sqlite3_stmt *st = NULL;
    int code = db_query(db, "SELECT 1 FROM job WHERE id = ?1 AND cancel_wanted",
                        CELLS(cell_text(id)), &st, NULL);
    sqlite3_reset(st);
    store_reader_done(s, db);
    return code > 0;
}

/* ---- reap ----------------------------------------------------------------------------------- */

struct found {
    char id[STORE_ID_MAX];
    int64_t attempt;
    bool asynchronous, cancel_wanted;
};

/* Up to one job that the statement finds; 1, 0 or an error. Taken one by one, so that no cursor
 * stands on rows that change. */
static int find(struct store *s, struct db *db, const char *sql, struct found *f, struct err *err)
{
    cleanup_reset sqlite3_stmt *st = NULL;
    int code = db_query(db, sql, CELLS(cell_int(store_now(s))), &st, err);
    if (code <= 0)
        return code;
    DB_TEXT_INTO(st, 0, f->id);
    f->attempt = db_int(st, 1);
    f->asynchronous = db_int(st, 2) != 0;
    f->cancel_wanted = db_int(st, 3) != 0;
    return 1;
}

static const char lost_sql[] =
    "SELECT id, attempt, asynchronous, cancel_wanted FROM job INDEXED BY job_running "
    "WHERE state = 'running' AND (lease_until <= ?1 OR process_id NOT IN (SELECT id FROM process)) "
    "LIMIT 1";
static const char expired_sql[] =
    "SELECT id, attempt, asynchronous, cancel_wanted FROM job INDEXED BY job_queued "
    "WHERE state = 'queued' AND expires_at <= ?1 LIMIT 1";

static int settle_lost(struct store *s, struct db *db, const struct found *f,
                       struct reap_counts *counts, struct err *err)
{
    struct str id = str_c(f->id);
    if (f->cancel_wanted)
        return job_end_orphan(s, db, id, JOB_cancelled, "cancelled", "cancelled by its owner", err);
    if (!f->asynchronous || f->attempt >= ATTEMPTS_MAX) {
        counts->lost++;
        return job_end_orphan(s, db, id, JOB_failed, "lost",
                              "the process that ran the job ended before it", err);
    }
    counts->requeued++;
    int code = db_exec(db,
                       "UPDATE job SET state = 'queued', attempt = attempt + 1, started_at = NULL, "
                       "process_id = NULL, lease_until = NULL WHERE id = ?1",
                       CELLS(cell_text(id)), err);
    return code < 0 ? code : 0;
}

int queue_reap(struct store *s, struct db *db, struct reap_counts *ret, struct err *err)
{
    struct found f;
    int code = process_bury(s, db, err);
    for (int i = 0; code >= 0 && i < REAP_MAX; i++) {
        code = find(s, db, lost_sql, &f, err);
        if (code <= 0)
            break;
        code = settle_lost(s, db, &f, ret, err);
    }
    for (int i = 0; code >= 0 && i < REAP_MAX; i++) {
        code = find(s, db, expired_sql, &f, err);
        if (code <= 0)
            break;
        ret->expired++;
        code = job_end_orphan(s, db, str_c(f.id), JOB_expired, "expired",
                              "the job waited too long in the queue", err);
    }
    return code < 0 ? code : 0;
}

static int reap_apply(struct store *s, struct db *db, void *arg, struct err *err)
{
    struct reap_counts *counts = arg;
    *counts = (struct reap_counts){0};
    return queue_reap(s, db, counts, err);
}

int store_reap(struct store *s, struct reap_counts *ret, struct err *err)
{
    struct reap_counts counts;
    int code = store_write(s, reap_apply, &counts, err);
    if (!code)
        *ret = counts;
    return code;
}
