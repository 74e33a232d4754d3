/* store_user.c - users, plans and their quotas' exceptions (tables user, plan): see store_admin.h.
 */
#include "store_admin.h"
#include "store_priv.h"

#include <errno.h>
#include <stdio.h>

struct change {
    const char *actor, *action;
    const char *name, *plan;
    const struct plan *figures;
    bool enabled;
    int64_t id;
};

/* Names go into headers, logs and JSON as they are. */
static bool is_name(const char *name)
{
    size_t n = strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._@-");
    return n >= 1 && n <= 64 && !name[n];
}

static int note(struct store *s, struct db *db, const struct change *c, struct err *err)
{
    cleanup_buf struct buf detail = BUF_INIT(0);
    struct jsonw w = {.out = &detail};
    jw_open(&w, '{');
    jw_kcstr(&w, "name", c->name);
    if (c->plan)
        jw_kcstr(&w, "plan", c->plan);
    if (c->figures) {
        jw_kint(&w, "jobs_per_minute", c->figures->jobs_per_minute);
        jw_kint(&w, "concurrent_jobs", c->figures->concurrent_jobs);
        jw_kint(&w, "cpu_seconds_per_day", c->figures->cpu_seconds_per_day);
        jw_kint(&w, "queued_jobs", c->figures->queued_jobs);
    }
    jw_close(&w, '}');
    return audit_note(s, db, c->actor, c->action, buf_cstr(&detail), err);
}

/* As db_exec(), but at least one row must have changed. */
static int change_one(struct db *db, const char *sql, const struct cell *in, size_t n,
                      const char *what, struct err *err)
{
    int code = db_exec(db, sql, in, n, err);
    if (code == 0)
        return err_set(err, -ENOENT, "no such %s", what);
    return code < 0 ? code : 0;
}

static int find_id(struct db *db, const char *sql, const char *what, const char *name,
                   int64_t *ret_id, struct err *err)
{
    cleanup_reset sqlite3_stmt *st = NULL;
    int code = db_query(db, sql, CELLS(cell_cstr(name)), &st, err);
    if (code < 0)
        return code;
    if (code == 0)
        return err_set(err, -ENOENT, "no %s \"%s\"", what, name);
    *ret_id = db_int(st, 0);
    return 0;
}

int user_find(struct db *db, const char *name, int64_t *ret_id, struct err *err)
{
    return find_id(db, "SELECT id FROM user WHERE name = ?1", "user", name, ret_id, err);
}

static int plan_find(struct db *db, const char *name, int64_t *ret_id, struct err *err)
{
    return find_id(db, "SELECT id FROM plan WHERE name = ?1", "plan", name, ret_id, err);
}

int store_user_find(struct store *s, const char *name, int64_t *ret_id, struct err *err)
{
    struct db *db = store_reader(s);
    int code = user_find(db, name, ret_id, err);
    store_reader_done(s, db);
    return code;
}

/* ---- plans ---------------------------------------------------------------------------------- */

static int plan_apply(struct store *s, struct db *db, void *arg, struct err *err)
{
    struct change *c = arg;
    const struct plan *p = c->figures;
    int64_t id;
    int code = plan_find(db, c->name, &id, NULL);
    if (code && code != -ENOENT)
        return err_set(err, code, "cannot read plans");
    if (code == -ENOENT && (p->jobs_per_minute < 0 || p->concurrent_jobs < 0 ||
                            p->cpu_seconds_per_day < 0 || p->queued_jobs < 0))
        return err_set(err, -EINVAL, "a new plan needs all four figures");
    code = db_exec(db,
                   "INSERT INTO plan (name, jobs_per_minute, concurrent_jobs, cpu_seconds_per_day, "
                   "queued_jobs) "
                   "VALUES (?1, max(?2, 0), max(?3, 0), max(?4, 0), max(?5, 0)) "
                   "ON CONFLICT (name) DO UPDATE SET "
                   "jobs_per_minute = iif(?2 < 0, jobs_per_minute, ?2), "
                   "concurrent_jobs = iif(?3 < 0, concurrent_jobs, ?3), "
                   "cpu_seconds_per_day = iif(?4 < 0, cpu_seconds_per_day, ?4), "
                   "queued_jobs = iif(?5 < 0, queued_jobs, ?5)",
                   CELLS(cell_cstr(c->name), cell_int(p->jobs_per_minute),
                         cell_int(p->concurrent_jobs), cell_int(p->cpu_seconds_per_day),
                         cell_int(p->queued_jobs)),
                   err);
    return code < 0 ? code : note(s, db, c, err);
}

