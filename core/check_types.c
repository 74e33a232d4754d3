/*
 * check_types.c - inference: every node, variable, parameter and return type of all graphs at once.
 *
 * A type only ever rises: unknown, then what first arrives; an int becomes a double where a double
 * arrives too. Each rise is carried along the edges once, so the work is linear; recursion needs no
 * special care. What does not fit stays out and is found by check_ports.c.
 */
#include "check.h"

#include <errno.h>

static const struct gb_type INT = {GB_INT, 0}, DOUBLE = {GB_DOUBLE, 0}, BOOL = {GB_BOOL, 0},
                            STRING = {GB_STRING, 0}, VOID = {GB_VOID, 0};

struct gb_type gb_output_type(const struct gb_node *node, uint32_t out)
{
    if (out == 0)
        return node->type;
    if (node->op == GB_OP_READ)
        return BOOL;
    if (node->op != GB_OP_EXTERNAL)
        return VOID;
    uint32_t k = node->ext->ret.base != GB_VOID;
    for (uint32_t i = 0; i < node->ext->n_params; i++)
        if (node->ext->params[i].kind == GB_EXT_OUTPUT && k++ == out)
            return node->ext->params[i].type;
    return VOID;
}

struct inference {
    struct gb_checking *c;
    uint32_t *base;  /* by graph: the number of its node 0 among all nodes; one more at the end */
    uint32_t *graph; /* by numbered node */
    uint32_t *queue; /* numbered nodes whose type has risen: a ring that holds each at most once */
    bool *queued;
    uint32_t head, n;
    bool implicit; /* implicit results count as well: only once all Returns have had their say */
    struct gb_adjacency calls;   /* by function: its Calls, as numbered nodes */
    struct gb_adjacency *reads;  /* by graph, by variable: VarDecls and VarGets */
    struct gb_adjacency *params; /* by graph, by parameter: Params */
};

/* ---- rising ---------------------------------------------------------------------------------- */

/* Whether *t changed. An array widens when its items do: its readers may have seen it as one of int
 * before. */
static bool rise(struct gb_type *t, struct gb_type with)
{
    bool first = t->base == GB_UNKNOWN && with.base != GB_UNKNOWN && with.base != GB_VOID;
    bool widens = t->base == GB_INT && with.base == GB_DOUBLE && t->depth == with.depth;
    if (first || widens)
        *t = with;
    return first || widens;
}

static void raise_node(struct inference *f, uint32_t graph, uint32_t v, struct gb_type t)
{
    uint32_t number = f->base[graph] + v;
    if (!rise(&f->c->scans[graph].g->nodes[v].type, t) || f->queued[number])
        return;
    uint32_t all = f->base[f->c->n_scans];
    f->queue[(f->head + f->n++) % all] = number;
    f->queued[number] = true;
}

static void raise_var(struct inference *f, uint32_t graph, uint32_t var, struct gb_type t)
{
    struct gb_scan *s = &f->c->scans[graph];
    if (var == GB_NIL || !s->untyped_vars[var] || !rise(&s->g->vars[var].type, t))
        return;
    const struct gb_adjacency *reads = &f->reads[graph];
    for (uint32_t at = reads->first[var]; at < reads->first[var + 1]; at++)
        raise_node(f, graph, reads->arcs[at].to, s->g->vars[var].type);
}

static void raise_param(struct inference *f, uint32_t graph, uint32_t param, struct gb_type t)
{
    struct gb_scan *s = &f->c->scans[graph];
    if (param >= s->func->n_params || !s->untyped_params[param] ||
        !rise(&s->func->params[param].type, t))
        return;
    const struct gb_adjacency *uses = &f->params[graph];
    for (uint32_t at = uses->first[param]; at < uses->first[param + 1]; at++)
        raise_node(f, graph, uses->arcs[at].to, s->func->params[param].type);
}

