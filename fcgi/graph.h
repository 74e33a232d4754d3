/*
 * graph.h - the graph of a request: read, checked, identified, emitted.
 */
#ifndef GB_FCGI_GRAPH_H
#define GB_FCGI_GRAPH_H

#include "request.h"
#include "work.h"

/* A report to check one graph with: the worker's when it is free, for it is large. NULL: no memory. */
struct gb_report *graph_report_take(struct worker *w);
/* Gives it back, emptied. */
void graph_report_give(struct worker *w, struct gb_report *r);

/* Reads and checks the graph of the request at `body`. OUTCOME_ok: *ret_program is the caller's, to
 * be freed with gb_program_free(). Otherwise the problem (validation, disallowed_includes, no_ir)
 * is written. */
enum outcome graph_front(struct request *q, uint32_t body, struct gb_report *report,
                         struct gb_program **ret_program);
/* As graph_front(), but an invalid graph is OUTCOME_validation with nothing written. */
enum outcome graph_check(struct request *q, uint32_t body, struct gb_report *report,
                         struct gb_program **ret_program);
/* Identity and C++ of a checked program. The program is w->graph's (and the caller's to free with
 * work_free()) in every case. */
enum outcome graph_emit(struct request *q, bool standalone, struct work *w);

#endif
