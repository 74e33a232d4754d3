/*
 * structure_order.c - the order of the statements within each body.
 *
 * A topological order, ties broken by position, chains kept together. What must wait for what,
 * within one body: a statement for those whose control edges lead to it; the consumer of a
 * VarDecl's output for the VarDecl. Both ends are lifted to the constructs of the body that hold
 * them. Values that depend on a VarDecl's output take part as vertices of their own (n + v), so
 * that the number of edges stays linear; each stands in the innermost body that holds all its
 * consumers.
 *
 * The top level is ordered by position, and a chain is contiguous behind its head: so its head
 * waits for what its members need. Where that is not possible the head waits for its own needs
 * only; and where values and control edges contradict each other the control edges win, and the
 * checks report a variable that is read before its declaration.
 */
#include "structure.h"

#include <errno.h>

enum wish { CONTIGUOUS, DATA, CONTROL }; /* what is asked for, until it can be had */

struct ordering {
    struct gb_flow *fl;
    uint32_t *home; /* by value: the body vertex of its order; GB_NIL: takes no part */
    uint32_t *head; /* by node or n + value: the head of the chain it belongs to; GB_NIL: none */
    bool *entered;  /* by node: a control edge within its body leads to it */
    uint32_t *rank; /* by node: among the heads of its body */
    struct gb_arc *arcs; /* the tag says whether the arc stands for a value */
    uint32_t n_arcs;
    struct gb_adjacency of_body;    /* by body vertex: its arcs' indices */
    uint32_t *first_arc, *next_arc; /* the body at hand: arcs by the vertex they leave */
    uint32_t *waits;                /* by vertex: arcs into it that are still open */
    uint32_t *stack;                /* ready, and to follow at once */
    uint32_t n_stack;
    uint32_t *heap; /* ready heads, by rank */
    uint32_t n_heap;
    uint32_t *nodes; /* the result */
    uint32_t n_nodes;
};

/* ---- the vertices and what they wait for ----------------------------------------------------- */

/* The body vertex in which a consumer of a value stands; GB_NIL when nothing needs it. */
static uint32_t home_of(const struct ordering *o, uint32_t v)
{
    const struct gb_flow *fl = o->fl;
    return fl->g->nodes[v].statement ? fl->body[v] : o->home[v];
}

/* The vertex of body `b` that is, or holds, vertex `x` standing in body `inner` below or at b. */
static uint32_t lifted(const struct gb_flow *fl, uint32_t x, uint32_t inner, uint32_t b)
{
    if (inner == b)
        return x;
    return gb_port_owner(fl, gb_forest_up(&fl->bodies, inner, fl->bodies.depth[b] + 1));
}

/* Gives each value that depends on a VarDecl's output its home. */
static void find_homes(struct ordering *o)
{
    struct gb_flow *fl = o->fl;
    for (uint32_t k = 0; k < fl->n; k++) { /* home is a flag at first */
        uint32_t v = fl->values[k];
        const struct gb_node *node = &fl->g->nodes[v];
        o->home[v] = GB_NIL;
        for (uint32_t i = 0; i < node->n_inputs && !node->statement; i++) {
            uint32_t src = fl->g->inputs[node->inputs + i].src;
            if (src != GB_NIL && (fl->g->nodes[src].op == GB_OP_VARDECL ||
                                  (!fl->g->nodes[src].statement && o->home[src] != GB_NIL)))
                o->home[v] = 0;
        }
    }
    for (uint32_t k = fl->n; k-- > 0;) {
        uint32_t v = fl->values[k], home = GB_NIL;
        if (o->home[v] == GB_NIL)
            continue;
        for (uint32_t at = fl->users.first[v]; at < fl->users.first[v + 1]; at++) {
            uint32_t user = home_of(o, fl->users.arcs[at].to);
            if (user != GB_NIL)
                home = home == GB_NIL ? user : gb_forest_join(&fl->bodies, home, user);
        }
        o->home[v] = home;
    }
}

