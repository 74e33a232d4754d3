/*
 * store.h - what the service remembers: keys, quotas, jobs, audit (SQLite, WAL).
 *
 * One struct store a process, shared by all its threads; many processes use one file at once.
 * Writes of many threads share one transaction (group commit): a call returns only when its rows
 * are committed. Every connection is opened by store_open(): later calls open no file, so a process
 * may confine itself after it.
 *
 * Errors: -EAGAIN (locked by another for longer than the busy timeout), -ENOSPC (disk or quota of
 * pages full) and -EIO (everything else of the file's) mean the store is unavailable
 * (store_unavailable()): nothing was written, the client gets 503. Any other negative errno is an
 * answer, given below per function. Times are milliseconds since 1970 UTC; 0 means "not set".
 * Text in arguments is borrowed; an empty str is stored as NULL.
 */
#ifndef GB_SQL_STORE_H
#define GB_SQL_STORE_H

#include "../core/base/buf.h"
#include "../core/base/err.h"

struct store;

/* System-wide limits that admission decides by; the same in every process of a service. */
struct store_limits {
    int64_t running_jobs; /* jobs in state running, of all users */
    int64_t queued_jobs;  /* jobs in state queued, of all users */
};

struct store_options {
    const char *path;    /* the database; made when missing, migrated when old */
    const char *process; /* "gb-fcgi", "gb-jobd", ...: who owns the jobs it runs */
    int busy_timeout_ms; /* longest wait for another process's transaction; 0: 2000 */
    int readers;         /* connections for reading; 0: 4 */
    bool sync_full;      /* fsync at each commit: rows outlive a power cut, not only a kill */
    bool read_only;      /* no migration, no writes, no process row */
    int64_t max_pages;   /* PRAGMA max_page_count; 0: no limit */
    struct store_limits limits;
    int64_t (*now_ms)(void *clock); /* NULL: the wall clock */
    void *clock;
};

/* 0; -EAGAIN, -ENOSPC, -EIO as above; -ENOTSUP: the file is of a newer version of the service. */
int store_open(const struct store_options *options, struct store **ret, struct err *err);
void store_close(struct store *s); /* accepts NULL */
/* True for the codes that mean 503 store_unavailable. */
bool store_unavailable(int code);
/* 0 when the file can be read and a write transaction can be begun now (for readyz). */
int store_ready(struct store *s, struct err *err);
int64_t store_now(struct store *s);

/* ---- ids ------------------------------------------------------------------------------------ */

/* 26 characters of Crockford's base32: 48 bits of time, 80 random bits; later ids sort later. */
#define STORE_ID_MAX 27
void store_new_id(struct store *s, char ret_id[STORE_ID_MAX]);

/* ---- who calls ------------------------------------------------------------------------------ */

enum store_scope {
    SCOPE_COMPILE = 1, /* compile, validate, emit, preview, batch of these */
    SCOPE_EXECUTE = 2, /* C and C++ sources */
    SCOPE_READ = 4,    /* jobs, results, me */
    SCOPE_ADMIN = 8,   /* metrics, readiness details */
};

struct store_caller {
    int64_t user_id, key_id;
    unsigned scopes; /* enum store_scope */
    char user[65];   /* name */
    char plan[33];
    char key_prefix[17];    /* what may be shown of the key */
    int64_t key_expires_at; /* 0: never */
};

/* Who bears this key? 0; -ENOENT: no such key (or not a key at all); -EKEYREVOKED; -EKEYEXPIRED;
 * -EACCES: the user is disabled. The secret is compared in constant time. */
int store_authenticate(struct store *s, struct str key, struct store_caller *ret, struct err *err);

/* ---- quotas --------------------------------------------------------------------------------- */

enum quota_limit {
#define QUOTA_LIMIT(name, ...) QUOTA_##name,
#include "quota_limits.def"
#undef QUOTA_LIMIT
    QUOTA_COUNT
};
const char *quota_limit_name(enum quota_limit l);    /* "jobs_per_minute" */
const char *quota_limit_message(enum quota_limit l); /* one sentence for the caller */

