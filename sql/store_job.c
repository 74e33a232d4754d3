/*
 * store_job.c - a job's row from admission to its end (tables job, artifact, idempotency).
 *
 * Whatever ends a job - the responder, gb-jobd, its owner, the reaper - goes through
 * job_conclude(), so that the row, the audit, the artifacts, the events and the webhook come in one
 * transaction.
 */
#include "store_priv.h"

#include <errno.h>
#include <stdio.h>

/* ---- idempotency keys ----------------------------------------------------------------------- */

/* 0: new; -EEXIST: the same request before, its job's id goes to job->id; -EBADMSG. */
static int idempotency_find(struct db *db, struct job_new *job, struct err *err)
{
    if (!job->idempotency_key.n)
        return 0;
    cleanup_reset sqlite3_stmt *st = NULL;
    int code = db_query(db,
                        "SELECT job_id, fingerprint FROM idempotency "
                        "WHERE user_id = ?1 AND key = ?2",
                        CELLS(cell_int(job->user_id), cell_text(job->idempotency_key)), &st, err);
    if (code <= 0)
        return code;
    if (!str_eq(db_text(st, 1), job->fingerprint))
        return err_set(err, -EBADMSG, "the Idempotency-Key was used for another request");
    DB_TEXT_INTO(st, 0, job->id);
    return err_set(err, -EEXIST, "the Idempotency-Key was used before");
}

static int idempotency_keep(struct store *s, struct db *db, const struct job_new *job,
                            struct err *err)
{
    if (!job->idempotency_key.n)
        return 0;
    return db_exec(db,
                   "INSERT INTO idempotency (user_id, key, fingerprint, job_id, created_at) "
                   "VALUES (?1, ?2, ?3, ?4, ?5)",
                   CELLS(cell_int(job->user_id), cell_text(job->idempotency_key),
                         cell_text(job->fingerprint.n ? job->fingerprint : STR("-")),
                         cell_cstr(job->id), cell_int(store_now(s))),
                   err);
}

/* ---- the row -------------------------------------------------------------------------------- */

/* The columns that the end fills, and their values: 20 of each. */
#define END_COLUMNS                                                                                \
    "verdict, error, message, stage, cache, image, container_id, http_status, exit_code, signal, " \
    "fallback_executed, queue_ms, validate_ms, cache_ms, start_ms, compile_ms, run_ms, total_ms, " \
    "cpu_ms, max_rss_kb"
#define END_CELLS(o)                                                                               \
    cell_cstr((o)->verdict), cell_cstr((o)->error), cell_text((o)->message),                       \
        cell_cstr((o)->stage), cell_cstr((o)->cache), cell_text((o)->image),                       \
        cell_text((o)->container_id), cell_int_or_null((o)->http_status, 0),                       \
        cell_int_or_null((o)->exit_code, -1), cell_cstr((o)->signal),                              \
        cell_int((o)->fallback_executed), cell_real((o)->queue_ms), cell_real((o)->validate_ms),   \
        cell_real((o)->cache_ms), cell_real((o)->start_ms), cell_real((o)->compile_ms),            \
        cell_real((o)->run_ms), cell_real((o)->total_ms), cell_real((o)->cpu_ms),                  \
        cell_int((o)->max_rss_kb)

/* What is over already goes in with its end, in one statement: half of the cost of a cache hit is
 * this row. */
static int insert_job(struct store *s, struct db *db, const struct job_new *j, enum admission how,
                      const struct job_outcome *o, struct err *err)
{
    static const struct job_outcome nothing = {.exit_code = -1};
    int64_t now = store_now(s), patience = j->expires_ms ? j->expires_ms : 3600000;
    bool queued = how == ADMIT_QUEUE, runs = how == ADMIT_RUN;
    enum job_state state = o ? o->state : queued ? JOB_queued : JOB_running;
    const struct job_outcome *end = o ? o : &nothing;
    int code = db_exec(
        db,
        "INSERT INTO job (id, user_id, key_id, kind, state, asynchronous, created_at, started_at, "
        "request_id, client_ip, code_hash, limits, process_id, lease_until, expires_at, "
        "webhook_url, "
        "finished_at, " END_COLUMNS ") VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, "
        "?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22, ?23, ?24, ?25, ?26, ?27, ?28, ?29, ?30, "
        "?31, ?32, ?33, ?34, ?35, ?36, ?37)",
        CELLS(cell_cstr(j->id), cell_int(j->user_id), cell_int_or_null(j->key_id, 0),
              cell_cstr(j->kind), cell_cstr(job_state_name(state)), cell_int(queued), cell_int(now),
              cell_int_or_null(queued ? 0 : now, 0), cell_text(j->request_id),
              cell_text(j->client_ip), cell_text(end->code_hash.n ? end->code_hash : j->code_hash),
              cell_text(j->limits), cell_int_or_null(runs ? s->process_id : 0, 0),
              cell_int_or_null(runs ? now + j->lease_ms : 0, 0),
              cell_int_or_null(queued ? now + patience : 0, 0), cell_text(j->webhook_url),
              cell_int_or_null(o ? now : 0, 0), END_CELLS(end)),
        err);
    if (code >= 0 && queued)
        code = db_exec(db, "INSERT INTO job_request (job_id, body) VALUES (?1, ?2)",
                       CELLS(cell_cstr(j->id), cell_blob(j->request.s, j->request.n)), err);
    return code < 0 ? err_wrap(err, code, "job") : 0;
}

