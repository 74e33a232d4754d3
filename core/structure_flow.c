/* structure_flow.c - control edges and body lists: which body each statement belongs to. */
#include "structure.h"

#include <errno.h>
#include <stdlib.h>

/* ---- gathering the edges --------------------------------------------------------------------- */

/* Arcs of the control graph while they are gathered. A Sequence's port number orders its arcs. */
struct gathering {
    struct gb_arc *arcs; /* the tag is the JSON value to blame */
    uint32_t n;
    bool *edged;   /* by vertex: a control edge leaves this body port */
    bool *entered; /* by vertex: something leads to it */
};

static void add_arc(struct gathering *ga, uint32_t from, uint32_t to, uint32_t jval)
{
    ga->arcs[ga->n++] = (struct gb_arc){from, to, jval};
    ga->entered[to] = true;
}

static const struct str body_ports[] = {STR("body"), STR("next")};
static const struct str if_ports[] = {STR("then"), STR("else"), STR("next")};
static const struct str plain_ports[] = {STR("next")};

/* The vertex an edge leaves by; GB_NIL (and an error) when the node has no such control port. */
static uint32_t leaves_by(struct gb_flow *fl, uint32_t from, enum gb_cport port, uint32_t jval)
{
    enum gb_op op = fl->g->nodes[from].op;
    bool is_if = op == GB_OP_IF, is_loop = gb_is_loop(op);
    if (port == GB_CPORT_NEXT || (port == GB_CPORT_SEQUENCE && op == GB_OP_SEQUENCE))
        return from;
    if ((port == GB_CPORT_THEN && is_if) || (port == GB_CPORT_BODY && is_loop))
        return gb_port_vertex(fl, from, 0);
    if (port == GB_CPORT_ELSE && is_if)
        return gb_port_vertex(fl, from, 1);
    static const char *const names[] = {"next", "then", "else", "body", "a numbered one"};
    struct gb_error *e = gb_complain(fl->f, GB_E_unknown_output_port, fl->g, from, jval,
                                     "Node '%.*s' has no output port named '%s'",
                                     STR_ARG(fl->g->nodes[from].id), names[port]);
    e->valid_ports = is_if ? if_ports : is_loop ? body_ports : plain_ports;
    e->n_valid_ports = is_if ? 3 : is_loop ? 2 : 1;
    return GB_NIL;
}

static int by_sequence_number(const void *a, const void *b)
{
    const struct gb_control_edge *x = *(const struct gb_control_edge *const *)a;
    const struct gb_control_edge *y = *(const struct gb_control_edge *const *)b;
    uint32_t nx = x->port == GB_CPORT_SEQUENCE ? x->number : UINT32_MAX; /* `next` comes last */
    uint32_t ny = y->port == GB_CPORT_SEQUENCE ? y->number : UINT32_MAX;
    if (nx != ny)
        return nx < ny ? -1 : 1;
    return x < y ? -1 : x > y;
}

/* The edges in the order they bind: edge order, but those of Sequences by port number. */
static int gather_edges(struct gb_flow *fl, struct gathering *ga)
{
    uint32_t n = fl->raw->n_controls;
    const struct gb_control_edge **edges =
        arena_new_array(fl->tmp, n, const struct gb_control_edge *);
    if (!edges)
        return -ENOMEM;
    bool sequences = false;
    for (uint32_t i = 0; i < n; i++) {
        edges[i] = &fl->raw->controls[i];
        sequences |= edges[i]->port == GB_CPORT_SEQUENCE;
    }
    if (sequences)
        qsort(edges, n, sizeof *edges, by_sequence_number); /* NOLINT: they are pointers */
    for (uint32_t i = 0; i < n; i++) {
        uint32_t from = leaves_by(fl, edges[i]->from, edges[i]->port, edges[i]->jval);
        fl->present[edges[i]->from] = fl->present[edges[i]->to] = true;
        if (from == GB_NIL)
            continue;
        ga->edged[from] = true;
        add_arc(ga, from, edges[i]->to, edges[i]->jval);
    }
    return 0;
}

/* A list is a chain of edges out of its port. Values in it are passed over. */
static void gather_list(struct gb_flow *fl, struct gathering *ga, const struct gb_body_list *list,
                        uint32_t *listed)
{
    uint32_t from = leaves_by(fl, list->owner, list->port, list->jval);
    if (from == GB_NIL)
        return;
    if (ga->edged[from]) {
        gb_complain(fl->f, GB_E_bad_property, fl->g, list->owner, list->jval,
                    "The body of '%.*s' is given by a list and by control edges; use one of them",
                    STR_ARG(fl->g->nodes[list->owner].id));
        return;
    }
    for (uint32_t i = 0; i < list->n_nodes; i++) {
        uint32_t v = list->nodes[i];
        if (v == GB_NIL || !(fl->g->nodes[v].statement || fl->g->nodes[v].op == GB_OP_SEQUENCE))
            continue;
        if (listed[v] != GB_NIL) {
            struct gb_error *e = gb_complain(
                fl->f, GB_E_control_into_body, fl->g, v, list->jval,
                "Node '%.*s' stands in the lists of '%.*s' and '%.*s'; a statement has one place",
                STR_ARG(fl->g->nodes[v].id), STR_ARG(fl->g->nodes[listed[v]].id),
                STR_ARG(fl->g->nodes[list->owner].id));
            e->from = fl->g->nodes[list->owner].id;
            continue;
        }
        listed[v] = list->owner;
        add_arc(ga, from, v, list->jval);
        from = v;
    }
}

