/* jobs.c - gb-admin job. */
#include "admin.h"

#include <errno.h>
#include <stdio.h>

static int job_list(struct admin *a, struct args *args, struct err *err)
{
    return admin_print(a,
                       "SELECT id, user, kind, state, verdict, error, cache, created, total_ms "
                       "FROM jobs WHERE user = coalesce(?1, user) ORDER BY id DESC LIMIT 50",
                       args->n ? args->v[0] : NULL, err);
}

static int job_show(struct admin *a, struct args *args, struct err *err)
{
    a->json = true; /* forty columns are no line */
    return admin_print(a, "SELECT * FROM jobs WHERE id = ?1", args->v[0], err);
}

static int job_cancel(struct admin *a, struct args *args, struct err *err)
{
    int code = store_cancel(a->store, str_c(args->v[0]), 0, err);
    return code == -EINPROGRESS ? 0 : code;
}

static int job_reap(struct admin *a, struct args *args, struct err *err)
{
    struct reap_counts c;
    (void)args;
    int code = store_reap(a->store, &c, err);
    if (!code)
        printf("queued again: %lld, lost: %lld, expired: %lld\n", (long long)c.requeued,
               (long long)c.lost, (long long)c.expired);
    return code;
}

static int job_retain(struct admin *a, struct args *args, struct err *err)
{
    const int64_t day = 86400000;
    struct retention keep = {
        .job_ms = a->cfg.retain_jobs_d * day,
        .artifact_ms = a->cfg.retain_artifacts_d * day,
        .audit_ms = a->cfg.retain_audit_d * day,
        .event_ms = a->cfg.retain_events_d * day,
        .idempotency_ms = a->cfg.idempotency_s * 1000,
        .artifact_bytes = a->cfg.retain_artifacts_mb << 20,
    };
    struct retention_counts c;
    (void)args;
    int code = store_retain(a->store, &keep, &c, err);
    if (!code)
        printf("removed: %lld jobs, %lld artifacts (%lld bytes), %lld events, %lld audit rows\n",
               (long long)c.jobs, (long long)c.artifacts, (long long)c.bytes, (long long)c.events,
               (long long)c.audit);
    return code;
}

const struct command job_commands[] = {
    {"job list", "[USER]", "the last 50", READS_STORE, 0, 1, job_list},
    {"job show", "ID", "all that is known of one", READS_STORE, 1, 1, job_show},
    {"job cancel", "ID", "end it, whoever's it is", NEEDS_STORE, 1, 1, job_cancel},
    {"job reap", "", "settle what dead processes left", NEEDS_STORE, 0, 0, job_reap},
    {"job retain", "", "remove what the configuration says is old or too much", NEEDS_STORE, 0, 0,
     job_retain},
    {0},
};