int store_plan_set(struct store *s, const char *actor, const char *name, const struct plan *plan,
                   struct err *err)
{
    if (!is_name(name) || strlen(name) > 32)
        return err_set(err, -EINVAL, "a plan's name is 1 to 32 of A-Z a-z 0-9 . _ @ -");
    struct change c = {.actor = actor, .action = "plan.set", .name = name, .figures = plan};
    return store_write(s, plan_apply, &c, err);
}

/* ---- users ---------------------------------------------------------------------------------- */

static int add_apply(struct store *s, struct db *db, void *arg, struct err *err)
{
    struct change *c = arg;
    int64_t plan_id = 0;
    int code = user_find(db, c->name, &c->id, NULL);
    if (code == 0)
        return err_set(err, -EEXIST, "there is a user \"%s\" already", c->name);
    code = code == -ENOENT ? plan_find(db, c->plan, &plan_id, err) : code;
    if (!code)
        code = db_exec(db, "INSERT INTO user (name, plan_id, created_at) VALUES (?1, ?2, ?3)",
                       CELLS(cell_cstr(c->name), cell_int(plan_id), cell_int(store_now(s))), err);
    return code < 0 ? code : note(s, db, c, err);
}

int store_user_add(struct store *s, const char *actor, const char *name, const char *plan,
                   struct err *err)
{
    if (!is_name(name))
        return err_set(err, -EINVAL, "a user's name is 1 to 64 of A-Z a-z 0-9 . _ @ -");
    struct change c = {.actor = actor, .action = "user.add", .name = name, .plan = plan};
    return store_write(s, add_apply, &c, err);
}

static int user_plan_apply(struct store *s, struct db *db, void *arg, struct err *err)
{
    struct change *c = arg;
    int64_t plan_id = 0;
    int code = plan_find(db, c->plan, &plan_id, err);
    if (!code)
        code = change_one(db, "UPDATE user SET plan_id = ?2 WHERE name = ?1",
                          CELLS(cell_cstr(c->name), cell_int(plan_id)), "user", err);
    return code ? code : note(s, db, c, err);
}

int store_user_plan(struct store *s, const char *actor, const char *name, const char *plan,
                    struct err *err)
{
    struct change c = {.actor = actor, .action = "user.plan", .name = name, .plan = plan};
    return store_write(s, user_plan_apply, &c, err);
}

static int enable_apply(struct store *s, struct db *db, void *arg, struct err *err)
{
    struct change *c = arg;
    int code = change_one(
        db, "UPDATE user SET disabled_at = ?2 WHERE name = ?1",
        CELLS(cell_cstr(c->name), cell_int_or_null(c->enabled ? 0 : store_now(s), 0)), "user", err);
    return code ? code : note(s, db, c, err);
}

int store_user_enable(struct store *s, const char *actor, const char *name, bool enabled,
                      struct err *err)
{
    struct change c = {.actor = actor,
                       .action = enabled ? "user.enable" : "user.disable",
                       .name = name,
                       .enabled = enabled};
    return store_write(s, enable_apply, &c, err);
}

/* ---- exceptions ----------------------------------------------------------------------------- */

static int quota_apply(struct store *s, struct db *db, void *arg, struct err *err)
{
    struct change *c = arg;
    const struct plan *p = c->figures;
    int64_t user_id = 0;
    int code = user_find(db, c->name, &user_id, err);
    if (!code)
        code = change_one(
            db,
            "UPDATE quota SET "
            "jobs_per_minute = CASE ?2 WHEN -1 THEN jobs_per_minute WHEN -2 THEN NULL ELSE ?2 END, "
            "concurrent_jobs = CASE ?3 WHEN -1 THEN concurrent_jobs WHEN -2 THEN NULL ELSE ?3 END, "
            "cpu_seconds_per_day = CASE ?4 WHEN -1 THEN cpu_seconds_per_day WHEN -2 THEN NULL "
            "ELSE ?4 END, "
            "queued_jobs = CASE ?5 WHEN -1 THEN queued_jobs WHEN -2 THEN NULL ELSE ?5 END "
            "WHERE user_id = ?1",
            CELLS(cell_int(user_id), cell_int(p->jobs_per_minute), cell_int(p->concurrent_jobs),
                  cell_int(p->cpu_seconds_per_day), cell_int(p->queued_jobs)),
            "user", err);
    return code ? code : note(s, db, c, err);
}

int store_quota_set(struct store *s, const char *actor, const char *user, const struct plan *own,
                    struct err *err)
{
    struct change c = {.actor = actor, .action = "quota.set", .name = user, .figures = own};
    return store_write(s, quota_apply, &c, err);
}
