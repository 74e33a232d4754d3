/*
 * check_fx.c - effects, what is needed, which functions are reached. Only for programs without
 * errors.
 *
 * Which Calls that only dead values use stay as statements depends on whether the callee has
 * effects; whether a function has effects depends on what its statements need. The circle is cut by
 * this: a call of a function with effects is never dropped, needed or not. So the effects are found
 * first, counting every call that can be reached, then the statements are settled, then all the
 * rest.
 */
#include "check.h"
#include "ops.h"

#include <errno.h>

struct effects {
    struct gb_checking *c;
    bool **live;                 /* by graph, by node: a statement that can be reached */
    bool **needed;               /* by graph, by node: a value that a reachable statement needs */
    struct gb_adjacency callers; /* by function: the graphs that call it */
    struct gb_adjacency callees; /* by graph: the functions it calls */
    uint32_t *queue;
    bool *queued;
};

static const struct gb_func *callee_of(const struct effects *x, const struct gb_node *node)
{
    return &x->c->f->program->funcs[node->callee];
}

/* Whether a Cast's source may hold what its target cannot. */
static bool cast_can_fault(const struct gb_graph *g, const struct gb_node *node)
{
    struct gb_type from = g->inputs[node->inputs].want;
    return (from.base == GB_STRING && node->target.base != GB_STRING) ||
           (from.base == GB_DOUBLE && node->target.base == GB_INT);
}

/* A pure function has no effects, but may abort, throw or not end; those that are known do not. One
 * with several outputs is a statement in C++, which cannot be put off. */
static uint8_t fx_of_extern(const struct gb_extern *ext)
{
    if (!ext->pure)
        return GB_FX_EFFECT | GB_FX_VOLATILE;
    for (uint32_t i = 0; i < ext->n_params; i++)
        if (ext->params[i].kind == GB_EXT_OUTPUT)
            return 0;
    return gb_known_extern(ext->function, ext->n_params) ? 0 : GB_FX_FAULT;
}

/* What computing the node itself may do, its inputs apart. */
static uint8_t own_fx(const struct effects *x, const struct gb_graph *g, const struct gb_node *node)
{
    if (node->op == GB_OP_EXTERNAL)
        return fx_of_extern(node->ext);
    if (node->op == GB_OP_CALL)
        return callee_of(x, node)->fx;
    if (node->op == GB_OP_CAST)
        return cast_can_fault(g, node) ? GB_FX_FAULT : 0;
    return gb_kind_of(node->op)->fx;
}

/* ---- what is reached and needed -------------------------------------------------------------- */

static void mark_live(const struct gb_scan *s, bool *live)
{
    for (uint32_t b = 0; b < s->g->n_blocks; b++)
        for (uint32_t i = 0; i < s->g->blocks[b].n_stmts; i++)
            live[s->g->blocks[b].stmts[i].node] = true;
}

/* Tentative statements: settled when `settle`, else none of them needs anything yet. */
static void mark_needed(struct effects *x, uint32_t graph, bool settle)
{
    struct gb_scan *s = &x->c->scans[graph];
    bool *needed = x->needed[graph];
    if (s->g->result != GB_NIL)
        needed[s->g->result] = true;
    for (uint32_t k = s->g->n_nodes; k-- > 0;) {
        uint32_t v = s->values[k];
        struct gb_node *node = &s->g->nodes[v];
        bool tentative = gb_is_tentative(s, v);
        if (tentative && settle && (needed[v] || !(own_fx(x, s->g, node) & GB_FX_EFFECT)))
            node->statement = tentative = false;
        bool runs = node->statement ? x->live[graph][v] && !(tentative && !settle) : needed[v];
        for (uint32_t i = 0; runs && i < node->n_inputs; i++) {
            uint32_t src = s->g->inputs[node->inputs + i].src;
            if (src != GB_NIL)
                needed[src] = true;
        }
    }
}

/* Takes the Calls that turned out to be values out of the blocks. */
static void drop_values(struct gb_graph *g)
{
    for (uint32_t b = 0; b < g->n_blocks; b++) {
        struct gb_block *block = &g->blocks[b];
        uint32_t kept = 0, reachable = 0;
        for (uint32_t i = 0; i < block->n_all; i++) {
            if (!g->nodes[block->stmts[i].node].statement)
                continue;
            reachable += i < block->n_stmts;
            block->stmts[kept++] = block->stmts[i];
        }
        block->n_stmts = reachable;
        block->n_all = kept;
    }
}

/* ---- calls ----------------------------------------------------------------------------------- */

static bool runs(const struct effects *x, uint32_t graph, uint32_t v)
{
    const struct gb_node *node = &x->c->scans[graph].g->nodes[v];
    return node->statement ? x->live[graph][v] : x->needed[graph][v];
}