static void raise_ret(struct inference *f, uint32_t graph, struct gb_type t)
{
    struct gb_scan *s = &f->c->scans[graph];
    if (!s->func || !s->untyped_ret || !rise(&s->func->ret, t))
        return;
    for (uint32_t at = f->calls.first[graph - 1]; at < f->calls.first[graph]; at++) {
        uint32_t number = f->calls.arcs[at].to, caller = f->graph[number];
        raise_node(f, caller, number - f->base[caller], s->func->ret);
    }
}

/* ---- rules ----------------------------------------------------------------------------------- */

static bool is_number(struct gb_type t)
{
    return gb_type_eq(t, INT) || gb_type_eq(t, DOUBLE);
}

/* An array takes the type of its items; they widen together. */
static void raise_items(struct inference *f, uint32_t graph, uint32_t v, struct gb_type item)
{
    struct gb_scan *s = &f->c->scans[graph];
    if (s->raw->names[v].declared.base != GB_UNKNOWN || item.base == GB_UNKNOWN)
        return;
    raise_node(f, graph, v, (struct gb_type){item.base, (uint8_t)(item.depth + 1)});
}

/* A value of type t arrives at input i of node v. */
static void arrive(struct inference *f, uint32_t graph, uint32_t v, uint32_t i, struct gb_type t)
{
    const struct gb_node *node = &f->c->scans[graph].g->nodes[v];
    if (node->op == GB_OP_EXTERNAL)
        return;
    switch ((int)gb_kind_of(node->op)->typing) {
    case GB_TY_ARITH:
        if (is_number(t))
            raise_node(f, graph, v, t);
        break;
    case GB_TY_SELECT:
        if (i > 0)
            raise_node(f, graph, v, t);
        break;
    case GB_TY_ARRAY:
        raise_items(f, graph, v, t);
        break;
    case GB_TY_ARRAYGET:
        if (i == 0 && t.depth > 0)
            raise_node(f, graph, v, (struct gb_type){t.base, (uint8_t)(t.depth - 1)});
        break;
    case GB_TY_VARDECL:
    case GB_TY_VARSET:
        raise_var(f, graph, node->var, t);
        break;
    case GB_TY_ARRAYPUSH:
        raise_var(f, graph, node->var, (struct gb_type){t.base, (uint8_t)(t.depth + 1)});
        break;
    case GB_TY_RETURN:
        raise_ret(f, graph, t);
        break;
    case GB_TY_CALL:
        if (node->callee != GB_NIL)
            raise_param(f, node->callee + 1, i, t);
        break;
    default:
        break;
    }
}

/* The type a node has whatever arrives; {GB_UNKNOWN} for those that take it from their inputs. */
static struct gb_type fixed_type(const struct gb_scan *s, uint32_t v)
{
    const struct gb_node *node = &s->g->nodes[v];
    const struct gb_node_names *names = &s->raw->names[v];
    if (node->op == GB_OP_EXTERNAL) {
        for (uint32_t i = 0; node->ext->ret.base == GB_VOID && i < node->ext->n_params; i++)
            if (node->ext->params[i].kind == GB_EXT_OUTPUT)
                return node->ext->params[i].type;
        return node->ext->ret;
    }
    switch (gb_kind_of(node->op)->typing) {
    case GB_TY_LITERAL:
        return node->literal.type;
    case GB_TY_DOUBLE:
    case GB_TY_DOUBLE_OF_TEXT:
        return DOUBLE;
    case GB_TY_INT:
    case GB_TY_INT_OF_TEXT:
    case GB_TY_ARRAYLENGTH:
    case GB_TY_FOR:
        return INT;
    case GB_TY_EQUALITY:
    case GB_TY_ORDER:
    case GB_TY_BOOL:
    case GB_TY_BOOL_OF_TEXT:
        return BOOL;
    case GB_TY_STRING:
    case GB_TY_SUBSTRING:
    case GB_TY_TOSTRING:
        return STRING;
    case GB_TY_CAST:
        return node->target;
    case GB_TY_READ:
        return node->read_kind == GB_READ_NUMBER ? DOUBLE
               : node->read_kind == GB_READ_INT  ? INT
                                                 : STRING;
    case GB_TY_ARRAY:
        if (names->declared.base != GB_UNKNOWN)
            return (struct gb_type){names->declared.base, (uint8_t)(names->declared.depth + 1)};
        return node->n_inputs ? (struct gb_type){0} : node->literal.type;
    case GB_TY_PARAM:
        return s->func && node->param < s->func->n_params ? s->func->params[node->param].type
                                                          : (struct gb_type){0};
    case GB_TY_VARDECL:
    case GB_TY_VARGET:
        return node->var == GB_NIL ? (struct gb_type){0} : s->g->vars[node->var].type;
    case GB_TY_ARITH:
    case GB_TY_SELECT:
    case GB_TY_ARRAYGET:
    case GB_TY_CALL:
        return (struct gb_type){0};
    case GB_TY_ARRAYSET:
    case GB_TY_ARRAYPUSH:
    case GB_TY_VARSET:
    case GB_TY_PRINT:
    case GB_TY_CONTROL:
    case GB_TY_RETURN:
        break;
    }
    return VOID;
}