struct quota_figure {
    int64_t limit, remaining;
    int64_t reset_s; /* seconds until it is whole again; 0: when a job ends */
};
struct quota_state {
    struct quota_figure figure[QUOTA_COUNT];
    enum quota_limit refused_by; /* of an admission that gave -EDQUOT, else QUOTA_none */
    int64_t retry_after_s;       /* of the same; at least 1 */
};
/* A user's limits and what is left. 0; -ENOENT: no such user. */
int store_quota(struct store *s, int64_t user_id, struct quota_state *ret, struct err *err);

/* ---- one job, from admission to record ------------------------------------------------------ */

enum job_state {
#define JOB_STATE(name, ...) JOB_##name,
#include "job_states.def"
#undef JOB_STATE
    JOB_STATE_COUNT
};
const char *job_state_name(enum job_state s);
/* True when the name is known. */
bool job_state_parse(struct str name, enum job_state *ret);

struct job_new {
    char id[STORE_ID_MAX]; /* from store_new_id() */
    int64_t user_id, key_id;
    const char *kind; /* "compile", "execute", "validate", "emit", "preview" */
    struct str user;  /* name, for the audit */
    struct str request_id, client_ip;
    struct str code_hash; /* hex SHA-256 of the program or sources; may be empty until the end */
    struct str limits;    /* JSON: the limits in force */
    int64_t lease_ms;     /* longest time the job may take; after it, it is taken for lost */
    /* Idempotency-Key and a fingerprint (hash) of the request; empty: none. */
    struct str idempotency_key, fingerprint;
    /* Asynchronous jobs only (store_enqueue): the request as it came, an optional webhook. */
    struct str request, webhook_url;
    int64_t expires_ms; /* longest stay in the queue; then `expired`; 0: 1 hour */
};

struct job_artifact {
    const char *name;       /* "result", "cpp", "map", "diagnostics", "stdout", ... */
    const char *media_type; /* "application/json" */
    struct str content;
};

struct job_event {
    const char *kind; /* "forbidden_syscall", "policy_blocked", "time_limit", "auth_failed", ... */
    const char *severity; /* "info", "warning", "critical" */
    struct str detail;    /* JSON or text; nothing secret */
};

struct job_outcome {
    enum job_state state; /* succeeded, failed, cancelled, expired */
    const char *verdict;  /* a verdict of the design, or NULL when there is none */
    const char *error;    /* the stable word of an error, or NULL */
    struct str message;   /* for people */
    const char *stage;    /* "validation", "compilation", "execution" or NULL */
    const char *cache;    /* "hit", "miss", "shared", "bypass", "off" or NULL */
    struct str code_hash; /* when job_new had none */
    struct str image, container_id;
    const char *signal; /* "SIGSEGV" or NULL */
    int http_status;
    int exit_code; /* -1: none */
    bool fallback_executed;
    double queue_ms, validate_ms, cache_ms, start_ms, compile_ms, run_ms, total_ms;
    double cpu_ms; /* compile and run; counts against cpu_seconds_per_day */
    int64_t max_rss_kb;
    const struct job_artifact *artifacts;
    size_t n_artifacts;
    const struct job_event *events;
    size_t n_events;
};

/* May this job run now? Writes it in state running. 0: yes, *ret_quota says what is left. -EDQUOT:
 * no, ret_quota->refused_by says why. -EEXIST: the idempotency key was used by the same request
 * before; job->id becomes that job's id. -EBADMSG: it was used by another request. -ENOENT: no such
 * user. ret_quota may be NULL. */
int store_admit(struct store *s, struct job_new *job, struct quota_state *ret_quota,
                struct err *err);
/* The job's end, its audit row, artifacts and events, in one transaction. 0; -ENOENT: not a running
 * job of this process (its lease ran out, or it was never admitted). */
int store_finish(struct store *s, const struct job_new *job, const struct job_outcome *outcome,
                 struct err *err);
/* Both at once, for what needs no slot (cache hits, validation, preview, refusals): only the rate
 * is decided by. With `free_of_charge` not even that. Returns as store_admit(). */
int store_record(struct store *s, struct job_new *job, const struct job_outcome *outcome,
                 bool free_of_charge, struct quota_state *ret_quota, struct err *err);

/* ---- security events without a job ---------------------------------------------------------- */

struct security_event {
    int64_t user_id; /* 0: unknown */
    struct str job_id, request_id, client_ip;
    struct job_event event;
};
int store_event(struct store *s, const struct security_event *event, struct err *err);

#endif
