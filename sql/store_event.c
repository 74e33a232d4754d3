/* store_event.c - security events (table security_event): see store.h. */
#include "store_priv.h"

int event_insert(struct store *s, struct db *db, const struct security_event *e, struct err *err)
{
    int code = db_exec(db,
                       "INSERT INTO security_event (at, kind, severity, user_id, job_id, "
                       "request_id, client_ip, detail) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
                       CELLS(cell_int(store_now(s)), cell_cstr(e->event.kind),
                             cell_cstr(e->event.severity), cell_int_or_null(e->user_id, 0),
                             cell_text(e->job_id), cell_text(e->request_id),
                             cell_text(e->client_ip), cell_text(e->event.detail)),
                       err);
    return code < 0 ? err_wrap(err, code, "event %s", e->event.kind) : 0;
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
