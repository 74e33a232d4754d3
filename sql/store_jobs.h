/*
 * store_jobs.h - asynchronous jobs, and reading what jobs left behind.
 *
 * A job in state running is held by a process (it holds a lock on its byte of PATH-alive, which the
 * kernel lets go when it dies) until its lease runs out. store_reap() ends or queues again what a
 * dead process or a lapsed lease left. Error codes of store.h apply to every function.
 */
#ifndef GB_SQL_STORE_JOBS_H
#define GB_SQL_STORE_JOBS_H

#include "../core/base/arena.h"
#include "store.h"

/* Queues the job (with its request). Returns as store_admit(). */
int store_enqueue(struct store *s, struct job_new *job, struct quota_state *ret_quota,
                  struct err *err);

struct leased_job {
    struct job_new job; /* strings live in the arena; finish it with store_finish() */
    int attempt;        /* 1 at first */
};
/* Takes the next job: of the user with the fewest running jobs, the oldest; users and the system
 * keep within their concurrent jobs. 0; -ENOENT: nothing to do. */
int store_lease(struct store *s, int64_t lease_ms, struct arena *arena, struct leased_job *ret,
                struct err *err);
/* Holds a running job for another lease_ms. 0; -ECANCELED: its owner wants it ended (finish it as
 * cancelled); -ENOENT: the lease is lost, drop the job. */
int store_heartbeat(struct store *s, struct str id, int64_t lease_ms, struct err *err);
/* 0: cancelled (it was queued). -EINPROGRESS: running, its holder will hear of it. -EALREADY: over.
 * -ENOENT: no such job of this user. user_id 0: any user (an operator). */
int store_cancel(struct store *s, struct str id, int64_t user_id, struct err *err);
/* True when the running job's owner wants it ended; false also when the store cannot be read. */
bool store_cancel_wanted(struct store *s, struct str id);

struct reap_counts {
    int64_t requeued, lost, expired; /* queued again; failed for good; left the queue unserved */
};
/* Called at start and every second by gb-jobd, and by store_admit() before it refuses for want of a
 * slot. A job that was lost 3 times, or was not queued, ends as failed, error "lost". */
int store_reap(struct store *s, struct reap_counts *ret, struct err *err);

/* ---- reading -------------------------------------------------------------------------------- */

struct job_view { /* strings live in the arena */
    struct str id, user, kind, verdict, error, message, stage, cache, image, container_id, signal;
    struct str request_id, client_ip, code_hash, limits;
    enum job_state state;
    int64_t user_id, created_at, started_at, finished_at;
    int64_t exit_code, http_status, max_rss_kb; /* -1: none */
    int64_t attempt;
    bool asynchronous, fallback_executed, cancel_wanted;
    double queue_ms, validate_ms, cache_ms, start_ms, compile_ms, run_ms, total_ms, cpu_ms;
};
/* 0; -ENOENT. user_id 0: any user. */
int store_job(struct store *s, struct str id, int64_t user_id, struct arena *arena,
              struct job_view *ret, struct err *err);

struct job_filter {
    int64_t user_id;          /* 0: all */
    int state;                /* enum job_state, or -1 */
    struct str verdict, kind; /* empty: any */
    int64_t since, until;     /* of created_at; 0: open */
    struct str before;        /* cursor: jobs older than this id; empty: from the newest */
    int limit;                /* 1..200 */
};
/* Newest first. The next page's cursor is the last one's id. */
int store_job_list(struct store *s, const struct job_filter *filter, struct arena *arena,
                   struct job_view **ret, size_t *ret_n, struct err *err);

/* Jobs that are not over, of all users, and how old the oldest of each kind is. */
struct store_load {
    int64_t running, queued, running_longest_ms, queued_longest_ms;
};
int store_load(struct store *s, struct store_load *ret, struct err *err);

struct artifact_view {
    struct str name, media_type, content;
};
/* 0; -ENOENT: no such job, not this user's, never made or gone by retention. */
int store_artifact(struct store *s, struct str job_id, int64_t user_id, const char *name,
                   struct arena *arena, struct artifact_view *ret, struct err *err);
/* Adds to an unfinished job, for live output: appends to the artifact of that name. */
int store_artifact_append(struct store *s, struct str job_id, const struct job_artifact *piece,
                          struct err *err);

/* ---- webhooks: a delivery is made when a job with a webhook_url ends ------------------------ */

struct webhook_due { /* strings live in the arena */
    int64_t id;
    struct str job_id, url, user;
    int64_t user_id;
    int attempt; /* 1 at first */
};
/* Takes one delivery that is due and holds it for hold_ms. 0; -ENOENT: none is due. */
int store_webhook_take(struct store *s, int64_t hold_ms, struct arena *arena,
                       struct webhook_due *ret, struct err *err);
/* How it went: delivered, or to be tried again at retry_at (0: given up). */
int store_webhook_done(struct store *s, int64_t id, bool delivered, int64_t retry_at,
                       struct str reason, struct err *err);

/* ---- retention ------------------------------------------------------------------------------ */

struct retention {
    int64_t job_ms, artifact_ms, audit_ms, event_ms; /* ages; 0: kept for ever */
    int64_t idempotency_ms;                          /* the same, of Idempotency-Keys */
    int64_t artifact_bytes;                          /* of all artifacts; 0: no limit */
};
struct retention_counts {
    int64_t jobs, artifacts, audit, events, bytes;
};
/* Removes what is older or too much, oldest first, in small transactions, and writes an audit row
 * of what it removed. */
int store_retain(struct store *s, const struct retention *keep, struct retention_counts *ret,
                 struct err *err);

#endif
