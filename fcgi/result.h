/*
 * result.h - the reply to a compile or execute request (docs/api.md, A result).
 */
#ifndef GB_FCGI_RESULT_H
#define GB_FCGI_RESULT_H

#include "../core/base/jsonw.h"
#include "execution.h"
#include "request.h"
#include "work.h"

/* How the cache answered; the words of the reply's `cache`. */
enum cache_state { CACHE_HIT, CACHE_MISS, CACHE_SHARED, CACHE_BYPASS, CACHE_OFF };
const char *cache_state_name(enum cache_state s);

struct result {
    const struct work *work;
    const struct execution *execution;
    enum cache_state cache;
    const char *result_hash; /* of GET /v1/results/{hash}; "" when nothing is stored */
    const char *violations;  /* JSON array of the screening, or NULL */
};

/* Writes the whole document into the reply's body. The graph's C++ and map come last: *ret_core is
 * how many bytes stand before them (the document without them is those and a '}'). */
void result_write(struct request *q, const struct result *r, size_t *ret_core);

#endif
