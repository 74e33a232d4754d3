/* users.c - gb-admin user, plan and quota. */
#include "admin.h"

#include <errno.h>
#include <stdio.h>

/* Takes the four figures of a plan. */
static int take_figures(struct args *args, struct plan *p, struct err *err)
{
    int code = arg_number(args, "--jobs-per-minute", -2, -1, &p->jobs_per_minute, err);
    if (!code)
        code = arg_number(args, "--concurrent", -2, -1, &p->concurrent_jobs, err);
    if (!code)
        code = arg_number(args, "--cpu-seconds", -2, -1, &p->cpu_seconds_per_day, err);
    if (!code)
        code = arg_number(args, "--queued", -2, -1, &p->queued_jobs, err);
    return code;
}

static int user_create(struct admin *a, struct args *args, struct err *err)
{
    const char *plan = arg_option(args, "--plan", "standard");
    bool lenient = arg_flag(args, "--if-missing");
    int code = arg_rest(args, 1, err);
    if (!code)
        code = store_user_add(a->store, a->actor, args->v[0], plan, err);
    return lenient && code == -EEXIST ? 0 : code;
}

static int user_list(struct admin *a, struct args *args, struct err *err)
{
    (void)args;
    return admin_print(
        a,
        "SELECT u.name, p.name AS plan, iif(u.disabled_at IS NULL, 'yes', 'no') AS enabled, "
        "strftime('%Y-%m-%d', u.created_at / 1000, 'unixepoch') AS since, "
        "(SELECT count(*) FROM api_key k WHERE k.user_id = u.id AND k.revoked_at IS NULL) AS keys, "
        "(SELECT count(*) FROM job j WHERE j.user_id = u.id) AS jobs "
        "FROM user u JOIN plan p ON p.id = u.plan_id ORDER BY u.name",
        NULL, err);
}

static int user_plan(struct admin *a, struct args *args, struct err *err)
{
    return store_user_plan(a->store, a->actor, args->v[0], args->v[1], err);
}

static int user_disable(struct admin *a, struct args *args, struct err *err)
{
    return store_user_enable(a->store, a->actor, args->v[0], false, err);
}

static int user_enable(struct admin *a, struct args *args, struct err *err)
{
    return store_user_enable(a->store, a->actor, args->v[0], true, err);
}

static int plan_list(struct admin *a, struct args *args, struct err *err)
{
    (void)args;
    return admin_print(a,
                       "SELECT name, jobs_per_minute, concurrent_jobs, cpu_seconds_per_day, "
                       "queued_jobs, (SELECT count(*) FROM user u WHERE u.plan_id = plan.id) AS "
                       "users FROM plan ORDER BY name",
                       NULL, err);
}

static int plan_set(struct admin *a, struct args *args, struct err *err)
{
    struct plan p;
    int code = take_figures(args, &p, err);
    if (!code)
        code = arg_rest(args, 1, err);
    return code ? code : store_plan_set(a->store, a->actor, args->v[0], &p, err);
}

static int quota_show(struct admin *a, struct args *args, struct err *err)
{
    int64_t id;
    int code = store_user_find(a->store, args->v[0], &id, err);
    if (code)
        return code;
    return admin_print(
        a,
        "SELECT l.*, iif(strftime('%s') * 1000 - q.window_start < 60000, q.window_jobs, 0) AS "
        "jobs_this_minute, (SELECT count(*) FROM job j WHERE j.user_id = l.user_id AND "
        "j.state = 'running') AS running, iif(q.day = strftime('%s') / 86400, "
        "round(q.day_cpu_ms / 1000, 1), 0) AS cpu_seconds_today, (SELECT count(*) FROM job j "
        "WHERE j.user_id = l.user_id AND j.state = 'queued') AS queued "
        "FROM user_limits l JOIN quota q USING (user_id) WHERE l.user = ?1",
        args->v[0], err);
}

static int quota_set(struct admin *a, struct args *args, struct err *err)
{
    struct plan p;
    int code = take_figures(args, &p, err);
    if (!code)
        code = arg_rest(args, 1, err);
    return code ? code : store_quota_set(a->store, a->actor, args->v[0], &p, err);
}

#define FIGURES "[--jobs-per-minute N] [--concurrent N] [--cpu-seconds N] [--queued N]"

const struct command user_commands[] = {
    {"user create", "NAME [--plan PLAN] [--if-missing]", "a new user", NEEDS_STORE, 1, 9,
     user_create},
    {"user list", "", "all users", READS_STORE, 0, 0, user_list},
    {"user plan", "NAME PLAN", "put a user on another plan", NEEDS_STORE, 2, 2, user_plan},
    {"user disable", "NAME", "none of the user's keys is valid any more", NEEDS_STORE, 1, 1,
     user_disable},
    {"user enable", "NAME", "take that back", NEEDS_STORE, 1, 1, user_enable},
    {"plan list", "", "all plans", READS_STORE, 0, 0, plan_list},
    {"plan set", "NAME " FIGURES, "make or change a plan", NEEDS_STORE, 1, 9, plan_set},
    {"quota show", "USER", "a user's limits and what is used", READS_STORE, 1, 1, quota_show},
    {"quota set", "USER " FIGURES, "a user's exceptions; -2: as the plan says", NEEDS_STORE, 1, 9,
     quota_set},
    {0},
};
