/*
 * metrics.h - the counters of all processes together, and their exposition for Prometheus.
 *
 * One file, mapped by every process of the service; each adds to the same cells with atomic
 * operations. Nothing has to be collected, a process that dies leaves nothing half done, and counts
 * outlive restarts. The file's name says its layout: a program of another one has its own.
 */
#ifndef GB_FCGI_METRICS_H
#define GB_FCGI_METRICS_H

#include "../core/base/buf.h"
#include "../core/base/err.h"
#include "request.h"
#include "result.h"

struct metrics;

/* Opens or makes the file in DIR. 0 or a negative errno. */
int metrics_open(const char *dir, struct metrics **ret, struct err *err);
void metrics_close(struct metrics *m); /* accepts NULL */

/* A request has ended: route (n_routes: none), outcome, time by phase and altogether. */
void metrics_request(struct metrics *m, unsigned route, enum outcome o,
                     const double spent_ms[PHASE_COUNT], double total_ms);
/* A program has a verdict; it came from there. */
void metrics_verdict(struct metrics *m, enum verdict v, enum cache_state cache);

/* The text exposition format, version 0.0.4. */
void metrics_write(const struct metrics *m, struct buf *out);

/* Writes one sample that is not counted here: a gauge that was read just now. */
void metrics_gauge(struct buf *out, const char *name, const char *help, double value);

#endif
