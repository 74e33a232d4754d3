/*
 * batch.c - POST /v1/batch: several requests in one, each a job of its own.
 */
#include "auth.h"
#include "dispatch.h"
#include "handlers.h"
#include "jget.h"
#include "ledger.h"
#include "reply.h"
#include "service.h"

/* Answers one element as a request of its own. It borrows the batch's document and caller. */
static void answer_one(struct request *q, unsigned at, uint32_t element, struct jsonw *w)
{
    const char *key = request_param(q, "HTTP_IDEMPOTENCY_KEY");
    struct request one;
    struct str path = arena_str(&q->arena, jget_str(&q->doc, element, "path")), none;
    unsigned allowed;
    const struct route *route = path.s ? route_find(METHOD_POST, path.s, &none, &allowed) : NULL;
    uint32_t body = jdoc_get(&q->doc, element, "body");
    request_init(&one, q->worker, q->transport);
    one.route = route;
    one.doc = q->doc;
    one.caller = q->caller;
    one.known = true;
    memcpy(one.env.request_id, q->env.request_id, sizeof(one.env.request_id));
    enum outcome o = route ? auth_scopes(&one, route->scopes)
                           : problem(&one, OUTCOME_internal, "no memory for the batch");
    if (route) {
        ledger_begin(&one, route->name);
        if (key[0]) /* each element has one that is derived of the batch's */
            ledger_idempotent(&one, arena_printf(&one.arena, "%s#%u", key, at), route->name,
                              jget_raw(&q->doc, element, "body"));
        o = o == OUTCOME_ok ? perform(&one, route, body) : ledger_close(&one, o);
    }

    jw_open(w, '{');
    jw_kint(w, "status", outcome_row(o)->status);
    jw_key(w, "body");
    jw_raw(w, buf_view(&one.reply.body));
    jw_close(w, '}');
    for (int i = 0; i < PHASE_COUNT; i++)
        q->spent_ms[i] += one.spent_ms[i];
    if (one.quota.figure[QUOTA_jobs_per_minute].limit > 0)
        q->quota = one.quota;
    one.doc = (struct jdoc){0}; /* the batch's */
    request_free(&one);
}

enum outcome handle_batch(struct request *q, uint32_t body)
{
    uint32_t list = jdoc_get(&q->doc, body, "requests");
    unsigned at = 0;
    struct jsonw w = reply_json(q);
    jw_open(&w, '{');
    jw_key(&w, "responses");
    jw_open(&w, '[');
    for (uint32_t it = jdoc_first(&q->doc, list); it != JSON_NONE;
         it = jdoc_next(&q->doc, list, it))
        answer_one(q, at++, it, &w);
    jw_close(&w, ']');
    jw_close(&w, '}');
    if (q->quota.figure[QUOTA_jobs_per_minute].limit > 0)
        ledger_quota_headers(&q->reply, &q->quota);
    return OUTCOME_ok;
}
