/*
 * store_admin.h - users, plans, keys, and the audit log, for gb-admin and the tests.
 *
 * Each change writes an audit row of kind "admin" in the same transaction; `actor` is who did it,
 * such as the name of the logged-in user. Error codes of store.h apply to every function.
 */
#ifndef GB_SQL_STORE_ADMIN_H
#define GB_SQL_STORE_ADMIN_H

#include "../core/base/jsonw.h"
#include "store.h"

/* ---- plans, users, quotas ------------------------------------------------------------------- */

struct plan {
    int64_t jobs_per_minute, concurrent_jobs, cpu_seconds_per_day, queued_jobs; /* -1: unchanged */
};
/* Makes or changes a plan. -EINVAL: a new plan needs all four. */
int store_plan_set(struct store *s, const char *actor, const char *name, const struct plan *plan,
                   struct err *err);
/* 0; -EEXIST: the name is taken; -ENOENT: no such plan; -EINVAL: not 1..64 of A-Za-z0-9._@-. */
int store_user_add(struct store *s, const char *actor, const char *name, const char *plan,
                   struct err *err);
/* 0; -ENOENT: no such user or plan. */
int store_user_plan(struct store *s, const char *actor, const char *name, const char *plan,
                    struct err *err);
int store_user_enable(struct store *s, const char *actor, const char *name, bool enabled,
                      struct err *err);
/* A user's exceptions from the plan; -1: unchanged, -2: as the plan says. 0; -ENOENT. */
int store_quota_set(struct store *s, const char *actor, const char *user, const struct plan *own,
                    struct err *err);
/* 0, *ret_id; -ENOENT. */
int store_user_find(struct store *s, const char *name, int64_t *ret_id, struct err *err);

/* ---- keys ----------------------------------------------------------------------------------- */

#define STORE_KEY_MAX 64
/* "compile,execute,read,admin" or "all"; 0 when a word is unknown or there is none. */
unsigned store_scopes_parse(const char *words);
void store_scopes_print(unsigned scopes, struct buf *out);

struct key_new {
    const char *user, *label;
    unsigned scopes;
    int64_t expires_at; /* 0: never */
};
/* Makes a key; ret_key is the only time it is ever seen. 0; -ENOENT: no such user; -EINVAL. */
int store_key_create(struct store *s, const char *actor, const struct key_new *key,
                     char ret_key[STORE_KEY_MAX], struct err *err);
/* Ends the key with this prefix (the whole key will do too) at once. 0; -ENOENT; -EALREADY. */
int store_key_revoke(struct store *s, const char *actor, const char *prefix, struct err *err);
/* A new key with the same user, scopes, label and expiry; the old one ends after grace_ms. */
int store_key_rotate(struct store *s, const char *actor, const char *prefix, int64_t grace_ms,
                     char ret_key[STORE_KEY_MAX], struct err *err);

/* ---- tables for people ---------------------------------------------------------------------- */

/* Runs one SELECT, with ?1 bound to arg when it is not NULL, and writes the rows as aligned text
 * with a heading, or as a JSON array of objects. 0; -EINVAL: not a statement that only reads. */
int store_print(struct store *s, const char *sql, const char *arg, bool json, struct buf *out,
                struct err *err);

/* ---- the audit log -------------------------------------------------------------------------- */

struct audit_verdict {
    int64_t first, last, rows;
    const char *problem; /* NULL: the chain holds */
    int64_t bad;         /* the row's number, where the problem is a row's */
    char what[64];       /* the job's id, where it is a job's */
    unsigned char head[32];
};
/* Recomputes the chain from its start and looks for ends without a record. 0: *ret says. */
int store_audit_verify(struct store *s, struct audit_verdict *ret, struct err *err);
/* Each row from number `from` on, as one line of JSON; columns that are NULL are left out. */
typedef void (*audit_line)(void *data, int64_t seq, struct str json);
int store_audit_each(struct store *s, int64_t from, audit_line take, void *data, struct err *err);
/* The last row's number; 0: none. */
int64_t store_audit_last(struct store *s);
/* Writes an administrator's act down by itself. */
int store_audit_admin(struct store *s, const char *actor, const char *action, const char *detail,
                      struct err *err);

#endif