static int gather(struct gb_flow *fl, struct gathering *ga)
{
    uint32_t vertices = fl->root + 1, room = fl->raw->n_controls + fl->root - fl->n;
    for (uint32_t i = 0; i < fl->raw->n_lists; i++)
        room += fl->raw->lists[i].n_nodes;
    ga->arcs = arena_new_array(fl->tmp, room, struct gb_arc);
    ga->edged = arena_new_array(fl->tmp, vertices, bool);
    ga->entered = arena_new_array(fl->tmp, vertices, bool);
    uint32_t *listed = arena_new_array(fl->tmp, fl->n, uint32_t);
    if (!ga->arcs || !ga->edged || !ga->entered || !listed)
        return -ENOMEM;
    for (uint32_t v = 0; v < fl->n; v++) {
        const struct gb_node *node = &fl->g->nodes[v];
        listed[v] = GB_NIL;
        fl->present[v] = node->statement || node->op == GB_OP_SEQUENCE;
        for (unsigned slot = 0; slot < gb_body_ports(node->op); slot++)
            add_arc(ga, v, gb_port_vertex(fl, v, slot), node->jval);
    }
    int r = gather_edges(fl, ga);
    for (uint32_t i = 0; r == 0 && i < fl->raw->n_lists; i++)
        gather_list(fl, ga, &fl->raw->lists[i], listed);
    return r ? r : gb_adjacency_build(&fl->next, vertices, ga->arcs, ga->n, fl->tmp);
}

/* ---- order and cycles ------------------------------------------------------------------------ */

enum colour { WHITE, OPEN, DONE };

struct walk {
    uint8_t *colour;
    uint32_t *at, *depth, *stack; /* by vertex: next arc, place on the stack; the open vertices */
    uint32_t n_stack, n_done;
};

/* An arc from the innermost open vertex leads to `head`, which is open: a loop's turn or an error.
 */
static bool closes_loop(const struct gb_flow *fl, const struct walk *w, uint32_t head)
{
    uint32_t above = w->depth[head] + 1;
    return head < fl->n && gb_is_loop(fl->g->nodes[head].op) && above < w->n_stack &&
           w->stack[above] == gb_port_vertex(fl, head, 0);
}

static int report_control_cycle(struct gb_flow *fl, const struct walk *w, const struct gb_arc *arc)
{
    uint32_t *nodes = arena_new_array(fl->tmp, w->n_stack, uint32_t), n = 0;
    if (!nodes)
        return -ENOMEM;
    for (uint32_t i = w->depth[arc->to]; i < w->n_stack; i++)
        if (w->stack[i] < fl->n)
            nodes[n++] = w->stack[i];
    struct str path = gb_flow_path(fl, nodes, n);
    struct gb_error *e = gb_complain(fl->f, GB_E_control_cycle, fl->g, arc->to, arc->tag,
                                     "Cycle detected in the control edges: %.*s", STR_ARG(path));
    e->from = fl->g->nodes[nodes[n - 1]].id;
    e->suggestion = STR("repeat statements with a While or a For");
    return 0;
}

static int walk_from(struct gb_flow *fl, struct walk *w, uint32_t start)
{
    w->n_stack = 0;
    w->stack[w->n_stack++] = start;
    w->colour[start] = OPEN;
    w->depth[start] = 0;
    while (w->n_stack) {
        uint32_t v = w->stack[w->n_stack - 1], at = fl->next.first[v] + w->at[v];
        if (at == fl->next.first[v + 1]) {
            w->colour[v] = DONE;
            fl->order[w->n_done++] = v;
            w->n_stack--;
            continue;
        }
        w->at[v]++;
        const struct gb_arc *arc = &fl->next.arcs[at];
        if (w->colour[arc->to] == OPEN) {
            fl->back[at] = true;
            if (!closes_loop(fl, w, arc->to) && report_control_cycle(fl, w, arc))
                return -ENOMEM;
        } else if (w->colour[arc->to] == WHITE) {
            w->colour[arc->to] = OPEN;
            w->depth[arc->to] = w->n_stack;
            w->stack[w->n_stack++] = arc->to;
        }
    }
    return 0;
}

