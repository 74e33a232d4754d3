/*
 * fold.h - what of a graph need not be computed when the program runs.
 *
 * Constants are computed by the evaluator's own operations, equal pure values become one, a choice
 * whose condition is known becomes the side it takes. Nothing changes what a program prints: what
 * may fault stays, and what libm may round differently is left to run time.
 */
#ifndef GB_FOLD_H
#define GB_FOLD_H

#include "model.h"

struct gb_fold {
    const struct gb_graph *graph;
    uint32_t *stands;              /* by node: the node whose value it is, most often itself */
    const struct gb_value **known; /* by node: its value, NULL when only the run can tell */
    uint32_t *order;               /* the values that statements may need, operands first */
    uint32_t n_order;
};

/* statements: their nodes, in the order they run; a function's result comes after them (g->result).
 * Allocates from arena. 0 or -ENOMEM. */
int gb_fold(const struct gb_graph *g, const uint32_t *statements, uint32_t n_statements,
            struct arena *arena, struct gb_fold *ret);

/* A statement that is read like a value: a For's index, a variable. */
static inline bool gb_is_slot(const struct gb_node *n)
{
    return n->op == GB_OP_FOR || n->op == GB_OP_VARDECL;
}

/* The node that computes what arrives at an input. */
static inline uint32_t gb_fold_source(const struct gb_fold *f, const struct gb_input *in)
{
    return f->stands[in->src];
}

#endif