/* ---- tables ---------------------------------------------------------------------------------- */

static bool reads_var(const struct gb_node *node)
{
    return (node->op == GB_OP_VARGET || node->op == GB_OP_VARDECL) && node->var != GB_NIL;
}

static int index_graph(struct inference *f, uint32_t graph, struct gb_arc *arcs)
{
    struct gb_scan *s = &f->c->scans[graph];
    uint32_t n = 0, n_params = s->func ? s->func->n_params : 0;
    for (uint32_t v = 0; v < s->g->n_nodes; v++)
        if (reads_var(&s->g->nodes[v]))
            arcs[n++] = (struct gb_arc){s->g->nodes[v].var, v, 0};
    if (gb_adjacency_build(&f->reads[graph], s->g->n_vars, arcs, n, f->c->tmp))
        return -ENOMEM;
    n = 0;
    for (uint32_t v = 0; v < s->g->n_nodes; v++)
        if (s->g->nodes[v].op == GB_OP_PARAM && s->g->nodes[v].param < n_params)
            arcs[n++] = (struct gb_arc){s->g->nodes[v].param, v, 0};
    s->untyped_params = arena_new_array(f->c->tmp, n_params, bool);
    if (!s->untyped_params)
        return -ENOMEM;
    for (uint32_t i = 0; i < n_params; i++)
        s->untyped_params[i] = s->func->params[i].type.base == GB_UNKNOWN;
    return gb_adjacency_build(&f->params[graph], n_params, arcs, n, f->c->tmp);
}

static int index_calls(struct inference *f, struct gb_arc *arcs)
{
    uint32_t n = 0;
    for (uint32_t graph = 0; graph < f->c->n_scans; graph++) {
        struct gb_scan *s = &f->c->scans[graph];
        for (uint32_t v = 0; v < s->g->n_nodes; v++) {
            f->graph[f->base[graph] + v] = graph;
            if (s->g->nodes[v].op == GB_OP_CALL && s->g->nodes[v].callee != GB_NIL)
                arcs[n++] = (struct gb_arc){s->g->nodes[v].callee, f->base[graph] + v, 0};
        }
    }
    return gb_adjacency_build(&f->calls, f->c->n_scans - 1, arcs, n, f->c->tmp);
}

/* How many nodes the tables hold at most: those that read a name. */
static uint32_t count_indexed(const struct gb_checking *c)
{
    uint32_t n = 0;
    for (uint32_t graph = 0; graph < c->n_scans; graph++)
        for (uint32_t v = 0; v < c->scans[graph].g->n_nodes; v++) {
            enum gb_op op = c->scans[graph].g->nodes[v].op;
            n += op == GB_OP_VARGET || op == GB_OP_VARDECL || op == GB_OP_PARAM || op == GB_OP_CALL;
        }
    return n;
}

