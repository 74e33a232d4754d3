/* dot.c - a program as Graphviz text: values as ellipses, statements as boxes, a function a
 * cluster. */
#include "gb.h"

#include <errno.h>

#define LABEL_TEXT_MAX 24 /* bytes of a literal text that a label shows */

struct dot {
    const struct gb_program *p;
    const struct gb_graph *graph;
    struct buf *out;
    uint32_t number; /* of the graph, in its nodes' names: 0 is the main graph */
};

static const char *const OP_NAMES[GB_OP_COUNT] = {
#define NODE(op, name, ...) [GB_OP_##op] = name,
#include "nodes.def"
#undef NODE
};

/* Text inside a quoted DOT string; a newline becomes the two bytes \n. */
static void put_escaped(struct buf *out, struct str s)
{
    for (size_t i = 0; i < s.n; i++) {
        if (s.s[i] == '"' || s.s[i] == '\\')
            buf_putc(out, '\\');
        if (s.s[i] == '\n')
            buf_puts(out, "\\\\n");
        else if ((unsigned char)s.s[i] >= ' ')
            buf_putc(out, s.s[i]);
    }
}

static void put_name(struct dot *d, uint32_t node)
{
    buf_printf(d->out, "g%u_%u", d->number, node);
}

/* Cut between characters: a byte 10xxxxxx continues one. */
static void put_short_text(struct buf *out, struct str s)
{
    size_t n = s.n < LABEL_TEXT_MAX ? s.n : LABEL_TEXT_MAX;
    while (n && n < s.n && ((unsigned char)s.s[n] & 0xc0) == 0x80)
        n--;
    buf_puts(out, "\\\"");
    put_escaped(out, (struct str){s.s, n});
    buf_puts(out, n < s.n ? "...\\\"" : "\\\"");
}

static void put_literal(struct dot *d, const struct gb_value *v)
{
    if (v->type.depth)
        buf_printf(d->out, "%u items", v->array.n);
    else if (v->type.base == GB_STRING)
        put_short_text(d->out, v->s);
    else if (v->type.base == GB_INT)
        buf_i64(d->out, v->i);
    else if (v->type.base == GB_DOUBLE)
        buf_printf(d->out, "%g", v->d);
    else
        buf_puts(d->out, v->b ? "true" : "false");
}

/* What the node is about beside its type: a constant, a variable, a function. */
static void put_detail(struct dot *d, const struct gb_node *n)
{
    bool names_variable = n->op == GB_OP_VARDECL || n->op == GB_OP_VARGET ||
                          n->op == GB_OP_VARSET || n->op == GB_OP_ARRAYSET ||
                          n->op == GB_OP_ARRAYPUSH;
    if (n->op == GB_OP_LITERAL) {
        buf_putc(d->out, ' ');
        put_literal(d, &n->literal);
    } else if (names_variable && n->var < d->graph->n_vars) {
        buf_putc(d->out, ' ');
        put_escaped(d->out, d->graph->vars[n->var].name);
    } else if (n->op == GB_OP_CALL) {
        buf_putc(d->out, ' ');
        put_escaped(d->out, d->p->funcs[n->callee].name);
    } else if (n->op == GB_OP_PARAM && d->graph->func) {
        buf_putc(d->out, ' ');
        put_escaped(d->out, d->graph->func->params[n->param].name);
    }
}

static void put_node(struct dot *d, uint32_t node)
{
    const struct gb_node *n = &d->graph->nodes[node];
    buf_puts(d->out, "    ");
    put_name(d, node);
    buf_puts(d->out, " [label=\"");
    if (n->op == GB_OP_EXTERNAL)
        put_escaped(d->out, n->ext->type);
    else
        buf_puts(d->out, OP_NAMES[n->op]);
    put_detail(d, n);
    buf_puts(d->out, "\\n");
    put_escaped(d->out, n->label.n ? n->label : n->id);
    buf_printf(d->out, "\", shape=%s];\n", n->statement ? "box" : "ellipse");
}

static void put_data_edges(struct dot *d, uint32_t node)
{
    const struct gb_node *n = &d->graph->nodes[node];
    for (uint32_t i = 0; i < n->n_inputs; i++) {
        const struct gb_input *in = &d->graph->inputs[n->inputs + i];
        if (in->src == GB_NIL)
            continue;
        buf_puts(d->out, "    ");
        put_name(d, in->src);
        buf_puts(d->out, " -> ");
        put_name(d, node);
        buf_puts(d->out, " [label=\"");
        put_escaped(d->out, in->port);
        buf_puts(d->out, "\"];\n");
    }
}

static void put_control_edge(struct dot *d, uint32_t from, uint32_t to, const char *label)
{
    buf_puts(d->out, "    ");
    put_name(d, from);
    buf_puts(d->out, " -> ");
    put_name(d, to);
    buf_printf(d->out, " [style=bold, color=steelblue, label=\"%s\"];\n", label);
}

/* Statements in the order they run, and where each body begins. */
static void put_block(struct dot *d, const struct gb_block *b)
{
    for (uint32_t i = 0; i < b->n_all; i++) {
        const struct gb_stmt *s = &b->stmts[i];
        bool is_if = d->graph->nodes[s->node].op == GB_OP_IF;
        if (i + 1 < b->n_all)
            put_control_edge(d, s->node, b->stmts[i + 1].node, "next");
        for (int k = 0; k < 2; k++) {
            uint32_t body = s->blocks[k];
            if (body != GB_NIL && d->graph->blocks[body].n_all > 0)
                put_control_edge(d, s->node, d->graph->blocks[body].stmts[0].node,
                                 !is_if ? "body"
                                 : k    ? "else"
                                        : "then");
        }
    }
}

static void put_graph(struct dot *d, const struct gb_graph *g, uint32_t number)
{
    d->graph = g;
    d->number = number;
    if (g->func) {
        buf_printf(d->out, "  subgraph cluster_%u {\n    label=\"", number);
        put_escaped(d->out, g->func->name);
        buf_puts(d->out, "\";\n");
    }
    for (uint32_t i = 0; i < g->n_nodes; i++)
        put_node(d, i);
    for (uint32_t i = 0; i < g->n_nodes; i++)
        put_data_edges(d, i);
    for (uint32_t i = 0; i < g->n_blocks; i++)
        put_block(d, &g->blocks[i]);
    if (g->func)
        buf_puts(d->out, "  }\n");
}

int gb_dot(const struct gb_program *p, struct buf *out)
{
    struct dot d = {.p = p, .out = out};
    buf_puts(out, "digraph program {\n"
                  "  node [fontname=\"sans-serif\", fontsize=11];\n"
                  "  edge [fontname=\"sans-serif\", fontsize=9];\n");
    put_graph(&d, &p->main, 0);
    for (uint32_t i = 0; i < p->n_funcs; i++)
        put_graph(&d, &p->funcs[i].graph, i + 1);
    buf_puts(out, "}\n");
    return out->error == -E2BIG ? -ENOMEM : out->error;
}
