/* store_read.c - jobs and artifacts as their owners see them: see store_jobs.h. */
#include "store_priv.h"

#include <errno.h>
#include <stdio.h>

#define LIST_MAX 200

/* ---- one row -------------------------------------------------------------------------------- */

#define VIEW_COLUMNS                                                                               \
    "SELECT j.id, u.name, j.kind, j.verdict, j.error, j.message, j.stage, j.cache, j.image, "      \
    "j.container_id, j.signal, j.request_id, j.client_ip, j.code_hash, j.limits, j.state, "        \
    "j.user_id, j.created_at, j.started_at, j.finished_at, j.exit_code, j.http_status, "           \
    "j.max_rss_kb, j.attempt, j.asynchronous, j.fallback_executed, j.cancel_wanted, j.queue_ms, "  \
    "j.validate_ms, j.cache_ms, j.start_ms, j.compile_ms, j.run_ms, j.total_ms, j.cpu_ms "         \
    "FROM job j JOIN user u ON u.id = j.user_id "

/* The members in the order of the columns; each kind has its own run. */
static const size_t texts[] = {
#define AT(member) offsetof(struct job_view, member)
    AT(id),      AT(user),       AT(kind),      AT(verdict),   AT(error),
    AT(message), AT(stage),      AT(cache),     AT(image),     AT(container_id),
    AT(signal),  AT(request_id), AT(client_ip), AT(code_hash), AT(limits),
};
static const size_t reals[] = {
    AT(queue_ms),   AT(validate_ms), AT(cache_ms), AT(start_ms),
    AT(compile_ms), AT(run_ms),      AT(total_ms), AT(cpu_ms),
#undef AT
};
#define N_TEXTS ((int)(sizeof texts / sizeof texts[0]))
#define N_REALS ((int)(sizeof reals / sizeof reals[0]))

static void read_view(sqlite3_stmt *st, struct arena *arena, struct job_view *v)
{
    int at = 0;
    *v = (struct job_view){0};
    for (int i = 0; i < N_TEXTS; i++)
        *(struct str *)(void *)((char *)v + texts[i]) = db_text_copy(st, at++, arena);
    job_state_parse(db_text(st, at++), &v->state);
    v->user_id = db_int(st, at++);
    v->created_at = db_int(st, at++);
    v->started_at = db_int(st, at++);
    v->finished_at = db_int(st, at++);
    v->exit_code = db_int_or(st, at++, -1);
    v->http_status = db_int_or(st, at++, -1);
    v->max_rss_kb = db_int_or(st, at++, -1);
    v->attempt = db_int(st, at++);
    v->asynchronous = db_int(st, at++) != 0;
    v->fallback_executed = db_int(st, at++) != 0;
    v->cancel_wanted = db_int(st, at++) != 0;
    for (int i = 0; i < N_REALS; i++)
        *(double *)(void *)((char *)v + reals[i]) = db_real(st, at++);
}

static int read_job(struct db *db, struct str id, int64_t user_id, struct arena *arena,
                    struct job_view *ret, struct err *err)
{
    cleanup_reset sqlite3_stmt *st = NULL;
    int code = db_query(db, VIEW_COLUMNS "WHERE j.id = ?1 AND (?2 = 0 OR j.user_id = ?2)",
                        CELLS(cell_text(id), cell_int(user_id)), &st, err);
    if (code < 0)
        return code;
    if (code == 0)
        return err_set(err, -ENOENT, "no job %.*s", STR_ARG(id));
    read_view(st, arena, ret);
    return 0;
}

int store_job(struct store *s, struct str id, int64_t user_id, struct arena *arena,
              struct job_view *ret, struct err *err)
{
    struct db *db = store_reader(s);
    int code = read_job(db, id, user_id, arena, ret, err);
    store_reader_done(s, db);
    return code;
}

/* ---- lists ---------------------------------------------------------------------------------- */

#define FILTER                                                                                     \
    "(?2 IS NULL OR j.state = ?2) AND (?3 IS NULL OR j.verdict = ?3) "                             \
    "AND (?4 IS NULL OR j.kind = ?4) AND (?5 = 0 OR j.created_at >= ?5) "                          \
    "AND (?6 = 0 OR j.created_at < ?6) AND j.id < coalesce(?7, 'a') "                              \
    "ORDER BY j.id DESC LIMIT ?8"

/* Two texts, so that each can use its index. */
static const char mine_sql[] = VIEW_COLUMNS "WHERE j.user_id = ?1 AND " FILTER;
static const char all_sql[] = VIEW_COLUMNS "WHERE ?1 = 0 AND " FILTER;

