/*
 * structure_exits.c - edges that leave a body, or lead into its middle.
 *
 * A node stands in the innermost body that dominates it; an edge into it from a deeper body leaves
 * that body. Out of a branch that is in order where the paths meet: both branches lead there, or the
 * If does by itself. Otherwise the node is in the middle of the branch, and the edge to blame is the
 * one from outside. Out of a loop only Break leads.
 */
#include "structure.h"

#include <errno.h>

struct exits {
    struct gb_flow *fl;
    struct gb_adjacency into; /* by node: who leads to it; the tag is the arc's index in fl->next */
    uint32_t *left_for;       /* by body: the last node that an edge out of it led to */
    uint32_t *loop;           /* by body: the loop body it stands in (itself counts), or GB_NIL */
};

/* The node an arc comes from: its vertex, or the owner of that port. */
static struct str source_id(const struct gb_flow *fl, const struct gb_arc *arc)
{
    return fl->g->nodes[arc->from < fl->n ? arc->from : gb_port_owner(fl, arc->from)].id;
}

/* The first arc into `to` that does not come from inside `body`; else NULL. */
static const struct gb_arc *outsider(const struct exits *x, uint32_t to, uint32_t body)
{
    for (uint32_t at = x->into.first[to]; at < x->into.first[to + 1]; at++)
        if (!gb_forest_above(&x->fl->bodies, body, gb_body_behind(x->fl, x->into.arcs[at].to)))
            return &x->fl->next.arcs[x->into.arcs[at].tag];
    return NULL;
}

/* `arc` leaves `body`, which it must not. */
static void report(const struct exits *x, const struct gb_arc *arc, uint32_t body)
{
    struct gb_flow *fl = x->fl;
    uint32_t owner = gb_port_owner(fl, body);
    struct str to = fl->g->nodes[arc->to].id, of = fl->g->nodes[owner].id;
    bool out = gb_forest_above(&fl->dominators, owner, fl->dominators.parent[arc->to]);
    const struct gb_arc *blamed = out ? NULL : outsider(x, arc->to, body);
    struct str from = source_id(fl, blamed ? blamed : arc);
    struct gb_error *e = gb_complain(
        fl->f, GB_E_control_into_body, fl->g, arc->to, (blamed ? blamed : arc)->tag,
        blamed ? "The control edge from '%.*s' to '%.*s' leads into the middle of a body of '%.*s'"
               : "The control edge from '%.*s' to '%.*s' leads out of the body of '%.*s'",
        STR_ARG(from), STR_ARG(to), STR_ARG(of));
    e->from = from;
    if (!blamed)
        e->suggestion = STR("leave a loop with Break");
}

static bool leaves_loop(const struct exits *x, uint32_t inner, uint32_t outer)
{
    uint32_t loop = x->loop[inner];
    return loop != GB_NIL && x->fl->bodies.depth[loop] > x->fl->bodies.depth[outer];
}

/* Whether what leaves a branch for `to` meets the rest of its If there. */
static bool meets(const struct exits *x, uint32_t branch, uint32_t to)
{
    const struct gb_flow *fl = x->fl;
    uint32_t owner = gb_port_owner(fl, branch), first = gb_port_vertex(fl, owner, 0);
    uint32_t sibling = gb_port_vertex(fl, owner, branch == first);
    return x->left_for[sibling] == to ||
           gb_forest_above(&fl->dominators, owner, fl->dominators.parent[to]);
}

/* The outermost body that an arc from `vertex` into a node of body `outer` leaves, or `outer`. */
static uint32_t leaves(const struct gb_flow *fl, uint32_t vertex, uint32_t outer)
{
    uint32_t inner = gb_body_behind(fl, vertex);
    return inner == outer ? outer : gb_forest_up(&fl->bodies, inner, fl->bodies.depth[outer] + 1);
}

/* At most one complaint about a node's predecessors. */
static void check_node(struct exits *x, uint32_t to)
{
    struct gb_flow *fl = x->fl;
    uint32_t outer = fl->body[to], from = x->into.first[to], end = x->into.first[to + 1];
    for (uint32_t at = from; at < end; at++)
        x->left_for[leaves(fl, x->into.arcs[at].to, outer)] = to;
    for (uint32_t at = from; at < end; at++) {
        const struct gb_arc *arc = &fl->next.arcs[x->into.arcs[at].tag];
        uint32_t inner = gb_body_behind(fl, x->into.arcs[at].to);
        uint32_t body = leaves(fl, x->into.arcs[at].to, outer);
        if (body == outer)
            continue;
        bool loop = leaves_loop(x, inner, outer);
        if (loop || !meets(x, body, to)) {
            report(x, arc, loop ? x->loop[inner] : body);
            return;
        }
    }
}

static int init(struct exits *x)
{
    struct gb_flow *fl = x->fl;
    uint32_t vertices = fl->root + 1, n = 0;
    struct gb_arc *arcs = arena_new_array(fl->tmp, fl->next.first[vertices], struct gb_arc);
    x->left_for = arena_new_array(fl->tmp, vertices, uint32_t);
    x->loop = arena_new_array(fl->tmp, vertices, uint32_t);
    if (!arcs || !x->left_for || !x->loop)
        return -ENOMEM;
    for (uint32_t v = 0; v < vertices; v++) {
        x->left_for[v] = x->loop[v] = GB_NIL;
        for (uint32_t at = fl->next.first[v]; at < fl->next.first[v + 1]; at++)
            if (!fl->back[at] && fl->next.arcs[at].to < fl->n)
                arcs[n++] = (struct gb_arc){fl->next.arcs[at].to, v, at};
    }
    for (uint32_t k = 0; k < fl->n_order; k++) { /* outer bodies come first */
        uint32_t v = fl->order[k];
        if (v >= fl->n)
            x->loop[v] =
                gb_is_loop(fl->g->nodes[gb_port_owner(fl, v)].op) ? v : x->loop[fl->body[v]];
    }
    return gb_adjacency_build(&x->into, fl->n, arcs, n, fl->tmp);
}

int gb_flow_exits(struct gb_flow *fl)
{
    struct exits x = {.fl = fl};
    int r = init(&x);
    for (uint32_t to = 0; to < fl->n && r == 0; to++)
        check_node(&x, to);
    return r;
}
