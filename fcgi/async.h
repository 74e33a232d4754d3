/*
 * async.h - Prefer: respond-async and wait (RFC 7240).
 */
#ifndef GB_FCGI_ASYNC_H
#define GB_FCGI_ASYNC_H

#include "request.h"

/* Whether the client prefers an answer before the work is done. */
bool async_wanted(const struct request *q);

/* Checks the request, puts it in the queue and, with `wait=N`, waits up to N seconds for its
 * result: 200 with the result, else 202 with the job's address. */
enum outcome async_accept(struct request *q);

#endif
