/* fold.c - constants, equal values, known choices; see fold.h. */
#include "fold.h"

#include <errno.h>

#include "ops.h"

/* What folding one node may add in memory: folded texts and arrays stay small. */
#define FOLD_BYTES 512
/* Longer arrays are compared and converted at run time. */
#define FOLD_ITEMS 64
#define FOLD_ARGS 16

struct folder {
    struct gb_fold *f;
    const struct gb_graph *g;
    struct arena *arena;
    struct gb_heap heap;
    uint32_t *table; /* node + 1 by hash of what it computes; 0: free */
    uint32_t mask;
    bool out_of_memory;
};

/* ---- the order: operands first -------------------------------------------------------------- */

struct visit {
    uint32_t node;
    uint32_t next; /* input to look at */
};

/* Depth first without recursion: a chain of nodes may be as long as the graph. The root's own place
 * in the order is the caller's business. */
static void visit_below(struct gb_fold *f, uint32_t root, struct visit *stack, bool *seen)
{
    const struct gb_graph *g = f->graph;
    uint32_t depth = 0;
    stack[depth++] = (struct visit){root, 0};
    while (depth) {
        struct visit *top = &stack[depth - 1];
        const struct gb_node *node = &g->nodes[top->node];
        if (top->next == node->n_inputs) {
            if (--depth)
                f->order[f->n_order++] = top->node;
            continue;
        }
        uint32_t src = g->inputs[node->inputs + top->next++].src;
        if (src == GB_NIL || seen[src])
            continue;
        seen[src] = true;
        if (gb_is_slot(&g->nodes[src])) /* nothing to compute */
            f->order[f->n_order++] = src;
        else
            stack[depth++] = (struct visit){src, 0};
    }
}

static int put_in_order(struct gb_fold *f, const uint32_t *statements, uint32_t n_statements,
                        struct arena *arena)
{
    uint32_t n = f->graph->n_nodes, result = f->graph->result;
    struct visit *stack = arena_new_array(arena, (size_t)n + 1, struct visit);
    bool *seen = arena_new_array(arena, n, bool);
    f->order = arena_new_array(arena, n, uint32_t);
    if (!stack || !seen || !f->order)
        return -ENOMEM;
    for (uint32_t i = 0; i < n_statements; i++)
        visit_below(f, statements[i], stack, seen);
    if (result == GB_NIL || seen[result])
        return 0;
    if (!gb_is_slot(&f->graph->nodes[result]))
        visit_below(f, result, stack, seen);
    f->order[f->n_order++] = result;
    return 0;
}

/* ---- equal values --------------------------------------------------------------------------- */

static uint64_t mix(uint64_t h, uint64_t v)
{
    h = (h ^ v) * 0x9E3779B97F4A7C15ULL;
    return h ^ (h >> 29);
}

static uint64_t hash_bytes(uint64_t h, struct str s)
{
    for (size_t i = 0; i < s.n; i++)
        h = (h ^ (unsigned char)s.s[i]) * 0x100000001B3ULL;
    return mix(h, s.n);
}

static uint64_t value_bits(const struct gb_value *v)
{
    uint64_t bits = 0;
    if (v->type.base == GB_INT)
        bits = (uint64_t)v->i;
    else if (v->type.base == GB_DOUBLE)
        memcpy(&bits, &v->d, sizeof bits);
    else
        bits = v->b;
    return bits;
}

/* What tells two nodes of one op apart, besides their inputs. */
static uint64_t own_part(const struct gb_node *n)
{
    switch ((int)n->op) {
    case GB_OP_PARAM:
        return n->param;
    case GB_OP_CALL:
        return n->callee;
    case GB_OP_EXTERNAL:
        return (uint64_t)(uintptr_t)n->ext;
    default:
        return 0;
    }
}

static uint64_t hash_node(const struct folder *w, uint32_t node)
{
    const struct gb_node *n = &w->g->nodes[node];
    const struct gb_value *v = w->f->known[node];
    if (v && v->type.base == GB_STRING)
        return hash_bytes(v->type.base, v->s);
    if (v)
        return mix(v->type.base, value_bits(v));
    uint64_t h =
        mix((uint64_t)n->op << 16 | (uint64_t)n->type.base << 8 | n->type.depth, own_part(n));
    for (uint32_t i = 0; i < n->n_inputs; i++) {
        const struct gb_input *in = &w->g->inputs[n->inputs + i];
        h = mix(h, in->src == GB_NIL ? GB_NIL : w->f->stands[in->src]);
    }
    return h;
}

static bool same_inputs(const struct folder *w, const struct gb_node *a, const struct gb_node *b)
{
    for (uint32_t i = 0; i < a->n_inputs; i++) {
        const struct gb_input *x = &w->g->inputs[a->inputs + i];
        const struct gb_input *y = &w->g->inputs[b->inputs + i];
        bool wired = x->src != GB_NIL;
        if (wired != (y->src != GB_NIL) || !gb_type_eq(x->want, y->want))
            return false;
        if (wired && (w->f->stands[x->src] != w->f->stands[y->src] || x->src_out != y->src_out))
            return false;
    }
    return true;
}

static bool same_value(const struct folder *w, uint32_t a, uint32_t b)
{
    const struct gb_value *x = w->f->known[a], *y = w->f->known[b];
    const struct gb_node *m = &w->g->nodes[a], *n = &w->g->nodes[b];
    if (!x != !y)
        return false;
    if (x && y) {
        if (!gb_type_eq(x->type, y->type))
            return false;
        return x->type.base == GB_STRING ? str_eq(x->s, y->s) : value_bits(x) == value_bits(y);
    }
    return m->op == n->op && gb_type_eq(m->type, n->type) && m->n_inputs == n->n_inputs &&
           own_part(m) == own_part(n) && same_inputs(w, m, n);
}