/* The calls of all graphs that can run. */
static int index_calls(struct effects *x)
{
    struct arena *a = x->c->tmp;
    uint32_t n_calls = 0, n = 0, n_scans = x->c->n_scans;
    for (uint32_t graph = 0; graph < n_scans; graph++)
        for (uint32_t v = 0; v < x->c->scans[graph].g->n_nodes; v++)
            n_calls += x->c->scans[graph].g->nodes[v].op == GB_OP_CALL;
    struct gb_arc *from = arena_new_array(a, n_calls, struct gb_arc);
    struct gb_arc *to = arena_new_array(a, n_calls, struct gb_arc);
    if (!from || !to)
        return -ENOMEM;
    for (uint32_t graph = 0; graph < n_scans; graph++)
        for (uint32_t v = 0; v < x->c->scans[graph].g->n_nodes; v++) {
            const struct gb_node *node = &x->c->scans[graph].g->nodes[v];
            if (node->op != GB_OP_CALL || !runs(x, graph, v))
                continue;
            from[n] = (struct gb_arc){graph, node->callee, 0};
            to[n++] = (struct gb_arc){node->callee, graph, 0};
        }
    if (gb_adjacency_build(&x->callees, n_scans, from, n, a))
        return -ENOMEM;
    return gb_adjacency_build(&x->callers, n_scans - 1, to, n, a);
}

/* The bits of every function's own nodes, carried to those that call it. */
static void spread_fx(struct effects *x)
{
    struct gb_func *funcs = x->c->f->program->funcs;
    uint32_t n_funcs = x->c->n_scans - 1, n = 0;
    for (uint32_t i = 0; i < n_funcs; i++) {
        const struct gb_graph *g = x->c->scans[i + 1].g;
        funcs[i].fx = 0;
        for (uint32_t v = 0; v < g->n_nodes; v++)
            if (runs(x, i + 1, v) && g->nodes[v].op != GB_OP_CALL)
                funcs[i].fx |= own_fx(x, g, &g->nodes[v]) &
                               (g->nodes[v].op == GB_OP_VARGET || g->nodes[v].op == GB_OP_VARDECL
                                    ? 0
                                    : GB_FX_FAULT | GB_FX_EFFECT | GB_FX_VOLATILE);
        if (funcs[i].recursive)
            funcs[i].fx |= GB_FX_FAULT;
        if (funcs[i].fx & GB_FX_EFFECT)
            funcs[i].fx |= GB_FX_VOLATILE;
        x->queue[n++] = i;
        x->queued[i] = true;
    }
    while (n) {
        uint32_t i = x->queue[--n];
        x->queued[i] = false;
        for (uint32_t at = x->callers.first[i]; at < x->callers.first[i + 1]; at++) {
            uint32_t graph = x->callers.arcs[at].to;
            if (graph == 0 || !(funcs[i].fx & ~funcs[graph - 1].fx))
                continue;
            funcs[graph - 1].fx |= funcs[i].fx;
            if (!x->queued[graph - 1])
                x->queue[n++] = graph - 1;
            x->queued[graph - 1] = true;
        }
    }
}

static void mark_reachable(struct effects *x)
{
    struct gb_func *funcs = x->c->f->program->funcs;
    uint32_t n = 0, graph = 0;
    for (;;) {
        for (uint32_t at = x->callees.first[graph]; at < x->callees.first[graph + 1]; at++) {
            uint32_t i = x->callees.arcs[at].to;
            if (!funcs[i].reachable)
                x->queue[n++] = i;
            funcs[i].reachable = true;
        }
        if (n == 0)
            return;
        graph = x->queue[--n] + 1;
    }
}

/* ---- recursion: Tarjan's strongly connected components, with a stack of its own ------------- */

struct tarjan {
    uint32_t *number, *low, *at; /* by function: 0 is not visited yet */
    uint32_t *path, n_path;      /* functions whose component is open */
    uint32_t *calls, n_calls;    /* the walk */
    bool *open;
    uint32_t next;
};

static void visit(struct tarjan *t, uint32_t i)
{
    t->number[i] = t->low[i] = ++t->next;
    t->path[t->n_path++] = t->calls[t->n_calls++] = i;
    t->open[i] = true;
}

static void close_component(struct effects *x, struct tarjan *t, uint32_t i)
{
    bool ring = t->path[t->n_path - 1] != i;
    uint32_t member;
    do {
        member = t->path[--t->n_path];
        t->open[member] = false;
        x->c->f->program->funcs[member].recursive |= ring;
    } while (member != i);
}

