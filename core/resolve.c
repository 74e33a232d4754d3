/*
 * resolve.c - wires to inputs: named ones to their ports, the others to the free ports in order.
 */
#include "resolve.h"

#include "types.h"

#include <errno.h>
#include <stdlib.h>

/* A wire and the number of the repeating port it goes to. */
struct numbered {
    uint32_t number;
    uint32_t wire;
};

struct resolver {
    struct gb_front *f;
    struct gb_raw_graph *raw;
    struct gb_graph *g;
    uint32_t *first;          /* per node: its first wire in `by_target`; one more at the end */
    uint32_t *by_target;      /* wires by target, else in their order */
    struct numbered *scratch; /* as many as there are wires */
    uint32_t constant;        /* the next of raw->constants */
};

/* ---- grouping ------------------------------------------------------------------------------- */

/* A counting sort: stable, so edge order is kept. */
static int group(struct resolver *r)
{
    struct arena *a = &r->f->program->arena;
    uint32_t n = r->g->n_nodes, w = r->raw->n_wires;
    r->first = arena_new_array(a, (size_t)n + 2, uint32_t);
    r->by_target = arena_new_array(a, w, uint32_t);
    r->scratch = arena_new_array(a, w, struct numbered);
    if (!r->first || !r->by_target || !r->scratch)
        return -ENOMEM;
    uint32_t *next = r->first + 1; /* shifted by one while filling */
    for (uint32_t i = 0; i < w; i++)
        next[r->raw->wires[i].to + 1]++;
    for (uint32_t i = 0; i < n; i++)
        next[i + 1] += next[i];
    for (uint32_t i = 0; i < w; i++)
        r->by_target[next[r->raw->wires[i].to]++] = i;
    return 0;
}

/* ---- binding -------------------------------------------------------------------------------- */

static void put_input(struct resolver *r, const struct gb_sockets *s, uint32_t socket,
                      uint32_t wire)
{
    struct gb_node *node = &r->g->nodes[s->node];
    struct gb_input *in = &r->g->inputs[r->g->n_inputs++];
    const struct gb_wire *w = wire == GB_NIL ? NULL : &r->raw->wires[wire];
    *in = (struct gb_input){.port = gb_socket_name(s, socket), .src = GB_NIL, .jval = node->jval};
    node->n_inputs++;
    if (!w)
        return;
    in->jval = w->jval;
    in->src = w->from;
    if (w->from != GB_NIL && !r->raw->broken[w->from])
        in->src_out = gb_output_find(r->f, r->g, w);
    if (w->from == GB_NIL || in->src_out == GB_NIL)
        r->raw->broken[s->node] = true;
}

/* The literal made for a constant of this input, or GB_NIL. */
static uint32_t constant_for(struct resolver *r, uint32_t node, uint32_t port)
{
    const struct gb_constant *all = r->raw->constants;
    while (r->constant < r->raw->n_constants && all[r->constant].node < node)
        r->constant++;
    for (uint32_t i = r->constant; i < r->raw->n_constants && all[i].node == node; i++)
        if (all[i].port == port)
            return i;
    return GB_NIL;
}

static bool put_constant(struct resolver *r, const struct gb_sockets *s, uint32_t socket)
{
    uint32_t i = constant_for(r, s->node, socket);
    if (i == GB_NIL)
        return false;
    const struct gb_constant *c = &r->raw->constants[i];
    put_input(r, s, socket, GB_NIL);
    struct gb_input *in = &r->g->inputs[r->g->n_inputs - 1];
    in->src = c->literal;
    in->jval = c->jval;
    if (r->raw->broken[c->literal])
        r->raw->broken[s->node] = true;
    return true;
}

/* The wires that name their port. */
static void bind_named(struct resolver *r, const struct gb_sockets *s, uint32_t *slots)
{
    bool *broken = &r->raw->broken[s->node];
    for (uint32_t i = r->first[s->node]; i < r->first[s->node + 1]; i++) {
        const struct gb_wire *w = &r->raw->wires[r->by_target[i]];
        if (!w->to_port.n)
            continue;
        uint32_t socket = gb_socket_find(s, w->to_port);
        if (socket == GB_NIL)
            gb_no_socket(s, w);
        else if (slots[socket] != GB_NIL)
            gb_two_writers(s, w, socket);
        else
            slots[socket] = r->by_target[i];
        *broken |= socket == GB_NIL || slots[socket] != r->by_target[i];
    }
}