static void add_control_arcs(struct ordering *o)
{
    struct gb_flow *fl = o->fl;
    for (uint32_t u = 0; u < fl->root; u++)
        for (uint32_t at = fl->next.first[u]; at < fl->next.first[u + 1]; at++) {
            uint32_t to = fl->next.arcs[at].to;
            if (fl->back[at] || to >= fl->n)
                continue;
            uint32_t b = fl->body[to], inner = gb_body_behind(fl, u);
            if (u == b) { /* out of the body's own port */
                o->rank[to] = at;
                continue;
            }
            if (!gb_forest_above(&fl->bodies, b, inner))
                continue; /* only after errors */
            o->entered[to] = true;
            o->arcs[o->n_arcs++] = (struct gb_arc){lifted(fl, u, inner, b), to, 0};
        }
}

static void add_data_arcs(struct ordering *o)
{
    struct gb_flow *fl = o->fl;
    for (uint32_t v = 0; v < fl->n; v++) {
        bool declares = fl->g->nodes[v].op == GB_OP_VARDECL;
        uint32_t b = declares ? fl->body[v] : o->home[v];
        if (b == GB_NIL || (!declares && fl->g->nodes[v].statement))
            continue;
        for (uint32_t at = fl->users.first[v]; at < fl->users.first[v + 1]; at++) {
            uint32_t user = fl->users.arcs[at].to, inner = home_of(o, user);
            if (inner == GB_NIL || !gb_forest_above(&fl->bodies, b, inner))
                continue; /* dead, or out of scope: the checks will tell */
            uint32_t x = fl->g->nodes[user].statement ? user : fl->n + user;
            o->arcs[o->n_arcs++] =
                (struct gb_arc){declares ? v : fl->n + v, lifted(fl, x, inner, b), 1};
        }
    }
}

/* A statement belongs to the chain of the head its control edges come from, the last of several. */
static void find_chains(struct ordering *o)
{
    struct gb_flow *fl = o->fl;
    for (uint32_t v = 0; v < 2 * fl->n; v++)
        o->head[v] = GB_NIL;
    for (uint32_t k = 0; k < fl->n_order; k++) {
        uint32_t v = fl->order[k];
        if (v < fl->n && !o->entered[v])
            o->head[v] = v;
    }
    for (uint32_t k = 0; k < fl->n_order; k++) {
        uint32_t u = fl->order[k];
        uint32_t inner = gb_body_behind(fl, u);
        for (uint32_t at = fl->next.first[u]; at < fl->next.first[u + 1]; at++) {
            uint32_t to = fl->next.arcs[at].to;
            if (fl->back[at] || to >= fl->n || !o->entered[to] || u == fl->body[to] ||
                !gb_forest_above(&fl->bodies, fl->body[to], inner))
                continue;
            uint32_t h = o->head[lifted(fl, u, inner, fl->body[to])];
            if (h != GB_NIL && (o->head[to] == GB_NIL || o->rank[h] > o->rank[o->head[to]]))
                o->head[to] = h;
        }
    }
}

/* A value belongs to the chain that all its consumers belong to. */
static void find_chains_of_values(struct ordering *o)
{
    const struct gb_flow *fl = o->fl;
    for (uint32_t k = fl->n; k-- > 0;) {
        uint32_t v = fl->values[k];
        bool first = true;
        if (o->home[v] == GB_NIL)
            continue;
        for (uint32_t at = fl->users.first[v]; at < fl->users.first[v + 1]; at++) {
            uint32_t user = fl->users.arcs[at].to, inner = home_of(o, user);
            if (inner == GB_NIL)
                continue;
            uint32_t x = fl->g->nodes[user].statement ? user : fl->n + user;
            uint32_t h = o->head[lifted(fl, x, inner, o->home[v])];
            o->head[fl->n + v] = first || o->head[fl->n + v] == h ? h : GB_NIL;
            first = false;
        }
    }
}

/* Where an arc leads: what a member of a chain needs, the chain's head waits for. */
static uint32_t target(const struct ordering *o, const struct gb_arc *arc, enum wish wish)
{
    uint32_t from = o->head[arc->from], to = o->head[arc->to];
    return wish == CONTIGUOUS && arc->tag && to != GB_NIL && from != to ? to : arc->to;
}