static void walk_calls(struct effects *x, struct tarjan *t, uint32_t start)
{
    visit(t, start);
    while (t->n_calls) {
        uint32_t i = t->calls[t->n_calls - 1];
        uint32_t at = x->callees.first[i + 1] + t->at[i];
        if (at < x->callees.first[i + 2]) {
            uint32_t to = x->callees.arcs[at].to;
            t->at[i]++;
            x->c->f->program->funcs[i].recursive |= to == i;
            if (!t->number[to])
                visit(t, to);
            else if (t->open[to] && t->number[to] < t->low[i])
                t->low[i] = t->number[to];
            continue;
        }
        t->n_calls--;
        if (t->low[i] == t->number[i])
            close_component(x, t, i);
        if (t->n_calls && t->low[i] < t->low[t->calls[t->n_calls - 1]])
            t->low[t->calls[t->n_calls - 1]] = t->low[i];
    }
}

static int mark_recursive(struct effects *x)
{
    struct arena *a = x->c->tmp;
    uint32_t n = x->c->n_scans - 1;
    struct tarjan t = {
        .number = arena_new_array(a, n, uint32_t),
        .low = arena_new_array(a, n, uint32_t),
        .at = arena_new_array(a, n, uint32_t),
        .path = arena_new_array(a, n, uint32_t),
        .calls = arena_new_array(a, n, uint32_t),
        .open = arena_new_array(a, n, bool),
    };
    if (!t.number || !t.low || !t.at || !t.path || !t.calls || !t.open)
        return -ENOMEM;
    for (uint32_t i = 0; i < n; i++)
        if (!t.number[i])
            walk_calls(x, &t, i);
    return 0;
}

/* ---- nodes ----------------------------------------------------------------------------------- */

/* What reading a source's output adds to the one that reads it. A statement ran before. */
static uint8_t fx_of_source(const struct gb_node *src)
{
    if (src->op == GB_OP_VARDECL)
        return GB_FX_VOLATILE_DEEP;
    return src->statement ? 0
                          : src->fx & (GB_FX_FAULT_DEEP | GB_FX_VOLATILE_DEEP | GB_FX_EFFECT_DEEP);
}

static uint32_t block_of_source(const struct gb_scan *s, uint32_t src)
{
    return s->g->nodes[src].op == GB_OP_FOR ? s->body[src] : s->g->nodes[src].block;
}

/* Fills fx, used and, of values, block: the innermost of those that its sources are fixed by. All
 * of them are around one another, as all hold the value's consumers, and inner ones have higher
 * numbers. */
static void finish_nodes(struct effects *x, uint32_t graph)
{
    struct gb_scan *s = &x->c->scans[graph];
    for (uint32_t k = 0; k < s->g->n_nodes; k++) {
        uint32_t v = s->values[k], block = 0;
        struct gb_node *node = &s->g->nodes[v];
        node->fx = own_fx(x, s->g, node);
        node->fx |= (uint8_t)((node->fx & 7) * GB_FX_FAULT_DEEP);
        if (node->op == GB_OP_VARGET && node->var != GB_NIL)
            block = s->g->vars[node->var].block;
        for (uint32_t i = 0; i < node->n_inputs; i++) {
            uint32_t src = s->g->inputs[node->inputs + i].src;
            if (src == GB_NIL)
                continue;
            node->fx |= fx_of_source(&s->g->nodes[src]);
            uint32_t inner = block_of_source(s, src);
            if (inner != GB_NIL && inner > block)
                block = inner;
        }
        if (!node->statement)
            node->block = block;
        node->used = x->needed[graph][v];
    }
}

static int init(struct effects *x)
{
    struct arena *a = x->c->tmp;
    uint32_t n = x->c->n_scans;
    x->live = arena_new_array(a, n, bool *);
    x->needed = arena_new_array(a, n, bool *);
    x->queue = arena_new_array(a, n, uint32_t);
    x->queued = arena_new_array(a, n, bool);
    if (!x->live || !x->needed || !x->queue || !x->queued)
        return -ENOMEM;
    for (uint32_t graph = 0; graph < n; graph++) {
        const struct gb_scan *s = &x->c->scans[graph];
        x->live[graph] = arena_new_array(a, s->g->n_nodes, bool);
        x->needed[graph] = arena_new_array(a, s->g->n_nodes, bool);
        if (!x->live[graph] || !x->needed[graph])
            return -ENOMEM;
        mark_live(s, x->live[graph]);
    }
    return 0;
}

int gb_find_effects(struct gb_checking *c)
{
    struct effects x = {.c = c};
    if (init(&x))
        return -ENOMEM;
    for (uint32_t graph = 0; graph < c->n_scans; graph++)
        mark_needed(&x, graph, false);
    if (index_calls(&x))
        return -ENOMEM;
    spread_fx(&x);
    for (uint32_t graph = 0; graph < c->n_scans; graph++) {
        mark_needed(&x, graph, true);
        drop_values(c->scans[graph].g);
    }
    if (index_calls(&x) || mark_recursive(&x))
        return -ENOMEM;
    spread_fx(&x);
    mark_reachable(&x);
    for (uint32_t graph = 0; graph < c->n_scans; graph++)
        finish_nodes(&x, graph);
    return 0;
}