/* The others take the ports that are left, in their order. -E2BIG: there are too few. */
static int bind_positional(struct resolver *r, const struct gb_sockets *s, uint32_t *slots)
{
    uint32_t from = r->first[s->node], to = r->first[s->node + 1];
    for (uint32_t i = from, free = 0; i < to; i++) {
        const struct gb_wire *w = &r->raw->wires[r->by_target[i]];
        if (w->to_port.n)
            continue;
        while (free < s->n && slots[free] != GB_NIL)
            free++;
        if (free == s->n) {
            if (w->from != GB_NIL)
                gb_too_many(s, w, to - from);
            return -E2BIG;
        }
        slots[free] = r->by_target[i];
    }
    return 0;
}

static void bind_fixed(struct resolver *r, const struct gb_sockets *s)
{
    uint32_t slots[GB_MAX_PORTS];
    bool *broken = &r->raw->broken[s->node];
    for (uint32_t i = 0; i < s->n; i++)
        slots[i] = GB_NIL;
    bind_named(r, s, slots);
    if (bind_positional(r, s, slots)) {
        *broken = true;
        return;
    }
    bool was_broken = *broken; /* a wire that went astray leaves its port open: one mistake */
    for (uint32_t i = 0; i < s->n; i++) {
        if (slots[i] != GB_NIL) {
            put_input(r, s, i, slots[i]);
        } else if (!put_constant(r, s, i)) {
            if (gb_socket_optional(s, i)) {
                put_input(r, s, i, GB_NIL);
                continue;
            }
            if (!was_broken)
                gb_unwired(s, i, r->first[s->node + 1] - r->first[s->node]);
            *broken = true;
            if (s->callee) /* too few arguments: said once */
                return;
        }
    }
}

static int by_number(const void *a, const void *b)
{
    const struct numbered *x = a, *y = b;
    if (x->number != y->number)
        return x->number < y->number ? -1 : 1;
    return x->wire < y->wire ? -1 : x->wire > y->wire;
}

/* The named wires of a repeating port into r->scratch, by number; gives how many. */
static uint32_t sort_named(struct resolver *r, const struct gb_sockets *s)
{
    uint32_t n = 0;
    for (uint32_t i = r->first[s->node]; i < r->first[s->node + 1]; i++) {
        const struct gb_wire *w = &r->raw->wires[r->by_target[i]];
        if (!w->to_port.n)
            continue;
        uint32_t number = gb_socket_find(s, w->to_port);
        if (number == GB_NIL) {
            gb_no_socket(s, w);
            r->raw->broken[s->node] = true;
        } else {
            r->scratch[n++] = (struct numbered){number, r->by_target[i]};
        }
    }
    if (n > 1)
        qsort(r->scratch, n, sizeof *r->scratch, by_number);
    for (uint32_t i = 1; i < n; i++)
        if (r->scratch[i].number == r->scratch[i - 1].number) {
            gb_two_writers(s, &r->raw->wires[r->scratch[i].wire], r->scratch[i].number);
            r->raw->broken[s->node] = true;
        }
    return n;
}

/* Named wires by number, the others in the gaps; gaps that stay are closed. */
static void bind_repeating(struct resolver *r, const struct gb_sockets *s)
{
    uint32_t named = sort_named(r, s), next = 0, copies = 0, number = 1;
    if (r->raw->broken[s->node])
        return;
    for (uint32_t i = r->first[s->node]; i < r->first[s->node + 1]; i++) {
        if (r->raw->wires[r->by_target[i]].to_port.n)
            continue;
        for (; next < named && r->scratch[next].number <= number; next++) {
            number = r->scratch[next].number + 1;
            put_input(r, s, copies++, r->scratch[next].wire);
        }
        put_input(r, s, copies++, r->by_target[i]);
        number++;
    }
    for (; next < named; next++)
        put_input(r, s, copies++, r->scratch[next].wire);
    const struct gb_node *node = &r->g->nodes[s->node];
    if (copies && node->op == GB_OP_ARRAY && node->literal.array.n) {
        gb_complain(r->f, GB_E_bad_property, r->g, s->node, JSON_NONE,
                    "Array '%.*s' has `values` and wired items.", STR_ARG(node->id));
        r->raw->broken[s->node] = true;
    }
    if (!copies && !gb_socket_optional(s, 0)) {
        gb_unwired(s, 0, 0);
        r->raw->broken[s->node] = true;
    }
}

/* ---- names ---------------------------------------------------------------------------------- */

