/*
 * handlers.h - what stands behind the routes.
 *
 * A handler starts where the checks of its row in routes.c have ended: the caller is known, the
 * body is parsed and its members are checked. `body` is the request's object in q->doc (of a batch,
 * an element).
 */
#ifndef GB_FCGI_HANDLERS_H
#define GB_FCGI_HANDLERS_H

#include "request.h"

typedef enum outcome handler_fn(struct request *q, uint32_t body);

handler_fn handle_compile, handle_execute, handle_validate, handle_emit, handle_preview;
handler_fn handle_batch;
handler_fn handle_jobs, handle_job, handle_job_cancel, handle_job_events, handle_result;
handler_fn handle_node_defs, handle_schema, handle_openapi, handle_me, handle_info;
handler_fn handle_healthz, handle_readyz, handle_metrics, handle_auth;

#endif
