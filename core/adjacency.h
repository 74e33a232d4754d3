/*
 * adjacency.h - the edges of a directed graph, grouped by the vertex they leave.
 */
#ifndef GB_ADJACENCY_H
#define GB_ADJACENCY_H

#include "model.h"

struct gb_arc {
    uint32_t from, to;
    uint32_t tag; /* the caller's */
};

/* Arcs out of v: arcs[first[v]] .. arcs[first[v + 1]], in the order they were given. */
struct gb_adjacency {
    uint32_t *first; /* n + 1 */
    struct gb_arc *arcs;
};

/* Groups m arcs over vertices 0 .. n - 1. 0 or -ENOMEM. */
int gb_adjacency_build(struct gb_adjacency *ret, uint32_t n, const struct gb_arc *arcs, uint32_t m,
                       struct arena *a);
/* Per node of a graph, its consumers; the tag is the input's index in graph->inputs. */
int gb_users(struct gb_adjacency *ret, const struct gb_graph *g, struct arena *a);

#endif
