/*
 * plan.h - where each value of a graph is computed.
 *
 * A statement's place is its number in the order the statements are written. A value is needed
 * between a first and a last place; the block that holds both holds all its uses, and the statement
 * of that block that holds the first one is the value's anchor. From that follows its form:
 *
 *   constants, parameters, variables, indices      written where they are used
 *   one use                                        written in its consumer's expression
 *   pure and total, several uses                   a local before the anchor
 *   pure, may fault, several uses                  computed by the first consumer that surely runs,
 *                                                  else lazily, declared before the anchor
 *   volatile                                       anew for each statement: schedule.h; when that
 *                                                  would write the same again and again, a lambda
 *                                                  that computes once a statement
 *
 * Expressions that grow past a line's worth are cut into locals, so neither the text nor a
 * recursion over it is ever deep. All passes are linear in nodes and inputs.
 */
#ifndef GB_PLAN_H
#define GB_PLAN_H

#include "fold.h"

enum gb_form {
    GB_FORM_INLINE, /* in its consumer's expression */
    GB_FORM_LOCAL,  /* a local before the anchor */
    GB_FORM_LAZY,   /* a lazy local before the anchor */
    GB_FORM_SHARED, /* a local where it is first met, lazy when that need not run */
    GB_FORM_FRESH,  /* a lambda before the anchor, computed once for each statement that asks */
};

enum {
    GB_PLAN_LEAF = 1,         /* a constant or a name: nothing to compute */
    GB_PLAN_VOLATILE = 2,     /* it or something below it */
    GB_PLAN_ORDERED = 4,      /* computing it itself can be observed: it faults, reads or prints */
    GB_PLAN_ORDERED_DEEP = 8, /* it or something below it */
    GB_PLAN_CUT = 16,         /* a local of its own, though used once */
};

struct gb_place {
    const struct gb_stmt *stmt; /* NULL: the function's result, behind all statements */
    uint32_t block;
};

struct gb_plan {
    const struct gb_program *program;
    const struct gb_graph *graph;
    struct gb_fold fold;
    struct gb_place *places;
    uint32_t n_places;
    uint8_t *form;      /* by node: enum gb_form */
    uint8_t *flags;     /* by node: GB_PLAN_* */
    uint8_t *uses;      /* by node: 0, 1, or 2 for several */
    uint32_t *anchored; /* by place: the first value declared before it, GB_NIL for none */
    uint32_t *next;     /* by node: the next value of the same anchor, operands first */
    bool *var_read;     /* by variable */
    bool fresh;         /* some form is GB_FORM_FRESH */
};

/* Allocates from arena. 0 or -ENOMEM. */
int gb_plan(const struct gb_program *p, const struct gb_graph *g, struct arena *arena,
            struct gb_plan *ret);

/* Whether every way through a function's body calls the function itself. */
int gb_plan_never_ends(const struct gb_plan *plan, struct arena *arena, bool *ret);
/* The last statement is a Return: nothing is behind it. */
bool gb_plan_returns(const struct gb_graph *g);
/* The function's value at its end is needed: the end can be reached and gives a value. */
bool gb_plan_needs_result(const struct gb_graph *g);

#endif
