/*
 * store_quota.c - who may run another job now (table quota, the counts of table job).
 *
 * One statement looks at every figure and decides; it runs inside the write transaction that then
 * writes the job, so no two processes can both take the last place. Running jobs are slots as long
 * as their lease holds. The minute begins with its first job and is over 60 s later.
 */
#include "store_priv.h"

#include <errno.h>

#define MINUTE_MS 60000
#define DAY_MS 86400000

/* ---- names ---------------------------------------------------------------------------------- */

static const struct {
    const char *name, *message;
} limits[] = {
#define QUOTA_LIMIT(name, message) {#name, message},
#include "quota_limits.def"
#undef QUOTA_LIMIT
};

const char *quota_limit_name(enum quota_limit l)
{
    return limits[l].name;
}

const char *quota_limit_message(enum quota_limit l)
{
    return limits[l].message;
}

/* ---- the decision --------------------------------------------------------------------------- */

/* ?1 user, ?2 now, ?3 enum admission, ?4 and ?5 the system's limits. Column 0 is enum quota_limit.
 * A clock that was set back begins a new minute too. */
static const char decide_sql[] =
    "SELECT CASE"
    " WHEN minute_jobs >= jobs_per_minute THEN 1"
    " WHEN ?3 <> 2 AND day_cpu_ms >= cpu_seconds_per_day * 1000.0 THEN 3"
    " WHEN ?3 = 0 AND running >= concurrent_jobs THEN 2"
    " WHEN ?3 = 0 AND system_running >= ?4 THEN 5"
    " WHEN ?3 = 1 AND queued >= queued_jobs THEN 4"
    " WHEN ?3 = 1 AND system_queued >= ?5 THEN 6"
    " ELSE 0 END,"
    " minute_jobs, jobs_per_minute, window_start,"
    " running, concurrent_jobs, day_cpu_ms, cpu_seconds_per_day, queued, queued_jobs,"
    " system_running, system_queued "
    "FROM (SELECT"
    " iif(abs(?2 - q.window_start) >= 60000, ?2, q.window_start) AS window_start,"
    " iif(abs(?2 - q.window_start) >= 60000, 0, q.window_jobs) AS minute_jobs,"
    " iif(q.day = ?2 / 86400000, q.day_cpu_ms, 0) AS day_cpu_ms,"
    " coalesce(q.jobs_per_minute, p.jobs_per_minute) AS jobs_per_minute,"
    " coalesce(q.concurrent_jobs, p.concurrent_jobs) AS concurrent_jobs,"
    " coalesce(q.cpu_seconds_per_day, p.cpu_seconds_per_day) AS cpu_seconds_per_day,"
    " coalesce(q.queued_jobs, p.queued_jobs) AS queued_jobs,"
    " (SELECT count(*) FROM job INDEXED BY job_running"
    "  WHERE user_id = ?1 AND state = 'running' AND lease_until > ?2) AS running,"
    " (SELECT count(*) FROM job INDEXED BY job_running"
    "  WHERE state = 'running' AND lease_until > ?2) AS system_running,"
    " iif(?3 = 2, 0, (SELECT count(*) FROM job INDEXED BY job_queued"
    "  WHERE user_id = ?1 AND state = 'queued')) AS queued,"
    " iif(?3 = 2, 0, (SELECT count(*) FROM job INDEXED BY job_queued"
    "  WHERE state = 'queued')) AS system_queued"
    " FROM quota q JOIN user u ON u.id = q.user_id JOIN plan p ON p.id = u.plan_id"
    " WHERE q.user_id = ?1)";

_Static_assert(QUOTA_jobs_per_minute == 1 && QUOTA_concurrent_jobs == 2 &&
                   QUOTA_cpu_seconds_per_day == 3 && QUOTA_queued_jobs == 4 &&
                   QUOTA_system_running == 5 && QUOTA_system_queue == 6,
               "decide_sql names them by number");
_Static_assert(ADMIT_RUN == 0 && ADMIT_QUEUE == 1 && ADMIT_RECORD == 2,
               "decide_sql names them by number");

static struct quota_figure figure(int64_t limit, int64_t used, int64_t reset_s)
{
    return (struct quota_figure){
        .limit = limit, .remaining = used < limit ? limit - used : 0, .reset_s = reset_s};
}

