/*
 * schedule.h - one statement's values in the order they are computed.
 *
 * The language computes a statement's inputs on demand, in port order; C++ leaves the order of
 * operands open. So what can be observed (a fault, a read, output) and is followed by something
 * else that can, among the operands of one operation, becomes a local before the statement. The
 * second side of And and Or and the sides of Select run only when they are chosen: what has to be a
 * local inside them makes the side a lambda.
 *
 * A step is a value that is neither a leaf nor named yet, operands before consumers. Most steps are
 * part of an expression and need nothing.
 */
#ifndef GB_SCHEDULE_H
#define GB_SCHEDULE_H

#include "plan.h"

enum gb_step_kind {
    GB_STEP_INLINE, /* part of its consumer's expression */
    GB_STEP_LOCAL,  /* a local: in the statement's prelude, or in the lambda of its unit */
    GB_STEP_LAMBDA, /* a lambda, called in one place */
    GB_STEP_LAZY,   /* a lambda that remembers, called in several */
    GB_STEP_FORCE,  /* a lazy local that has to be asked now */
};

struct gb_step {
    uint32_t node;
    uint32_t unit; /* the node whose lambda it stands in; GB_NIL: the statement itself */
    uint8_t kind;  /* enum gb_step_kind */
    bool ordered;  /* what is left to compute in the consumer's expression can be observed */
    bool prelude;  /* something that can be observed is computed before the consumer's expression */
    uint32_t next; /* used by the emitter: the next local of the same lambda */
};

struct gb_schedule {
    const struct gb_plan *plan;
    const uint8_t *named; /* by node: enum gb_named, the emitter's */
    struct gb_step *steps;
    uint32_t n_steps;
    /* by node */
    uint32_t *met;     /* the run in which it was met last */
    uint32_t *counted; /* the run in which its uses were counted last */
    uint8_t *times;    /* uses in that run, at most 2 */
    uint32_t *lazy;    /* the run in which it became a lazy local last */
    /* scratch */
    struct gb_visit *stack;
    uint32_t *operands; /* the steps of the operands of all open visits, GB_NIL for none */
    uint32_t n_operands;
    uint32_t run;
    bool fresh; /* this run asks for a value that is computed once a statement */
};

/* What the emitter has named so far; volatile values only until their statement ends. */
enum gb_named { GB_UNNAMED, GB_NAMED_LOCAL, GB_NAMED_LAZY };

/* Allocates from arena. 0 or -ENOMEM. */
int gb_schedule_init(struct gb_schedule *s, const struct gb_plan *plan, const uint8_t *named,
                     struct arena *arena);
/* Fills steps for a statement's inputs, in port order. */
void gb_schedule_inputs(struct gb_schedule *s, const struct gb_node *statement);
/* The same for one value: `lazily` when it is to become a lazy local, whose step comes last. */
void gb_schedule_value(struct gb_schedule *s, uint32_t node, bool lazily);

#endif
