/*
 * request.h - one request and all that belongs to it, grouped by where it came from.
 *
 * A request lives on its worker thread's stack and is passed, never global. The arena, the body's
 * buffer and the reply's buffers keep their memory from one request to the next.
 */
#ifndef GB_FCGI_REQUEST_H
#define GB_FCGI_REQUEST_H

#include <time.h>

#include "../core/base/arena.h"
#include "../core/base/buf.h"
#include "../core/base/json.h"
#include "../sql/store.h"
#include "outcome.h"
#include "transport.h"

enum method {
    METHOD_OTHER = 0,
    METHOD_GET = 1, /* HEAD too: the reply's body is left out */
    METHOD_POST = 2,
    METHOD_DELETE = 4,
};

enum phase {
#define PHASE(name, ...) PHASE_##name,
#include "phase.def"
#undef PHASE
    PHASE_COUNT
};

struct route;
struct service;
struct worker;

/* From the web server's parameters; borrowed from the transport. */
struct env {
    enum method method;
    bool head;
    const char *method_name;
    const char *path;
    const char *query;
    const char *remote_addr;
    const char *content_type;
    int64_t content_length; /* -1: not said or no number */
    char request_id[65];
};

struct reply {
    const char *content_type; /* NULL: application/json */
    struct buf headers;       /* whole lines, each with its CRLF */
    struct buf body;
    bool sent; /* the handler has streamed the reply itself */
};

struct request {
    struct service *service;
    struct worker *worker;
    const struct transport *transport;
    const struct route *route; /* NULL: none matches */
    struct str param;          /* what stands for the {…} of the route's pattern */

    struct env env;
    struct buf body; /* raw bytes */
    struct jdoc doc; /* the body, parsed, for WANT_JSON routes */
    bool known;      /* who calls, below */
    struct store_caller caller;
    struct reply reply;
    struct arena arena; /* released when the request ends */

    struct timespec began;
    double spent_ms[PHASE_COUNT];
    const char *verdict; /* for the log; NULL: none */
    const char *cache;   /* the same */

    void *live;               /* live_output()'s own */
    struct quota_state quota; /* what the store said last; all 0: it was not asked */
    struct job_new job;       /* kind NULL: this request makes no job */
    bool admitted;            /* the job stands in the store as running: store_finish() ends it */
    bool recorded;            /* its end stands there too */
    bool leased;              /* gb-jobd's: the lease wants a sign of life now and then */
    /* Told of output while the program runs, and without any when time has passed; NULL: nobody. */
    void (*live_output)(struct request *q, unsigned run, bool is_stderr, struct str bytes);
};

/* The parameter's value, or "" when it is not there. */
const char *request_param(const struct request *q, const char *name);
/* Whether the client wants the cache left alone: Cache-Control: no-store (RFC 9111). */
bool request_no_store(const struct request *q);
/* Milliseconds since *from (CLOCK_MONOTONIC). */
double ms_since(const struct timespec *from);
/* Adds the time since *from to a phase and sets *from to now. */
void phase_end(struct request *q, enum phase phase, struct timespec *from);
/* The decoded value of a query parameter in the request's arena; .s is NULL when it is not there.
 */
struct str request_query(struct request *q, const char *name);

#endif