int job_add_artifact(struct store *s, struct db *db, struct str job_id,
                     const struct job_artifact *a, struct err *err)
{
    int code =
        db_exec(db,
                "INSERT INTO artifact (job_id, name, media_type, content, bytes, created_at) "
                "VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT (job_id, name) DO UPDATE SET "
                "media_type = ?3, content = ?4, bytes = ?5",
                CELLS(cell_text(job_id), cell_cstr(a->name), cell_cstr(a->media_type),
                      cell_blob(a->content.s, a->content.n), cell_int((int64_t)a->content.n),
                      cell_int(store_now(s))),
                err);
    return code < 0 ? err_wrap(err, code, "artifact %s", a->name) : 0;
}

/* ---- the end -------------------------------------------------------------------------------- */

static int update_row(struct store *s, struct db *db, const struct job_new *j,
                      const struct job_outcome *o, struct err *err)
{
    int code = db_exec(
        db,
        "UPDATE job SET state = ?2, finished_at = ?3, code_hash = coalesce(?4, code_hash), "
        "limits = coalesce(?5, limits), "
        "process_id = NULL, lease_until = NULL, (" END_COLUMNS ") = (?6, ?7, ?8, ?9, ?10, ?11, "
        "?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22, ?23, ?24, ?25) WHERE id = ?1",
        CELLS(cell_cstr(j->id), cell_cstr(job_state_name(o->state)), cell_int(store_now(s)),
              cell_text(o->code_hash), cell_text(j->limits), END_CELLS(o)),
        err);
    return code < 0 ? code : 0;
}

static int audit_job(struct store *s, struct db *db, const struct job_new *j,
                     const struct job_outcome *o, struct err *err)
{
    struct cell row[AUDIT_COLUMNS] = {
        [AUDIT_kind] = cell_cstr("job"),
        [AUDIT_action] = cell_cstr(j->kind),
        [AUDIT_job_id] = cell_cstr(j->id),
        [AUDIT_request_id] = cell_text(j->request_id),
        [AUDIT_client_ip] = cell_text(j->client_ip),
        [AUDIT_user_id] = cell_int(j->user_id),
        [AUDIT_user] = cell_text(j->user),
        [AUDIT_key_id] = cell_int_or_null(j->key_id, 0),
        [AUDIT_state] = cell_cstr(job_state_name(o->state)),
        [AUDIT_verdict] = cell_cstr(o->verdict),
        [AUDIT_error] = cell_cstr(o->error),
        [AUDIT_message] = cell_text(o->message),
        [AUDIT_stage] = cell_cstr(o->stage),
        [AUDIT_cache] = cell_cstr(o->cache),
        [AUDIT_image] = cell_text(o->image),
        [AUDIT_container_id] = cell_text(o->container_id),
        [AUDIT_limits] = cell_text(j->limits),
        [AUDIT_fallback_executed] = cell_int(o->fallback_executed),
        [AUDIT_code_hash] = cell_text(o->code_hash.n ? o->code_hash : j->code_hash),
        [AUDIT_exit_code] = cell_int_or_null(o->exit_code, -1),
        [AUDIT_signal] = cell_cstr(o->signal),
        [AUDIT_http_status] = cell_int_or_null(o->http_status, 0),
        [AUDIT_queue_ms] = cell_real(o->queue_ms),
        [AUDIT_validate_ms] = cell_real(o->validate_ms),
        [AUDIT_cache_ms] = cell_real(o->cache_ms),
        [AUDIT_start_ms] = cell_real(o->start_ms),
        [AUDIT_compile_ms] = cell_real(o->compile_ms),
        [AUDIT_run_ms] = cell_real(o->run_ms),
        [AUDIT_total_ms] = cell_real(o->total_ms),
        [AUDIT_cpu_ms] = cell_real(o->cpu_ms),
        [AUDIT_max_rss_kb] = cell_int(o->max_rss_kb),
    };
    return audit_append(s, db, row, err);
}