static int init(struct inference *f)
{
    struct arena *a = f->c->tmp;
    uint32_t n = f->c->n_scans, all = 0;
    f->base = arena_new_array(a, (size_t)n + 1, uint32_t);
    f->reads = arena_new_array(a, n, struct gb_adjacency);
    f->params = arena_new_array(a, n, struct gb_adjacency);
    if (!f->base || !f->reads || !f->params)
        return -ENOMEM;
    for (uint32_t graph = 0; graph < n; graph++) {
        f->base[graph] = all;
        all += f->c->scans[graph].g->n_nodes;
    }
    f->base[n] = all;
    f->graph = arena_new_array(a, all, uint32_t);
    f->queue = arena_new_array(a, all, uint32_t);
    f->queued = arena_new_array(a, all, bool);
    struct gb_arc *arcs = arena_new_array(a, count_indexed(f->c), struct gb_arc);
    if (!f->graph || !f->queue || !f->queued || !arcs)
        return -ENOMEM;
    for (uint32_t graph = 0; graph < n; graph++)
        if (index_graph(f, graph, arcs))
            return -ENOMEM;
    return index_calls(f, arcs);
}

/* ---- the run --------------------------------------------------------------------------------- */

/* What is known before anything flows. */
static void seed(struct inference *f, uint32_t graph)
{
    struct gb_scan *s = &f->c->scans[graph];
    for (uint32_t k = 0; k < s->g->n_nodes; k++) {
        uint32_t v = s->values[k];
        struct gb_node *node = &s->g->nodes[v];
        struct gb_type t = fixed_type(s, v);
        if (node->op == GB_OP_CALL && node->callee != GB_NIL)
            t = f->c->f->program->funcs[node->callee].ret;
        node->type = (struct gb_type){0};
        if (t.base == GB_VOID)
            node->type = t;
        raise_node(f, graph, v, t);
    }
    for (uint32_t i = 0; i < s->g->n_vars; i++)
        if (s->g->vars[i].has_init)
            raise_var(f, graph, i, s->g->vars[i].init.type);
}

static void run(struct inference *f)
{
    uint32_t all = f->base[f->c->n_scans];
    while (f->n) {
        uint32_t number = f->queue[f->head], graph = f->graph[number];
        f->head = (f->head + 1) % all;
        f->n--;
        f->queued[number] = false;
        struct gb_scan *s = &f->c->scans[graph];
        uint32_t v = number - f->base[graph];
        for (uint32_t at = s->users.first[v]; at < s->users.first[v + 1]; at++) {
            const struct gb_arc *arc = &s->users.arcs[at];
            uint32_t i = arc->tag - s->g->nodes[arc->to].inputs;
            struct gb_type t = gb_output_type(&s->g->nodes[v], s->g->inputs[arc->tag].src_out);
            arrive(f, graph, arc->to, i, t);
        }
        if (v == s->g->result && (f->implicit || !s->implicit_result))
            raise_ret(f, graph, gb_output_type(&s->g->nodes[v], s->g->result_out));
    }
}

int gb_infer_types(struct gb_checking *c)
{
    struct inference f = {.c = c};
    if (init(&f))
        return -ENOMEM;
    for (uint32_t graph = 0; graph < c->n_scans; graph++)
        seed(&f, graph);
    run(&f);
    f.implicit = true;
    for (uint32_t graph = 1; graph < c->n_scans; graph++)
        if (c->scans[graph].implicit_result)
            raise_ret(&f, graph, c->scans[graph].g->nodes[c->scans[graph].g->result].type);
    run(&f);
    for (uint32_t graph = 1; graph < c->n_scans; graph++) /* parameters that no call gives a type */
        for (uint32_t i = 0; i < c->scans[graph].func->n_params; i++)
            raise_param(&f, graph, i,
                        c->scans[graph].func->params[i].type.base == GB_UNKNOWN ? DOUBLE : VOID);
    run(&f);
    return 0;
}
