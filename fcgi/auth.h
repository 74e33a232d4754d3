/*
 * auth.h - who calls.
 */
#ifndef GB_FCGI_AUTH_H
#define GB_FCGI_AUTH_H

#include "request.h"

/* Fills q->caller: from the web server's parameters when it has asked /auth already, else from the
 * key in the request. OUTCOME_ok, or the outcome of the problem that is written. */
enum outcome auth_caller(struct request *q);

/* Whether the caller has one of the scopes; else the problem is written. */
enum outcome auth_scopes(struct request *q, unsigned scopes);

/* "compile execute" of the bits. */
void auth_scope_names(unsigned scopes, struct buf *out);

#endif