static int add_belongings(struct store *s, struct db *db, const struct job_new *j,
                          const struct job_outcome *o, struct err *err)
{
    for (size_t i = 0; i < o->n_artifacts; i++) {
        int code = job_add_artifact(s, db, str_c(j->id), &o->artifacts[i], err);
        if (code)
            return code;
    }
    for (size_t i = 0; i < o->n_events; i++) {
        struct security_event e = {.user_id = j->user_id,
                                   .job_id = str_c(j->id),
                                   .request_id = j->request_id,
                                   .client_ip = j->client_ip,
                                   .event = o->events[i]};
        int code = event_insert(s, db, &e, err);
        if (code)
            return code;
    }
    return 0;
}

/* Under its Idempotency-Key a job is answered for, unless the service or a quota was to blame: then the
 * same request may be tried again. */
static bool try_again(const struct job_outcome *o)
{
    bool ours = o->http_status == 0 || o->http_status == 429 || o->http_status >= 500;
    return ours && (o->state == JOB_failed || o->state == JOB_expired);
}

static int idempotency_drop(struct db *db, const struct job_new *job, struct err *err)
{
    int code = db_exec(db, "DELETE FROM idempotency WHERE user_id = ?1 AND job_id = ?2",
                       CELLS(cell_int(job->user_id), cell_cstr(job->id)), err);
    return code < 0 ? code : 0;
}

/* All of an end but the row itself. */
static int write_end(struct store *s, struct db *db, const struct job_new *job,
                     const struct job_outcome *outcome, struct err *err)
{
    int code = quota_charge(s, db, job->user_id, outcome->cpu_ms, err);
    if (!code)
        code = audit_job(s, db, job, outcome, err);
    if (!code)
        code = add_belongings(s, db, job, outcome, err);
    if (!code && try_again(outcome))
        code = idempotency_drop(db, job, err);
    return code;
}

int job_conclude(struct store *s, struct db *db, const struct job_new *job,
                 const struct job_outcome *outcome, struct err *err)
{
    int code = update_row(s, db, job, outcome, err);
    return code ? code : write_end(s, db, job, outcome, err);
}

/* What only asynchronous jobs have. */
static int conclude_queued(struct store *s, struct db *db, struct str id, struct err *err)
{
    int code = db_exec(db, "DELETE FROM job_request WHERE job_id = ?1", CELLS(cell_text(id)), err);
    return code <= 0 ? code : webhook_insert(s, db, id, err);
}

/* ---- admit, finish, record ------------------------------------------------------------------ */

struct admit {
    struct job_new *job;
    char id[STORE_ID_MAX]; /* as the caller chose it */
    enum admission how;
    bool free_of_charge;
    const struct job_outcome *outcome; /* of what is over already */
    struct quota_state *quota;
};

static int may_enter(struct store *s, struct db *db, const struct admit *a, struct err *err)
{
    if (a->free_of_charge)
        return 0;
    return quota_admit(s, db, a->job->user_id, a->how, a->quota, err);
}

static int admit_apply(struct store *s, struct db *db, void *arg, struct err *err)
{
    struct admit *a = arg;
    memcpy(a->job->id, a->id, sizeof a->id);
    int code = idempotency_find(db, a->job, err);
    if (!code)
        code = may_enter(s, db, a, err);
    if (!code)
        code = insert_job(s, db, a->job, a->how, a->outcome, err);
    if (!code)
        code = idempotency_keep(s, db, a->job, err);
    if (code >= 0 && a->outcome)
        code = write_end(s, db, a->job, a->outcome, err);
    if (code == -EDQUOT)
        return EDQUOT; /* an answer whose writes (reaped jobs) are to stay */
    return code < 0 ? code : 0;
}

static int enter(struct store *s, struct admit *a, struct err *err)
{
    memcpy(a->id, a->job->id, sizeof a->id);
    int code = store_write(s, admit_apply, a, err);
    return code == EDQUOT ? -EDQUOT : code;
}

