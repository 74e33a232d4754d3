/*
 * store_priv.h - what the files of the store share.
 *
 * A table's SQL is in one file: api_key in store_key.c, quota in store_quota.c, and so on.
 * Functions named X_apply run inside the write transaction of the group commit (store_commit.c).
 */
#ifndef GB_SQL_STORE_PRIV_H
#define GB_SQL_STORE_PRIV_H

#include "db.h"
#include "store.h"
#include "store_jobs.h"

#include <pthread.h>

#define AUDIT_HASH_BYTES 32 /* BLAKE2b-256 */

struct write_op;

struct store {
    struct store_limits limits;
    int64_t (*now_ms)(void *clock);
    void *clock;
    bool read_only;

    /* Group commit. The writer belongs to the leading thread. */
    struct db writer;
    pthread_mutex_t queue_lock;
    struct write_op *first, *last;
    bool led; /* some thread leads now */

    /* Readers wait in a stack. */
    pthread_mutex_t readers_lock;
    pthread_cond_t reader_free;
    struct db *readers;
    struct db **free_readers;
    int n_readers, n_free;

    /* Who we are among the processes that run jobs. */
    int alive_fd;
    int64_t process_id; /* 0: none (read-only) */

    /* Per write transaction: the end of the audit chain, once it has been read. */
    bool head_known;
    int64_t head_seq;
    unsigned char head_hash[AUDIT_HASH_BYTES];
};

/* ---- store_commit.c ------------------------------------------------------------------------- */

/* What to do in a write transaction. It may be run twice (after a roll-back), so it must not build
 * on what it left in arg. A negative errno must come before its first write, else all is rolled
 * back; an answer whose writes are to stay is positive. */
typedef int (*store_apply)(struct store *s, struct db *db, void *arg, struct err *err);

/* Runs apply in a transaction shared with other threads; returns what it returned, once that is
 * committed. */
int store_write(struct store *s, store_apply apply, void *arg, struct err *err);

/* ---- store.c -------------------------------------------------------------------------------- */

/* A connection for reading; waits while all are lent. */
struct db *store_reader(struct store *s);
void store_reader_done(struct store *s, struct db *db);

/* ---- store_migrate.c ------------------------------------------------------------------------ */

/* Brings an older file up to date. 0; -ENOTSUP: the file is newer than this program. */
int store_migrate(struct db *db, struct err *err);
/* Only says whether it is up to date: 0; -ENOTSUP: it is newer or older. */
int store_migrated(struct db *db, struct err *err);

/* ---- store_process.c ------------------------------------------------------------------------ */

/* Opens path-alive, adds this process and locks its byte. */
int process_register(struct store *s, const char *path, const char *name, struct err *err);
void process_leave(struct store *s);
/* Removes the dead from table process. */
int process_bury(struct store *s, struct db *db, struct err *err);

/* ---- store_user.c --------------------------------------------------------------------------- */

/* 0, *ret_id; -ENOENT. */
int user_find(struct db *db, const char *name, int64_t *ret_id, struct err *err);

/* ---- store_quota.c -------------------------------------------------------------------------- */

enum admission {
    ADMIT_RUN,    /* takes a slot */
    ADMIT_QUEUE,  /* takes a place in the queue */
    ADMIT_RECORD, /* rate only */
};
/* Decides and, when it is a yes, counts the job. 0, -EDQUOT, -ENOENT. ret may be NULL. */
int quota_admit(struct store *s, struct db *db, int64_t user_id, enum admission how,
                struct quota_state *ret, struct err *err);
int quota_charge(struct store *s, struct db *db, int64_t user_id, double cpu_ms, struct err *err);

/* ---- store_job.c ---------------------------------------------------------------------------- */

/* The job's last word: job, audit, artifacts, events, webhook. job needs id, user_id, and what the
 * audit is to say. The row must exist. */
int job_conclude(struct store *s, struct db *db, const struct job_new *job,
                 const struct job_outcome *outcome, struct err *err);
/* Ends a job without its holder: what the audit says of it comes from its row. */
int job_end_orphan(struct store *s, struct db *db, struct str id, enum job_state state,
                   const char *error, const char *message, struct err *err);
int job_add_artifact(struct store *s, struct db *db, struct str job_id,
                     const struct job_artifact *a, struct err *err);
/* Ends or queues again what nobody holds any more. */
int queue_reap(struct store *s, struct db *db, struct reap_counts *ret, struct err *err);

/* ---- store_event.c, store_webhook.c --------------------------------------------------------- */

int event_insert(struct store *s, struct db *db, const struct security_event *e, struct err *err);
int webhook_insert(struct store *s, struct db *db, struct str job_id, struct err *err);

/* ---- store_audit.c -------------------------------------------------------------------------- */

enum audit_column {
#define AUDIT_INT(name) AUDIT_##name,
#define AUDIT_REAL(name) AUDIT_##name,
#define AUDIT_TEXT(name) AUDIT_##name,
#include "audit_columns.def"
#undef AUDIT_INT
#undef AUDIT_REAL
#undef AUDIT_TEXT
    AUDIT_COLUMNS
};
/* The hash of a row that stands behind one with hash `before`; ret may be `before`. */
void audit_hash_row(const unsigned char before[AUDIT_HASH_BYTES], const struct cell *row,
                    unsigned char ret[AUDIT_HASH_BYTES]);
/* The last row's number and hash; 0 and zeros when there has never been one. */
int audit_head(struct db *db, int64_t *ret_seq, unsigned char ret_hash[AUDIT_HASH_BYTES],
               struct err *err);
/* Takes away at most that many of the oldest rows, those from before a time, and records it. */
int audit_retire(struct store *s, struct db *db, int64_t older_than, int64_t at_most,
                 int64_t *ret_rows, struct err *err);
/* Appends a row; seq and at are filled in, columns that are not set are NULL. */
int audit_append(struct store *s, struct db *db, struct cell row[AUDIT_COLUMNS], struct err *err);
/* A row of kind "admin": who did what; detail is JSON. */
int audit_note(struct store *s, struct db *db, const char *actor, const char *action,
               const char *detail, struct err *err);

#endif
