/*
 * pipeline.h - work becomes a result: cache, single flight, sandbox, record, reply.
 */
#ifndef GB_FCGI_PIPELINE_H
#define GB_FCGI_PIPELINE_H

#include "request.h"
#include "work.h"

/* Runs the work (or finds that it has been run) and writes the reply; the job's end is recorded. */
enum outcome pipeline_run(struct request *q, struct work *w);

/* The reply to sources that the screening refused; violations is a JSON array. */
enum outcome pipeline_blocked(struct request *q, struct work *w, const char *violations);

#endif
