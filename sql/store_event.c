/* store_event.c - security events and their rate (table security_event): see store.h. */
#include "store_priv.h"

#include <stdio.h>

#define HOUR_MS 3600000
#define REPEATED 10 /* jobs of one user with violations in an hour that are an event of their own */

/* A kind of event that the user has caused in so many other jobs within the hour weighs one step more. */
#define RAISED_AFTER "5"
#define SEVERITY                                                                                   \
    "CASE WHEN (SELECT count(*) FROM (SELECT DISTINCT job_id FROM security_event "                 \
    "WHERE user_id = ?4 AND kind = ?2 AND at > ?9 AND job_id IS NOT ?5 "                           \
    "LIMIT " RAISED_AFTER ")) < " RAISED_AFTER                                                     \
    " THEN ?3 WHEN ?3 = 'info' THEN 'warning' ELSE 'critical' END"

static int insert(struct db *db, int64_t now, const struct security_event *e, struct err *err)
{
    int code = db_exec(
        db,
        "INSERT INTO security_event (at, kind, severity, user_id, job_id, "
        "request_id, client_ip, detail) VALUES (?1, ?2, " SEVERITY ", ?4, ?5, ?6, ?7, ?8)",
        CELLS(cell_int(now), cell_cstr(e->event.kind), cell_cstr(e->event.severity),
              cell_int_or_null(e->user_id, 0), cell_text(e->job_id), cell_text(e->request_id),
              cell_text(e->client_ip), cell_text(e->event.detail), cell_int(now - HOUR_MS)),
        err);
    return code < 0 ? err_wrap(err, code, "event %s", e->event.kind) : 0;
}

/* The user's violations in the last hour; those that were told of already begin the count anew. */
static int count_recent(struct db *db, int64_t user_id, int64_t now, int64_t *ret, struct err *err)
{
    cleanup_reset sqlite3_stmt *st = NULL;
    int code = db_query(
        db,
        "SELECT count(DISTINCT coalesce(job_id, request_id, id)) FROM security_event WHERE at "
        "> max(?2, coalesce((SELECT "
        "max(at) FROM security_event WHERE at > ?2 AND user_id = ?1 AND "
        "kind = 'repeated_violations'), 0)) AND user_id = ?1 AND severity <> 'info'",
        CELLS(cell_int(user_id), cell_int(now - HOUR_MS)), &st, err);
    if (code > 0)
        *ret = db_int(st, 0);
    return code < 0 ? code : 0;
}

/* Who stumbles again and again, or tries: one critical event for every REPEATED of an hour. */
static int note_repeated(struct db *db, int64_t now, const struct security_event *e,
                         struct err *err)
{
    char detail[96];
    int64_t n = 0;
    if (!e->user_id || strcmp(e->event.severity, "info") == 0)
        return 0;
    int code = count_recent(db, e->user_id, now, &n, err);
    if (code || n < REPEATED)
        return code;
    struct security_event repeated = *e;
    snprintf(detail, sizeof detail, "{\"violations\":%lld,\"last\":\"%.40s\"}", (long long)n,
             e->event.kind);
    repeated.event = (struct job_event){"repeated_violations", "critical", str_c(detail)};
    return insert(db, now, &repeated, err);
}

int event_insert(struct store *s, struct db *db, const struct security_event *e, struct err *err)
{
    int64_t now = store_now(s);
    int code = insert(db, now, e, err);
    return code ? code : note_repeated(db, now, e, err);
}

struct event_arg {
    const struct security_event *event;
};

static int event_apply(struct store *s, struct db *db, void *arg, struct err *err)
{
    const struct event_arg *a = arg;
    return event_insert(s, db, a->event, err);
}

int store_event(struct store *s, const struct security_event *event, struct err *err)
{
    struct event_arg a = {event};
    return store_write(s, event_apply, &a, err);
}
