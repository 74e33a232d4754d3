/*
 * check.h - the checks' own state, shared by check*.c and by nothing else.
 *
 *   check.c         drives; finishes the model
 *   check_scan.c    per graph: the places of statements, which of them need a value, where a
 *                   body ends
 *   check_result.c  what a function returns when its end is reached
 *   check_vars.c    variables: declarations, scopes, who means which
 *   check_types.c   inference, over all graphs at once
 *   check_ports.c   what each input needs against what arrives
 *   check_fx.c      effects, what is needed, which functions are reached
 *
 * A statement's place is its number in the order of the text, from 1: a statement before its
 * blocks. A block is a range of places, so "is declared before and still in scope" is a comparison.
 */
#ifndef GB_CHECK_H
#define GB_CHECK_H

#include "adjacency.h"
#include "catalogue.h"
#include "front.h"

/* What the checks know of one graph besides the model. */
struct gb_scan {
    struct gb_raw_graph *raw;
    struct gb_graph *g;
    struct gb_func *func;      /* NULL for the main graph */
    uint32_t *values;          /* all nodes, each behind what it needs */
    struct gb_adjacency users; /* by node */
    uint32_t *place;           /* by node: of statements; 0 for values */
    uint32_t end;              /* the place behind the last statement: the function's end */
    uint32_t *first, *last;    /* by block: the places inside; the body's includes `end` */
    bool *falls;               /* by block: its end can be reached when its beginning can */
    uint32_t *needed_first,
        *needed_last; /* by node: places of the statements that need it; 0: none */
    uint32_t *body;   /* by node: the block of a loop's body; GB_NIL for none */
    uint32_t *names; /* by node that names a variable: the first variable of that name, or GB_NIL */
    uint32_t *name_of;    /* by variable: the same */
    bool *several;        /* by first variable of a name: there are more of that name */
    bool *in_body;        /* by first variable of a name: one is declared in the graph's body */
    bool implicit_result; /* graph->result was chosen, not named */
    bool untyped_ret;     /* func->ret is inferred */
    bool *untyped_params; /* by parameter: its type is inferred */
    bool *untyped_vars;   /* by variable */
};

struct gb_checking {
    struct gb_front *f;
    struct arena *tmp;
    struct gb_scan *scans; /* 0: main; 1 + i: function i */
    uint32_t n_scans;
};

static inline bool gb_in_block(const struct gb_scan *s, uint32_t block, uint32_t place)
{
    return place >= s->first[block] && place <= s->last[block];
}

/* A Call (or impure external) that only dead values use; see gb_flow_statements(). */
static inline bool gb_is_tentative(const struct gb_scan *s, uint32_t v)
{
    return s->g->nodes[v].statement && s->users.first[v] != s->users.first[v + 1] &&
           (s->g->nodes[v].op == GB_OP_CALL || s->g->nodes[v].op == GB_OP_EXTERNAL);
}

/* The type of a node's output. */
struct gb_type gb_output_type(const struct gb_node *node, uint32_t out);

/* Each returns 0 or -ENOMEM. */
int gb_scan_graph(struct gb_checking *c, struct gb_scan *s);
int gb_scan_needs(struct gb_checking *c, struct gb_scan *s);
int gb_check_result(struct gb_checking *c, struct gb_scan *s);
int gb_declare_vars(struct gb_checking *c, struct gb_scan *s);
int gb_resolve_vars(struct gb_checking *c, struct gb_scan *s);
int gb_infer_types(struct gb_checking *c);
void gb_check_ports(struct gb_checking *c, struct gb_scan *s);
/* Only for programs without errors. */
int gb_find_effects(struct gb_checking *c);

#endif
