/*
 * dispatch.h - from a request's parameters to its reply: the checks every route shares, in one
 * place.
 */
#ifndef GB_FCGI_DISPATCH_H
#define GB_FCGI_DISPATCH_H

#include "request.h"
#include "routes.h"

/* Answers one request. Never fails: what goes wrong is a reply. */
void dispatch(struct worker *w, const struct transport *t);

/* The part that does not depend on HTTP: checks the members of `body` in q->doc, runs the handler,
 * records the job. Also what a batch and gb-jobd do with each of theirs. */
enum outcome perform(struct request *q, const struct route *route, uint32_t body);

/* Checks the members of `body`; OUTCOME_ok, or the outcome of the problem that is written. */
enum outcome check_fields(struct request *q, const struct field *fields, uint32_t body);

/* Makes q ready for use; released with request_free(). */
void request_init(struct request *q, struct worker *w, const struct transport *t);
void request_free(struct request *q);

#endif