static void find_callee(struct resolver *r, uint32_t at)
{
    const struct gb_node_names *names = &r->raw->names[at];
    const struct gb_program *p = r->f->program;
    uint32_t callee = strmap_find(&r->f->functions, names->name);
    r->g->nodes[at].callee = callee;
    if (callee != STRMAP_NONE)
        return;
    struct gb_error *e = gb_complain(r->f, GB_E_unknown_function, r->g, at, names->name_jval,
                                     "Node '%.*s' calls function '%.*s', which does not exist.",
                                     STR_ARG(r->g->nodes[at].id), STR_ARG(names->name));
    struct gb_guess guess = GB_GUESS(names->name);
    for (uint32_t i = 0; e != &r->f->scratch && i < p->n_funcs; i++)
        gb_guess_try(&guess, p->funcs[i].name);
    e->actual = names->name;
    e->suggestion = guess.best;
    r->raw->broken[at] = true;
}

static void find_param(struct resolver *r, uint32_t at)
{
    const struct gb_node_names *names = &r->raw->names[at];
    const struct gb_func *func = r->g->func;
    for (uint32_t i = 0; func && i < func->n_params; i++)
        if (str_eq(func->params[i].name, names->name)) {
            r->g->nodes[at].param = i;
            return;
        }
    r->raw->broken[at] = true;
    if (r->raw->unread_params)
        return;
    struct gb_error *e =
        func ? gb_complain(r->f, GB_E_unknown_variable, r->g, at, names->name_jval,
                           "Function '%.*s' has no parameter named '%.*s'.", STR_ARG(func->name),
                           STR_ARG(names->name))
             : gb_complain(r->f, GB_E_unknown_variable, r->g, at, names->name_jval,
                           "Param '%.*s' stands outside a function.", STR_ARG(names->name));
    struct gb_guess guess = GB_GUESS(names->name);
    for (uint32_t i = 0; func && e != &r->f->scratch && i < func->n_params; i++)
        gb_guess_try(&guess, func->params[i].name);
    e->actual = names->name;
    e->suggestion = guess.best;
}

/* ---- the whole ------------------------------------------------------------------------------ */

/* The graph's own declarations of input ports add types, where the row leaves any open. */
static void apply_declared(struct resolver *r)
{
    for (uint32_t i = 0; i < r->raw->n_ports; i++) {
        const struct gb_declared_port *p = &r->raw->ports[i];
        const struct gb_node *n = &r->g->nodes[p->node];
        if (p->output || r->raw->broken[p->node])
            continue;
        struct gb_sockets s = gb_sockets_of(r->f, r->g, p->node);
        uint32_t socket = s.shape && !s.repeats ? gb_socket_find(&s, p->name) : GB_NIL;
        if (socket < n->n_inputs)
            r->g->inputs[n->inputs + socket].want = p->type;
    }
}

static int resolve_graph(struct gb_front *f, struct gb_raw_graph *raw)
{
    struct resolver r = {.f = f, .raw = raw, .g = raw->graph};
    struct gb_graph *g = raw->graph;
    /* No node has more than one port that may stay open. */
    size_t most = (size_t)raw->n_wires + raw->n_constants + g->n_nodes;
    g->inputs = arena_new_array(&f->program->arena, most, struct gb_input);
    if (!g->inputs || group(&r))
        return -ENOMEM;
    for (uint32_t at = 0; at < g->n_nodes; at++) {
        struct gb_node *node = &g->nodes[at];
        node->inputs = g->n_inputs;
        if (!raw->broken[at] && node->op == GB_OP_CALL)
            find_callee(&r, at);
        else if (!raw->broken[at] && node->op == GB_OP_PARAM)
            find_param(&r, at);
        if (node->op == GB_OP_CALL && !raw->broken[at])
            raw->broken[at] = f->raw[1 + node->callee].unread_params;
        if (raw->broken[at])
            continue;
        struct gb_sockets s = gb_sockets_of(f, g, at);
        if (s.repeats)
            bind_repeating(&r, &s);
        else
            bind_fixed(&r, &s);
        if (raw->broken[at]) {
            g->n_inputs = node->inputs;
            node->n_inputs = 0;
        }
    }
    apply_declared(&r);
    return f->error;
}

int gb_resolve(struct gb_front *f)
{
    for (uint32_t i = 0; i <= f->program->n_funcs; i++) {
        int e = resolve_graph(f, &f->raw[i]);
        if (e)
            return e;
    }
    return 0;
}
