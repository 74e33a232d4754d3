/*
 * job_json.h - jobs as clients see them.
 */
#ifndef GB_FCGI_JOB_JSON_H
#define GB_FCGI_JOB_JSON_H

#include "../core/base/jsonw.h"
#include "../sql/store_jobs.h"
#include "outcome.h"

bool job_state_final(enum job_state s);
/* The members of a job, without brackets. */
void job_members_json(const struct job_view *j, struct jsonw *w);
/* {"self": ..., "events": ...} */
void job_links_json(struct str id, struct jsonw *w);
/* 202: the reply that a queued or running job of this request gets. */
struct request;
enum outcome job_accepted(struct request *q, enum job_state state);

#endif