static void read_figures(struct store *s, sqlite3_stmt *st, int64_t now, struct quota_state *q)
{
    int64_t minute_left = (db_int(st, 3) + MINUTE_MS - now + 999) / 1000;
    int64_t day_left = (DAY_MS - now % DAY_MS + 999) / 1000;
    *q = (struct quota_state){.refused_by = (enum quota_limit)db_int(st, 0)};
    q->figure[QUOTA_jobs_per_minute] = figure(db_int(st, 2), db_int(st, 1), minute_left);
    q->figure[QUOTA_concurrent_jobs] = figure(db_int(st, 5), db_int(st, 4), 0);
    q->figure[QUOTA_cpu_seconds_per_day] =
        figure(db_int(st, 7), (db_int(st, 6) + 999) / 1000, day_left);
    q->figure[QUOTA_queued_jobs] = figure(db_int(st, 9), db_int(st, 8), 0);
    q->figure[QUOTA_system_running] = figure(s->limits.running_jobs, db_int(st, 10), 0);
    q->figure[QUOTA_system_queue] = figure(s->limits.queued_jobs, db_int(st, 11), 0);
    if (q->refused_by == QUOTA_none)
        return;
    int64_t reset = q->figure[q->refused_by].reset_s;
    q->retry_after_s = reset > 0 ? reset : 1;
}

static int decide(struct store *s, struct db *db, int64_t user_id, enum admission how, int64_t now,
                  struct quota_state *ret, struct err *err)
{
    cleanup_reset sqlite3_stmt *st = NULL;
    int code = db_query(db, decide_sql,
                        CELLS(cell_int(user_id), cell_int(now), cell_int(how),
                              cell_int(s->limits.running_jobs), cell_int(s->limits.queued_jobs)),
                        &st, err);
    if (code < 0)
        return code;
    if (code == 0)
        return err_set(err, -ENOENT, "no user %lld", (long long)user_id);
    read_figures(s, st, now, ret);
    return 0;
}

static int count_job(struct db *db, int64_t user_id, int64_t now, struct err *err)
{
    int code = db_exec(db,
                       "UPDATE quota SET "
                       "window_jobs = iif(abs(?2 - window_start) >= 60000, 1, window_jobs + 1), "
                       "window_start = iif(abs(?2 - window_start) >= 60000, ?2, window_start) "
                       "WHERE user_id = ?1",
                       CELLS(cell_int(user_id), cell_int(now)), err);
    return code < 0 ? code : 0;
}

static void take_one(struct quota_figure *f)
{
    if (f->remaining > 0)
        f->remaining--;
}

static bool is_about_slots(enum quota_limit l)
{
    return l == QUOTA_concurrent_jobs || l == QUOTA_system_running;
}

int quota_admit(struct store *s, struct db *db, int64_t user_id, enum admission how,
                struct quota_state *ret, struct err *err)
{
    struct quota_state q = {0};
    int64_t now = store_now(s);
    int code = decide(s, db, user_id, how, now, &q, err);
    if (!code && is_about_slots(q.refused_by)) {
        struct reap_counts reaped = {0};
        code = queue_reap(s, db, &reaped, err);
        if (!code && reaped.lost + reaped.requeued > 0)
            code = decide(s, db, user_id, how, now, &q, err);
    }
    if (code)
        return code;
    if (q.refused_by == QUOTA_none) {
        code = count_job(db, user_id, now, err);
        take_one(&q.figure[QUOTA_jobs_per_minute]);
        if (how == ADMIT_RUN)
            take_one(&q.figure[QUOTA_concurrent_jobs]);
        if (how == ADMIT_QUEUE)
            take_one(&q.figure[QUOTA_queued_jobs]);
    } else {
        code = err_set(err, -EDQUOT, "%s", quota_limit_message(q.refused_by));
    }
    if (ret)
        *ret = q;
    return code;
}

int quota_charge(struct store *s, struct db *db, int64_t user_id, double cpu_ms, struct err *err)
{
    if (!(cpu_ms > 0))
        return 0;
    int code =
        db_exec(db,
                "UPDATE quota SET day_cpu_ms = iif(day = ?2, day_cpu_ms + ?3, ?3), "
                "day = ?2 WHERE user_id = ?1",
                CELLS(cell_int(user_id), cell_int(store_now(s) / DAY_MS), cell_real(cpu_ms)), err);
    return code < 0 ? code : 0;
}

int store_quota(struct store *s, int64_t user_id, struct quota_state *ret, struct err *err)
{
    struct db *db = store_reader(s);
    struct quota_state q;
    int code = decide(s, db, user_id, ADMIT_RUN, store_now(s), &q, err);
    store_reader_done(s, db);
    if (code)
        return code;
    q.refused_by = QUOTA_none;
    q.retry_after_s = 0;
    *ret = q;
    return 0;
}
