/*
 * info.c - what the service says of itself: versions, limits, catalogue, the caller's own figures.
 */
#include <errno.h>

#include "../core/base/log.h"
#include "auth.h"
#include "handlers.h"
#include "ledger.h"
#include "limits.h"
#include "reply.h"
#include "service.h"

enum outcome handle_healthz(struct request *q, uint32_t body)
{
    (void)body;
    struct jsonw w = reply_json(q);
    jw_open(&w, '{');
    jw_kcstr(&w, "status", "ok");
    jw_close(&w, '}');
    return OUTCOME_ok;
}

static void write_bounds(const struct config *cfg, struct jsonw *w)
{
    const struct job_limits limits = limits_of_config(cfg);
    jw_key(w, "limits");
    limits_json(&limits, w);
    jw_key(w, "bounds");
    jw_open(w, '{');
    jw_kint(w, "body_bytes", cfg->max_body_kb << 10);
    jw_kint(w, "source_bytes", cfg->max_source_kb << 10);
    jw_kint(w, "inputs", cfg->max_inputs);
    jw_kint(w, "batch", cfg->max_batch);
    jw_kint(w, "wait_s", cfg->max_wait_s);
    jw_kint(w, "nodes", GB_MAX_NODES);
    jw_kint(w, "edges", GB_MAX_EDGES);
    jw_kint(w, "functions", GB_MAX_FUNCTIONS);
    jw_close(w, '}');
}

enum outcome handle_info(struct request *q, uint32_t body)
{
    (void)body;
    char image[IMAGE_MAX];
    service_image(q->service, image);
    struct jsonw w = reply_json(q);
    jw_open(&w, '{');
    jw_kcstr(&w, "name", "graph-blocks");
    jw_kcstr(&w, "version", GB_VERSION);
    jw_kcstr(&w, "api", "v1");
    jw_key(&w, "image");
    jw_cstr(&w, image[0] ? image : NULL);
    write_bounds(&q->service->cfg, &w);
    jw_close(&w, '}');
    return OUTCOME_ok;
}

enum outcome handle_node_defs(struct request *q, uint32_t body)
{
    (void)body;
    struct jsonw w = reply_json(q);
    gb_catalogue_json(&q->service->policy, &w);
    return reply_document(q);
}

enum outcome handle_schema(struct request *q, uint32_t body)
{
    (void)body;
    buf_clear(&q->reply.body);
    buf_str(&q->reply.body, gb_schema_json());
    return reply_document(q);
}

static void write_quota(const struct quota_state *quota, struct jsonw *w)
{
    jw_key(w, "quota");
    jw_open(w, '{');
    for (int i = QUOTA_none + 1; i < QUOTA_COUNT; i++) {
        const struct quota_figure *f = &quota->figure[i];
        jw_key(w, quota_limit_name((enum quota_limit)i));
        jw_open(w, '{');
        jw_kint(w, "limit", f->limit);
        jw_kint(w, "remaining", f->remaining);
        jw_kint(w, "reset_s", f->reset_s);
        jw_close(w, '}');
    }
    jw_close(w, '}');
}

enum outcome handle_me(struct request *q, uint32_t body)
{
    (void)body;
    struct quota_state quota = {0};
    struct err err = {0};
    cleanup_buf struct buf scopes = BUF_INIT(0);
    int rc = store_quota(q->service->store, q->caller.user_id, &quota, &err);
    if (rc < 0) {
        log_err(LOG_LEVEL_ERROR, &err, "no quota of a user", NULL);
        return problem(q, OUTCOME_store_unavailable, "the figures cannot be read now");
    }
    auth_scope_names(q->caller.scopes, &scopes);
    ledger_quota_headers(&q->reply, &quota);
    struct jsonw w = reply_json(q);
    jw_open(&w, '{');
    jw_kcstr(&w, "user", q->caller.user);
    jw_kint(&w, "key_id", q->caller.key_id);
    jw_kcstr(&w, "plan", q->caller.plan);
    jw_kcstr(&w, "scopes", buf_cstr(&scopes));
    write_quota(&quota, &w);
    jw_close(&w, '}');
    return OUTCOME_ok;
}