int store_admit(struct store *s, struct job_new *job, struct quota_state *ret_quota,
                struct err *err)
{
    struct admit a = {.job = job, .how = ADMIT_RUN, .quota = ret_quota};
    return enter(s, &a, err);
}

int store_enqueue(struct store *s, struct job_new *job, struct quota_state *ret_quota,
                  struct err *err)
{
    struct admit a = {.job = job, .how = ADMIT_QUEUE, .quota = ret_quota};
    return enter(s, &a, err);
}

int store_record(struct store *s, struct job_new *job, const struct job_outcome *outcome,
                 bool free_of_charge, struct quota_state *ret_quota, struct err *err)
{
    struct admit a = {.job = job,
                      .how = ADMIT_RECORD,
                      .free_of_charge = free_of_charge,
                      .outcome = outcome,
                      .quota = ret_quota};
    return enter(s, &a, err);
}

struct finish {
    const struct job_new *job;
    const struct job_outcome *outcome;
};

/* 1: it is ours; 2: and asynchronous; 0: it is not. */
static int holds(struct store *s, struct db *db, const char *id, struct err *err)
{
    cleanup_reset sqlite3_stmt *st = NULL;
    int code = db_query(db,
                        "SELECT asynchronous FROM job "
                        "WHERE id = ?1 AND state = 'running' AND process_id = ?2",
                        CELLS(cell_cstr(id), cell_int(s->process_id)), &st, err);
    return code <= 0 ? code : 1 + (int)db_int(st, 0);
}

static int finish_apply(struct store *s, struct db *db, void *arg, struct err *err)
{
    const struct finish *f = arg;
    int held = holds(s, db, f->job->id, err);
    if (held == 0)
        return err_set(err, -ENOENT, "job %s is not in our hands any more", f->job->id);
    int code = held < 0 ? held : job_conclude(s, db, f->job, f->outcome, err);
    if (!code && held == 2)
        code = conclude_queued(s, db, str_c(f->job->id), err);
    return code < 0 ? code : 0;
}

int store_finish(struct store *s, const struct job_new *job, const struct job_outcome *outcome,
                 struct err *err)
{
    struct finish f = {job, outcome};
    return store_write(s, finish_apply, &f, err);
}

/* ---- ends without a holder ------------------------------------------------------------------ */

struct orphan {
    struct job_new job;
    struct arena arena;
    bool asynchronous;
};

static int read_orphan(struct db *db, struct str id, struct orphan *o, struct err *err)
{
    cleanup_reset sqlite3_stmt *st = NULL;
    int code = db_query(db,
                        "SELECT j.user_id, j.key_id, j.kind, u.name, j.request_id, j.client_ip, "
                        "j.code_hash, j.limits, j.asynchronous FROM job j "
                        "JOIN user u ON u.id = j.user_id WHERE j.id = ?1",
                        CELLS(cell_text(id)), &st, err);
    if (code <= 0)
        return code < 0 ? code : err_set(err, -ENOENT, "no job %.*s", STR_ARG(id));
    snprintf(o->job.id, sizeof o->job.id, "%.*s", STR_ARG(id));
    o->job.user_id = db_int(st, 0);
    o->job.key_id = db_int(st, 1);
    o->job.kind = db_text_copy(st, 2, &o->arena).s;
    o->job.user = db_text_copy(st, 3, &o->arena);
    o->job.request_id = db_text_copy(st, 4, &o->arena);
    o->job.client_ip = db_text_copy(st, 5, &o->arena);
    o->job.code_hash = db_text_copy(st, 6, &o->arena);
    o->job.limits = db_text_copy(st, 7, &o->arena);
    o->asynchronous = db_int(st, 8) != 0;
    return 0;
}

int job_end_orphan(struct store *s, struct db *db, struct str id, enum job_state state,
                   const char *error, const char *message, struct err *err)
{
    struct orphan o = {0};
    struct job_outcome outcome = {.state = state,
                                  .verdict = state == JOB_cancelled ? "cancelled" : NULL,
                                  .error = error,
                                  .message = str_c(message),
                                  .exit_code = -1};
    int code = read_orphan(db, id, &o, err);
    if (!code)
        code = job_conclude(s, db, &o.job, &outcome, err);
    if (!code && o.asynchronous)
        code = conclude_queued(s, db, id, err);
    arena_free(&o.arena);
    return code < 0 ? code : 0;
}