/* Values that may stand for one another: neither volatile nor written, and no whole array. */
static bool comparable(const struct folder *w, uint32_t node)
{
    const struct gb_node *n = &w->g->nodes[node];
    const uint8_t changing =
        GB_FX_VOLATILE | GB_FX_VOLATILE_DEEP | GB_FX_EFFECT | GB_FX_EFFECT_DEEP;
    if (w->f->known[node])
        return w->f->known[node]->type.depth == 0;
    return !n->statement && !(n->fx & changing);
}

static void unite(struct folder *w, uint32_t node)
{
    if (!comparable(w, node))
        return;
    uint32_t at = (uint32_t)hash_node(w, node) & w->mask;
    for (; w->table[at]; at = (at + 1) & w->mask)
        if (same_value(w, w->table[at] - 1, node)) {
            w->f->stands[node] = w->table[at] - 1;
            return;
        }
    w->table[at] = node + 1;
}

/* ---- constants ------------------------------------------------------------------------------ */

static void set_known(struct folder *w, uint32_t node, struct gb_value v)
{
    struct gb_value *copy = arena_new(w->arena, struct gb_value);
    if (copy)
        *copy = v;
    else
        w->out_of_memory = true;
    w->f->known[node] = copy;
}

/* The value that arrives at an input, when it is known. */
static bool known_input(const struct folder *w, const struct gb_input *in, struct gb_value *ret)
{
    const struct gb_value *v = in->src == GB_NIL ? NULL : w->f->known[w->f->stands[in->src]];
    if (v)
        *ret = gb_convert(*v, in->want);
    return v != NULL;
}

static bool too_long(enum gb_op op, const struct gb_value *arg)
{
    return arg->type.depth && arg->array.n > FOLD_ITEMS && op != GB_OP_ARRAYGET &&
           op != GB_OP_ARRAYLENGTH;
}

static void compute(struct folder *w, uint32_t node)
{
    const struct gb_node *n = &w->g->nodes[node];
    struct gb_value args[FOLD_ARGS], v;
    uint32_t n_args = 0;
    if (n->n_inputs > FOLD_ARGS || !gb_op_exact(n->op))
        return;
    for (uint32_t i = 0; i < n->n_inputs; i++) {
        const struct gb_input *in = &w->g->inputs[n->inputs + i];
        if (in->src == GB_NIL)
            continue;
        if (!known_input(w, in, &args[n_args]) || too_long(n->op, &args[n_args]))
            return;
        n_args++;
    }
    w->heap.limit = w->heap.used + FOLD_BYTES;
    if (gb_op_apply(n->op, n->type, args, n_args, &w->heap, &v) == GB_FAULT_none)
        set_known(w, node, v);
}

/* ---- known choices -------------------------------------------------------------------------- */

/* And, Or, Select: the input that is the value, GB_NIL when the first one is not known. */
static uint32_t chosen(const struct folder *w, const struct gb_node *n)
{
    struct gb_value first;
    if (n->n_inputs < 2 || !known_input(w, &w->g->inputs[n->inputs], &first))
        return GB_NIL;
    if (n->op == GB_OP_SELECT)
        return first.b ? 1 : 2;
    return first.b == (n->op == GB_OP_AND);
}

static void choose(struct folder *w, uint32_t node)
{
    const struct gb_node *n = &w->g->nodes[node];
    uint32_t side = chosen(w, n);
    struct gb_value v;
    if (side == GB_NIL)
        return;
    const struct gb_input *in = &w->g->inputs[n->inputs + side];
    if (known_input(w, in, &v))
        set_known(w, node, gb_convert(v, n->type));
    else if (in->src_out == 0 && gb_type_eq(w->g->nodes[w->f->stands[in->src]].type, n->type))
        w->f->stands[node] = w->f->stands[in->src];
}

static void fold_node(struct folder *w, uint32_t node)
{
    const struct gb_node *n = &w->g->nodes[node];
    bool lazy = n->op == GB_OP_AND || n->op == GB_OP_OR || n->op == GB_OP_SELECT;
    w->f->stands[node] = node;
    if (n->op == GB_OP_LITERAL || (n->op == GB_OP_ARRAY && n->n_inputs == 0))
        set_known(w, node, gb_convert(n->literal, n->type));
    else if (lazy)
        choose(w, node);
    else if (!n->statement && gb_op_pure(n->op))
        compute(w, node);
    if (w->f->stands[node] == node)
        unite(w, node);
}

int gb_fold(const struct gb_graph *g, const uint32_t *statements, uint32_t n_statements,
            struct arena *arena, struct gb_fold *ret)
{
    uint32_t n = g->n_nodes, size = 16;
    struct folder w = {.f = ret, .g = g, .arena = arena, .heap = {.arena = arena}};
    *ret = (struct gb_fold){.graph = g};
    ret->stands = arena_new_array(arena, n, uint32_t);
    ret->known = arena_new_array(arena, n, const struct gb_value *);
    if (!ret->stands || !ret->known || put_in_order(ret, statements, n_statements, arena))
        return -ENOMEM;
    while (size < 2 * ret->n_order)
        size *= 2;
    w.table = arena_new_array(arena, size, uint32_t);
    w.mask = size - 1;
    if (!w.table)
        return -ENOMEM;
    for (uint32_t i = 0; i < ret->n_order; i++)
        fold_node(&w, ret->order[i]);
    return w.out_of_memory ? -ENOMEM : 0;
}
