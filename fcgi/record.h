/*
 * record.h - one run's result as it stands in the cache, and what may stand there.
 *
 * The record is also what GET /v1/results/{hash} answers, from the responder or straight from
 * memcached: {key, success, verdict, stdout, stderr, exit_code, truncated, faults, compile, run,
 * image}.
 */
#ifndef GB_FCGI_RECORD_H
#define GB_FCGI_RECORD_H

#include "execution.h"

/* Whether run i is a function of its key alone: a normal exit, or a fault of the program's own, of
 * a program that reads no clock and no randomness, compiled without a word. */
bool record_storable(const struct execution *x, uint32_t i);
void record_write(const struct execution *x, uint32_t i, struct str key, struct buf *out);
/* Reads a record into run i of x (and its compilation into x->compile). 0; -ENOENT: it is of
 * another key, or no record at all; -ENOMEM. */
int record_read(struct execution *x, uint32_t i, struct str record, struct str key);

/* A binary's entry: the key's text, a NUL, the program. */
int binary_pack(struct str key, struct str binary, struct buf *out);
/* The program inside; empty when the entry is of another key. */
struct str binary_unpack(struct str entry, struct str key);

/* The members stdout and stderr, and their base64 forms when they are no UTF-8. */
struct jdoc;
struct jsonw;
void output_json(struct jsonw *w, const char *name, struct str bytes);
/* The bytes of such a member of the document's object, in the arena. 0; -ENOENT: it is not there or
 * is no base64; -ENOMEM. */
int record_output(const struct jdoc *d, const char *name, struct arena *arena, struct str *ret);

#endif
