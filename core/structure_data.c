/* structure_data.c - values: cycles, order, and which of them the statements need. */
#include "structure.h"

#include <errno.h>

#define PATH_SHOWN 20 /* nodes of a cycle that a message names */

struct str gb_flow_path(struct gb_flow *fl, const uint32_t *nodes, uint32_t n)
{
    struct arena *a = &fl->f->report->arena;
    struct str path = STR("");
    for (uint32_t i = 0; i < n && i < PATH_SHOWN; i++) {
        struct str id = fl->g->nodes[nodes[i]].id;
        path = arena_printf(a, "%.*s%.*s -> ", STR_ARG(path), STR_ARG(id));
    }
    if (n > PATH_SHOWN)
        path = arena_printf(a, "%.*s... -> ", STR_ARG(path));
    return arena_printf(a, "%.*s%.*s", STR_ARG(path), STR_ARG(fl->g->nodes[nodes[0]].id));
}

/* ---- cycles and order: a depth-first walk from each node to what it needs -------------------- */

enum colour { WHITE, OPEN, DONE };

struct walk {
    uint8_t *colour;
    uint32_t *at;    /* by node: the next input to look at; while open, in `depth` its place */
    uint32_t *depth; /* by open node: where it stands on the stack */
    uint32_t *stack;
    uint32_t n_stack, n_done;
};

/* Input `in` of the innermost open node leads to `src`, which is open itself. */
static void report_data_cycle(struct gb_flow *fl, struct walk *w, struct gb_input *in)
{
    uint32_t first = w->depth[in->src], n = w->n_stack - first;
    uint32_t shown[PATH_SHOWN + 1] = {0}, top = w->n_stack;
    uint32_t n_shown = n < PATH_SHOWN + 1 ? n : PATH_SHOWN + 1;
    for (uint32_t i = 0; i < n_shown; i++) /* the stack holds consumers below their sources */
        shown[i] = w->stack[top - 1 - i];
    struct str path = gb_flow_path(fl, shown, n_shown);
    uint32_t node = w->stack[top - 1];
    struct gb_error *e = gb_complain(fl->f, GB_E_cycle, fl->g, node, in->jval,
                                     "Cycle detected: %.*s", STR_ARG(path));
    e->port = in->port;
    e->from = fl->g->nodes[in->src].id;
    e->suggestion = STR("a value cannot depend on itself; keep it in a variable (VarDecl, VarSet)");
    for (uint32_t i = first; i < top; i++)
        fl->raw->broken[w->stack[i]] = true;
    in->src = GB_NIL;
}

static void walk_from(struct gb_flow *fl, struct walk *w, uint32_t start)
{
    w->n_stack = 0;
    w->stack[w->n_stack++] = start;
    w->colour[start] = OPEN;
    while (w->n_stack) {
        uint32_t v = w->stack[w->n_stack - 1];
        w->depth[v] = w->n_stack - 1;
        const struct gb_node *node = &fl->g->nodes[v];
        if (w->at[v] == node->n_inputs) {
            w->colour[v] = DONE;
            fl->values[w->n_done++] = v;
            w->n_stack--;
            continue;
        }
        struct gb_input *in = &fl->g->inputs[node->inputs + w->at[v]++];
        if (in->src == GB_NIL || w->colour[in->src] == DONE)
            continue;
        if (w->colour[in->src] == OPEN) {
            report_data_cycle(fl, w, in);
            continue;
        }
        w->colour[in->src] = OPEN;
        w->stack[w->n_stack++] = in->src;
    }
}

int gb_flow_data(struct gb_flow *fl)
{
    struct walk w = {
        .colour = arena_new_array(fl->tmp, fl->n, uint8_t),
        .at = arena_new_array(fl->tmp, fl->n, uint32_t),
        .depth = arena_new_array(fl->tmp, fl->n, uint32_t),
        .stack = arena_new_array(fl->tmp, fl->n, uint32_t),
    };
    fl->values = arena_new_array(fl->tmp, fl->n, uint32_t);
    if (!w.colour || !w.at || !w.depth || !w.stack || !fl->values)
        return -ENOMEM;
    for (uint32_t v = 0; v < fl->n; v++)
        if (w.colour[v] == WHITE)
            walk_from(fl, &w, v);
    return gb_users(&fl->users, fl->g, fl->tmp);
}

/* ---- statements ------------------------------------------------------------------------------ */

/* Whether computing the node's value may do something that is missed when it is left out. */
static bool has_effect_value(const struct gb_node *node)
{
    return node->op == GB_OP_CALL || (node->op == GB_OP_EXTERNAL && !node->ext->pure);
}

static bool is_firm_statement(const struct gb_flow *fl, uint32_t v)
{
    const struct gb_node *node = &fl->g->nodes[v];
    switch ((int)node->op) {
    case GB_OP_ARRAYSET:
    case GB_OP_ARRAYPUSH:
    case GB_OP_VARDECL:
    case GB_OP_VARSET:
    case GB_OP_PRINT:
    case GB_OP_IF:
    case GB_OP_WHILE:
    case GB_OP_FOR:
    case GB_OP_BREAK:
    case GB_OP_CONTINUE:
    case GB_OP_RETURN:
        return true;
    case GB_OP_EXTERNAL:
        if (gb_extern_outputs(node->ext) == 0)
            return true;
        break;
    default:
        break;
    }
    bool unused = fl->users.first[v] == fl->users.first[v + 1] && v != fl->g->result;
    return unused && has_effect_value(node);
}

/* A Call that only dead values use is a statement as well, for its effects; check.c takes it out
 * again when it turns out to have none, or when the function's result needs it. */
int gb_flow_statements(struct gb_flow *fl)
{
    bool *needed = arena_new_array(fl->tmp, fl->n, bool);
    if (!needed)
        return -ENOMEM;
    if (fl->g->result != GB_NIL)
        needed[fl->g->result] = true;
    for (uint32_t k = fl->n; k-- > 0;) {
        uint32_t v = fl->values[k];
        struct gb_node *node = &fl->g->nodes[v];
        bool firm = is_firm_statement(fl, v);
        node->statement = firm || (!needed[v] && has_effect_value(node));
        for (uint32_t i = 0; (firm || needed[v]) && i < node->n_inputs; i++) {
            uint32_t src = fl->g->inputs[node->inputs + i].src;
            if (src != GB_NIL)
                needed[src] = true;
        }
    }
    return 0;
}
