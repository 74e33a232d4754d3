/*
 * reply.h - what goes back: JSON, or a problem (RFC 9457) with one of the outcomes.
 *
 * A handler returns an outcome; `return problem(q, OUTCOME_..., ...)` writes the body on the way.
 */
#ifndef GB_FCGI_REPLY_H
#define GB_FCGI_REPLY_H

#include "../core/base/jsonw.h"
#include "request.h"

/* Adds a header line; CR, LF and other control characters in the value become spaces. */
void reply_header(struct reply *r, const char *name, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* A whole problem with a sentence for a person; returns o. */
enum outcome problem(struct request *q, enum outcome o, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* The same, left open for members of its own: write them with w, then problem_end(). */
void problem_begin(struct request *q, enum outcome o, struct jsonw *w, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));
enum outcome problem_end(enum outcome o, struct jsonw *w);

/* A writer on the (emptied) body. */
struct jsonw reply_json(struct request *q);

/* Names the reply's content: ETag, and Cache-Control as given. True when the client has it already
 * (If-None-Match): then the outcome is OUTCOME_not_modified. */
bool reply_etag(struct request *q, struct str tag, const char *cache_control);
/* The same for a document that changes with the service alone: the tag is the body's hash. */
enum outcome reply_document(struct request *q);

/* The line Server-Timing (W3C), as of now; reply_send() writes it too. */
void reply_server_timing(struct request *q, struct buf *out);

/* Sends status line, headers and body. 0 or -EPIPE. */
int reply_send(struct request *q, enum outcome o);

#endif