/* Groups the arcs by body. */
static int group_arcs(struct ordering *o)
{
    const struct gb_flow *fl = o->fl;
    struct gb_arc *by_body = arena_new_array(fl->tmp, o->n_arcs, struct gb_arc);
    if (!by_body)
        return -ENOMEM;
    for (uint32_t i = 0; i < o->n_arcs; i++) {
        uint32_t to = o->arcs[i].to;
        uint32_t b = to < fl->n ? fl->body[to] : o->home[to - fl->n];
        by_body[i] = (struct gb_arc){gb_body_number(fl, b), i, 0};
    }
    return gb_adjacency_build(&o->of_body, gb_n_bodies(fl), by_body, o->n_arcs, fl->tmp);
}

/* Sets up the arcs of body number `b` that `wish` asks for. */
static void set_arcs(struct ordering *o, uint32_t b, const uint32_t *body, uint32_t n,
                     enum wish wish)
{
    for (uint32_t i = 0; i < n; i++) {
        o->waits[body[i]] = 0;
        o->first_arc[body[i]] = GB_NIL;
    }
    for (uint32_t at = o->of_body.first[b + 1]; at-- > o->of_body.first[b];) {
        uint32_t i = o->of_body.arcs[at].to;
        struct gb_arc *arc = &o->arcs[i];
        if (arc->tag && wish == CONTROL)
            continue;
        o->next_arc[i] = o->first_arc[arc->from];
        o->first_arc[arc->from] = i;
        o->waits[target(o, arc, wish)]++;
    }
}

/* ---- one body -------------------------------------------------------------------------------- */

static void heap_push(struct ordering *o, uint32_t v)
{
    uint32_t i = o->n_heap++;
    for (; i > 0 && o->rank[o->heap[(i - 1) / 2]] > o->rank[v]; i = (i - 1) / 2)
        o->heap[i] = o->heap[(i - 1) / 2];
    o->heap[i] = v;
}

static uint32_t heap_pop(struct ordering *o)
{
    uint32_t top = o->heap[0], last = o->heap[--o->n_heap], i = 0;
    for (uint32_t child; (child = 2 * i + 1) < o->n_heap; i = child) {
        if (child + 1 < o->n_heap && o->rank[o->heap[child + 1]] < o->rank[o->heap[child]])
            child++;
        if (o->rank[last] <= o->rank[o->heap[child]])
            break;
        o->heap[i] = o->heap[child];
    }
    o->heap[i] = last;
    return top;
}

/* Lines up what is ready: members of chains are to follow at once, heads go by rank. */
static void ready(struct ordering *o, uint32_t v)
{
    if (v >= o->fl->n || o->entered[v])
        o->stack[o->n_stack++] = v;
    else
        heap_push(o, v);
}

static void emit(struct ordering *o, uint32_t v, enum wish wish)
{
    uint32_t mark = o->n_stack;
    if (v < o->fl->n)
        o->nodes[o->n_nodes++] = v;
    for (uint32_t i = o->first_arc[v]; i != GB_NIL; i = o->next_arc[i]) {
        uint32_t to = target(o, &o->arcs[i], wish);
        if (--o->waits[to] == 0)
            ready(o, to);
    }
    for (uint32_t end = o->n_stack; mark + 1 < end; mark++) { /* the first edge's target is next */
        uint32_t top = o->stack[--end];
        o->stack[end] = o->stack[mark];
        o->stack[mark] = top;
    }
}

/* Whether all n vertices of a body could be emitted. */
static bool run(struct ordering *o, const uint32_t *body, uint32_t n, enum wish wish)
{
    uint32_t done = 0;
    o->n_stack = o->n_heap = 0;
    for (uint32_t i = 0; i < n; i++)
        if (o->waits[body[i]] == 0)
            ready(o, body[i]);
    for (; o->n_stack || o->n_heap; done++)
        emit(o, o->n_stack ? o->stack[--o->n_stack] : heap_pop(o), wish);
    return done == n;
}

/* ---- all bodies ------------------------------------------------------------------------------ */

