/*
 * ledger.h - a job's way through the store: admitted, ended, recorded.
 *
 * A reply leaves only when what it tells of is committed; a failure here replaces the reply by a
 * problem. Every function returns OUTCOME_ok, or the outcome of the problem it has written.
 */
#ifndef GB_FCGI_LEDGER_H
#define GB_FCGI_LEDGER_H

#include "request.h"
#include "result.h"

/* Makes the request a job of this kind, with an id of its own. */
void ledger_begin(struct request *q, const char *kind);

/* The job bears this Idempotency-Key ("": none); a repetition is one of the same route and body. */
void ledger_idempotent(struct request *q, struct str key, const char *route, struct str body);

/* May it run now? Then it stands in the store as running, for at most lease_ms. */
enum outcome ledger_admit(struct request *q, int64_t lease_ms);

/* Puts it in the queue for gb-jobd. OUTCOME_replayed etc. when the Idempotency-Key is known. */
enum outcome ledger_enqueue(struct request *q);

/* The end of a job with a result: state, figures, artifacts, events. `core` is what result_write()
 * said; of a hit on a large graph the core alone is kept: its C++ and map are made anew at any time. */
enum outcome ledger_end(struct request *q, const struct result *r, size_t core);

/* The end of a job without one: a problem that is already written, or a plain success (validate,
 * emit, preview). Returns o when it is recorded. */
enum outcome ledger_close(struct request *q, enum outcome o);

/* RateLimit-* of what is left, on any reply. */
void ledger_quota_headers(struct reply *r, const struct quota_state *quota);

#endif