static int read_list(struct db *db, const struct job_filter *f, int limit, struct arena *arena,
                     struct job_view *views, size_t *ret_n, struct err *err)
{
    const char *state = f->state >= 0 && f->state < JOB_STATE_COUNT
                            ? job_state_name((enum job_state)f->state)
                            : NULL;
    cleanup_reset sqlite3_stmt *st = NULL;
    size_t n = 0;
    int code = db_query(db, f->user_id ? mine_sql : all_sql,
                        CELLS(cell_int(f->user_id), cell_cstr(state), cell_text(f->verdict),
                              cell_text(f->kind), cell_int(f->since), cell_int(f->until),
                              cell_text(f->before), cell_int(limit)),
                        &st, err);
    for (; code > 0; code = db_next(db, st, err))
        read_view(st, arena, &views[n++]);
    if (!code)
        *ret_n = n;
    return code;
}

int store_job_list(struct store *s, const struct job_filter *filter, struct arena *arena,
                   struct job_view **ret, size_t *ret_n, struct err *err)
{
    int limit = filter->limit < 1 ? 1 : filter->limit > LIST_MAX ? LIST_MAX : filter->limit;
    struct job_view *views = arena_new_array(arena, (size_t)limit, struct job_view);
    if (!views)
        return err_set(err, -ENOMEM, "no memory for a list of jobs");
    struct db *db = store_reader(s);
    int code = read_list(db, filter, limit, arena, views, ret_n, err);
    store_reader_done(s, db);
    if (!code)
        *ret = views;
    return code;
}

/* ---- load ----------------------------------------------------------------------------------- */

static const char load_sql[] =
    "SELECT count(*), coalesce(?1 - min(started_at), 0), "
    "(SELECT count(*) FROM job INDEXED BY job_queued WHERE state = 'queued'), "
    "(SELECT coalesce(?1 - min(created_at), 0) FROM job INDEXED BY job_queued "
    " WHERE state = 'queued') "
    "FROM job INDEXED BY job_running WHERE state = 'running' AND lease_until > ?1";

int store_load(struct store *s, struct store_load *ret, struct err *err)
{
    struct db *db = store_reader(s);
    sqlite3_stmt *st = NULL;
    int code = db_query(db, load_sql, CELLS(cell_int(store_now(s))), &st, err);
    if (code > 0)
        *ret = (struct store_load){db_int(st, 0), db_int(st, 2), db_int(st, 1), db_int(st, 3)};
    sqlite3_reset(st); /* accepts NULL */
    store_reader_done(s, db);
    return code < 0 ? code : 0;
}

/* ---- artifacts ------------------------------------------------------------------------------ */

static int read_artifact(struct db *db, struct str job_id, int64_t user_id, const char *name,
                         struct arena *arena, struct artifact_view *ret, struct err *err)
{
    cleanup_reset sqlite3_stmt *st = NULL;
    int code = db_query(db,
                        "SELECT a.name, a.media_type, a.content FROM artifact a "
                        "JOIN job j ON j.id = a.job_id "
                        "WHERE a.job_id = ?1 AND a.name = ?3 AND (?2 = 0 OR j.user_id = ?2)",
                        CELLS(cell_text(job_id), cell_int(user_id), cell_cstr(name)), &st, err);
    if (code < 0)
        return code;
    if (code == 0)
        return err_set(err, -ENOENT, "job %.*s has no %s", STR_ARG(job_id), name);
    struct artifact_view v = {.name = db_text_copy(st, 0, arena),
                              .media_type = db_text_copy(st, 1, arena),
                              .content = db_text_copy(st, 2, arena)};
    if (v.content.n != db_text(st, 2).n)
        return err_set(err, -ENOMEM, "no memory for an artifact");
    *ret = v;
    return 0;
}

int store_artifact(struct store *s, struct str job_id, int64_t user_id, const char *name,
                   struct arena *arena, struct artifact_view *ret, struct err *err)
{
    struct db *db = store_reader(s);
    int code = read_artifact(db, job_id, user_id, name, arena, ret, err);
    store_reader_done(s, db);
    return code;
}

struct addition {
    struct str job_id;
    const struct job_artifact *piece;
};

static int append_apply(struct store *s, struct db *db, void *arg, struct err *err)
{
    const struct addition *a = arg;
    int code = db_exec(
        db,
        "INSERT INTO artifact (job_id, name, media_type, content, bytes, created_at) "
        "SELECT id, ?2, ?3, ?4, ?5, ?6 FROM job WHERE id = ?1 AND state = 'running' "
        "ON CONFLICT (job_id, name) DO UPDATE SET "
        "content = CAST(content || ?4 AS BLOB), bytes = bytes + ?5",
        CELLS(cell_text(a->job_id), cell_cstr(a->piece->name), cell_cstr(a->piece->media_type),
              cell_blob(a->piece->content.s, a->piece->content.n),
              cell_int((int64_t)a->piece->content.n), cell_int(store_now(s))),
        err);
    if (code == 0)
        return err_set(err, -ENOENT, "job %.*s does not run", STR_ARG(a->job_id));
    return code < 0 ? code : 0;
}

int store_artifact_append(struct store *s, struct str job_id, const struct job_artifact *piece,
                          struct err *err)
{
    struct addition a = {job_id, piece};
    return store_write(s, append_apply, &a, err);
}