static int init(struct ordering *o, uint32_t n_arcs)
{
    struct gb_flow *fl = o->fl;
    uint32_t n = fl->n;
    o->home = arena_new_array(fl->tmp, n, uint32_t);
    o->head = arena_new_array(fl->tmp, 2 * (size_t)n, uint32_t);
    o->entered = arena_new_array(fl->tmp, n, bool);
    o->rank = arena_new_array(fl->tmp, n, uint32_t);
    o->arcs = arena_new_array(fl->tmp, n_arcs, struct gb_arc);
    o->waits = arena_new_array(fl->tmp, 2 * (size_t)n, uint32_t);
    o->first_arc = arena_new_array(fl->tmp, 2 * (size_t)n, uint32_t);
    o->next_arc = arena_new_array(fl->tmp, n_arcs, uint32_t);
    o->stack = arena_new_array(fl->tmp, 2 * (size_t)n, uint32_t);
    o->heap = arena_new_array(fl->tmp, n, uint32_t);
    o->nodes = arena_new_array(fl->tmp, n, uint32_t);
    if (!o->home || !o->head || !o->entered || !o->rank || !o->arcs || !o->waits || !o->first_arc ||
        !o->next_arc || !o->stack || !o->heap || !o->nodes)
        return -ENOMEM;
    for (uint32_t v = 0; v < n; v++)
        o->rank[v] = v;
    return 0;
}

/* The vertices by body, as adjacency from body vertices. */
static int group(struct ordering *o, struct gb_adjacency *ret)
{
    struct gb_flow *fl = o->fl;
    struct gb_arc *arcs = arena_new_array(fl->tmp, 2 * (size_t)fl->n, struct gb_arc);
    uint32_t n = 0;
    if (!arcs)
        return -ENOMEM;
    for (uint32_t v = 0; v < fl->n; v++) {
        if (fl->present[v])
            arcs[n++] = (struct gb_arc){gb_body_number(fl, fl->body[v]), v, 0};
        if (o->home[v] != GB_NIL)
            arcs[n++] = (struct gb_arc){gb_body_number(fl, o->home[v]), fl->n + v, 0};
    }
    return gb_adjacency_build(ret, gb_n_bodies(fl), arcs, n, fl->tmp);
}

/* Orders the n vertices of body number b, asking for less each time. */
static void order_body(struct ordering *o, uint32_t b, const uint32_t *body, uint32_t n)
{
    uint32_t start = o->n_nodes;
    for (enum wish wish = CONTIGUOUS; wish <= CONTROL; wish++) {
        o->n_nodes = start;
        set_arcs(o, b, body, n, wish);
        if (run(o, body, n, wish))
            return;
    }
}

static int order_by_position(struct gb_flow *fl, struct gb_body_order *ret)
{
    uint32_t *first = arena_new_array(fl->tmp, 2, uint32_t);
    uint32_t *nodes = arena_new_array(fl->tmp, fl->n, uint32_t);
    if (!first || !nodes)
        return -ENOMEM;
    for (uint32_t v = 0; v < fl->n; v++)
        if (fl->present[v])
            nodes[first[1]++] = v;
    *ret = (struct gb_body_order){first, nodes};
    return 0;
}

int gb_flow_order(struct gb_flow *fl, struct gb_body_order *ret)
{
    if (fl->plain)
        return order_by_position(fl, ret);
    struct ordering o = {.fl = fl};
    struct gb_adjacency by_body;
    uint32_t bodies = gb_n_bodies(fl);
    uint32_t *first = arena_new_array(fl->tmp, (size_t)bodies + 1, uint32_t);
    uint32_t *body = arena_new_array(fl->tmp, 2 * (size_t)fl->n, uint32_t);
    if (!first || !body || init(&o, fl->next.first[fl->root + 1] + fl->users.first[fl->n]))
        return -ENOMEM;
    find_homes(&o);
    add_control_arcs(&o);
    add_data_arcs(&o);
    find_chains(&o);
    find_chains_of_values(&o);
    if (group(&o, &by_body) || group_arcs(&o))
        return -ENOMEM;
    for (uint32_t b = 0; b < bodies; b++) {
        uint32_t n = by_body.first[b + 1] - by_body.first[b];
        first[b] = o.n_nodes;
        for (uint32_t i = 0; i < n; i++)
            body[i] = by_body.arcs[by_body.first[b] + i].to;
        order_body(&o, b, body, n);
    }
    first[bodies] = o.n_nodes;
    *ret = (struct gb_body_order){first, o.nodes};
    return 0;
}