/* Fills order and back: heads first, then what only a ring leads to. */
static int order_vertices(struct gb_flow *fl, const struct gathering *ga)
{
    uint32_t vertices = fl->root + 1;
    struct walk w = {
        .colour = arena_new_array(fl->tmp, vertices, uint8_t),
        .at = arena_new_array(fl->tmp, vertices, uint32_t),
        .depth = arena_new_array(fl->tmp, vertices, uint32_t),
        .stack = arena_new_array(fl->tmp, vertices, uint32_t),
    };
    fl->order = arena_new_array(fl->tmp, vertices, uint32_t);
    fl->back = arena_new_array(fl->tmp, ga->n, bool);
    if (!w.colour || !w.at || !w.depth || !w.stack || !fl->order || !fl->back)
        return -ENOMEM;
    for (int rings = 0; rings < 2; rings++)
        for (uint32_t v = 0; v < fl->n; v++)
            if (fl->present[v] && w.colour[v] == WHITE && (rings || !ga->entered[v]) &&
                walk_from(fl, &w, v))
                return -ENOMEM;
    fl->n_order = w.n_done;
    for (uint32_t i = 0; i < w.n_done / 2; i++) { /* done last is first */
        uint32_t other = fl->order[w.n_done - 1 - i];
        fl->order[w.n_done - 1 - i] = fl->order[i];
        fl->order[i] = other;
    }
    return 0;
}

/* ---- dominators and bodies ------------------------------------------------------------------- */

/* One pass in topological order: when a vertex's turn comes, all that lead to it have had theirs.
 */
static int find_bodies(struct gb_flow *fl)
{
    uint32_t vertices = fl->root + 1;
    uint32_t *dominator = arena_new_array(fl->tmp, vertices, uint32_t);
    fl->body = arena_new_array(fl->tmp, vertices, uint32_t);
    if (!dominator || !fl->body || gb_forest_init(&fl->dominators, vertices, fl->tmp) ||
        gb_forest_init(&fl->bodies, vertices, fl->tmp))
        return -ENOMEM;
    gb_forest_root(&fl->dominators, fl->root);
    gb_forest_root(&fl->bodies, fl->root);
    for (uint32_t v = 0; v < vertices; v++) {
        dominator[v] = GB_NIL;
        fl->body[v] = fl->root;
    }
    for (uint32_t k = 0; k < fl->n_order; k++) {
        uint32_t v = fl->order[k], d = dominator[v] == GB_NIL ? fl->root : dominator[v];
        gb_forest_add(&fl->dominators, v, d);
        fl->body[v] = gb_body_behind(fl, d);
        if (v >= fl->n)
            gb_forest_add(&fl->bodies, v, fl->body[v]);
        for (uint32_t at = fl->next.first[v]; at < fl->next.first[v + 1]; at++) {
            uint32_t to = fl->next.arcs[at].to;
            if (!fl->back[at])
                dominator[to] =
                    dominator[to] == GB_NIL ? v : gb_forest_join(&fl->dominators, dominator[to], v);
        }
    }
    return 0;
}

/* ---- the whole ------------------------------------------------------------------------------- */

/* Numbers the body ports, and the root behind them. */
static int number_ports(struct gb_flow *fl)
{
    uint32_t n_ports = 0;
    for (uint32_t v = 0; v < fl->n; v++)
        n_ports += gb_body_ports(fl->g->nodes[v].op);
    fl->root = fl->n + n_ports;
    fl->port_of = arena_new_array(fl->tmp, fl->n, uint32_t);
    fl->owner = arena_new_array(fl->tmp, n_ports, uint32_t);
    if (!fl->port_of || !fl->owner)
        return -ENOMEM;
    uint32_t port = 0;
    for (uint32_t v = 0; v < fl->n; v++) {
        fl->port_of[v] = fl->n + port;
        for (unsigned slot = 0; slot < gb_body_ports(fl->g->nodes[v].op); slot++)
            fl->owner[port++] = v;
    }
    return 0;
}

/* Straight-line graphs are the most common ones and need none of this. */
static bool is_plain(const struct gb_flow *fl)
{
    if (fl->root > fl->n || fl->raw->n_controls || fl->raw->n_lists)
        return false;
    for (uint32_t v = 0; v < fl->n; v++)
        if (fl->g->nodes[v].op == GB_OP_VARDECL && fl->users.first[v] != fl->users.first[v + 1])
            return false;
    return true;
}

int gb_flow_control(struct gb_flow *fl)
{
    struct gathering ga = {0};
    fl->present = arena_new_array(fl->tmp, fl->n, bool);
    if (!fl->present)
        return -ENOMEM;
    int r = number_ports(fl);
    fl->plain = r == 0 && is_plain(fl);
    for (uint32_t v = 0; fl->plain && v < fl->n; v++)
        fl->present[v] = fl->g->nodes[v].statement;
    if (r || fl->plain)
        return r;
    r = gather(fl, &ga);
    r = r ? r : order_vertices(fl, &ga);
    r = r ? r : find_bodies(fl);
    return r ? r : gb_flow_exits(fl);
}
