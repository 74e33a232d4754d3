/*
 * structure.h - how the statement tree is found, shared by structure*.c and by nothing else.
 *
 *   structure.c        which nodes are statements; drives the steps; builds the blocks
 *   structure_data.c   data cycles; the order of values; which values a statement needs
 *   structure_flow.c   control edges and body lists → which body each statement belongs to
 *   structure_exits.c  edges that leave a body, or lead into its middle
 *   structure_order.c  the order of the statements within one body
 *
 * The control edges are a graph over vertices: one for each node, one for each body port (then,
 * else, body), and a root. Back edges to the head of an enclosing loop aside it must be acyclic. A
 * statement belongs to the innermost body whose port dominates it, that is, without whose port it
 * cannot be reached: what both branches of an If reach is dominated by the If, not by either
 * branch, and so comes after it.
 */
#ifndef GB_STRUCTURE_H
#define GB_STRUCTURE_H

#include "adjacency.h"
#include "forest.h"
#include "front.h"

struct gb_flow {
    struct gb_front *f;
    struct gb_raw_graph *raw;
    struct gb_graph *g;
    struct arena *tmp;
    uint32_t n;                /* nodes; vertex v < n is node v */
    uint32_t *port_of;         /* by If, While and For: the vertex of its first body port */
    uint32_t *owner;           /* by vertex of a body port, from vertex n: whose it is */
    uint32_t root;             /* the last vertex: the graph's own body */
    uint32_t *values;          /* all nodes, each behind what it needs */
    struct gb_adjacency users; /* by node */

    /* No bodies, no control edges, no outputs of VarDecls that are read: then the order is that of
     * the nodes, and of what follows only `present` is filled. */
    bool plain;
    bool *present; /* by node: takes part in the order (statements and what edges touch) */
    struct gb_adjacency next; /* by vertex: control edges, body lists among them */
    bool *back;               /* by arc of next: leads back to a loop's head */
    uint32_t *order;          /* the vertices present, each behind those that lead to it */
    uint32_t n_order;
    struct gb_forest dominators; /* over vertices */
    struct gb_forest bodies;     /* over body ports and the root: which stands in which */
    uint32_t *body;              /* by vertex: the body port (or root) it stands in */
};

static inline bool gb_is_loop(enum gb_op op)
{
    return op == GB_OP_WHILE || op == GB_OP_FOR;
}

static inline unsigned gb_body_ports(enum gb_op op)
{
    return op == GB_OP_IF ? 2 : gb_is_loop(op) ? 1 : 0;
}

/* The vertex of a body port: slot 0 is then or body, slot 1 is else. The node has that port. */
static inline uint32_t gb_port_vertex(const struct gb_flow *fl, uint32_t owner, unsigned slot)
{
    return fl->port_of[owner] + slot;
}

static inline uint32_t gb_port_owner(const struct gb_flow *fl, uint32_t port)
{
    return fl->owner[port - fl->n];
}

/* Bodies by number: those of the ports, then the graph's own. */
static inline uint32_t gb_n_bodies(const struct gb_flow *fl)
{
    return fl->root - fl->n + 1;
}

static inline uint32_t gb_body_number(const struct gb_flow *fl, uint32_t body)
{
    return body - fl->n;
}

/* The body that a successor of vertex u starts in: a port's own, else the one u stands in. */
static inline uint32_t gb_body_behind(const struct gb_flow *fl, uint32_t u)
{
    return u >= fl->n ? u : fl->body[u];
}

/* How many values an external node gives: the function's, and one for each output parameter. */
static inline uint32_t gb_extern_outputs(const struct gb_extern *ext)
{
    uint32_t n = ext->ret.base != GB_VOID;
    for (uint32_t i = 0; i < ext->n_params; i++)
        n += ext->params[i].kind == GB_EXT_OUTPUT;
    return n;
}

/* Reports data cycles (and cuts them, so that the rest can go on), fills values and users. */
int gb_flow_data(struct gb_flow *fl);
/* Marks statements: by type, and each Call that no firm statement needs. */
int gb_flow_statements(struct gb_flow *fl);
/* Fills present .. body; reports what is wrong with the control edges. */
int gb_flow_control(struct gb_flow *fl);
/* Reports edges that leave a body and do not meet behind it. */
int gb_flow_exits(struct gb_flow *fl);
/* The order within the bodies: all nodes present, body by body, those of body number b from
 * first[b] up to first[b + 1]. */
struct gb_body_order {
    uint32_t *first;
    uint32_t *nodes;
};
int gb_flow_order(struct gb_flow *fl, struct gb_body_order *ret);

/* Appends the ids of some nodes to a message: "a -> b -> ... -> a". */
struct str gb_flow_path(struct gb_flow *fl, const uint32_t *nodes, uint32_t n);

#endif
