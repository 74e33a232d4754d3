/*
 * forest.h - a rooted tree that grows at its leaves and answers "which ancestor" in O(log n).
 *
 * Each vertex keeps its parent, its depth and one jump to an ancestor further up (skew-binary jump
 * pointers, E. Myers 1983), so adding is O(1) and a query never walks a long chain step by step.
 */
#ifndef GB_FOREST_H
#define GB_FOREST_H

#include "base/arena.h"

struct gb_forest {
    uint32_t *parent, *jump, *depth; /* by vertex */
};

/* Room for n vertices, none of them in the tree yet. 0 or -ENOMEM. */
int gb_forest_init(struct gb_forest *t, uint32_t n, struct arena *a);
/* The root; it is its own parent. */
void gb_forest_root(struct gb_forest *t, uint32_t v);
/* v below parent, which is in the tree already. */
void gb_forest_add(struct gb_forest *t, uint32_t v, uint32_t parent);
/* The ancestor of v (v itself counts) at `depth`, which is at most v's. */
uint32_t gb_forest_up(const struct gb_forest *t, uint32_t v, uint32_t depth);
/* Whether a is v or stands above it. */
bool gb_forest_above(const struct gb_forest *t, uint32_t a, uint32_t v);
/* The deepest vertex that is above both. */
uint32_t gb_forest_join(const struct gb_forest *t, uint32_t u, uint32_t v);

#endif
