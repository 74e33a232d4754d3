/*
 * format.c - a program written back as JSON in the canonical form: the first dialect's spellings,
 * ports by their names, bodies as lists, one node or edge a line.
 *
 * What is written means what was read: where the order of the outermost statements is not the order
 * of their nodes, control edges say it. What is never reached is somebody's work and stays.
 */
#include "catalogue.h"
#include "gb.h"
#include "types.h"

#include "base/jsonw.h"

#include <errno.h>

struct formatter {
    const struct gb_program *p;
    const struct gb_graph *g;
    struct buf *out;
    struct jsonw w;
    struct arena names; /* of types */
    int indent;
    bool first;
};

/* ---- lines ---------------------------------------------------------------------------------- */

static void line(struct formatter *f)
{
    buf_puts(f->out, f->first ? "\n" : ",\n");
    for (int i = 0; i < f->indent; i++)
        buf_puts(f->out, "  ");
    f->first = false;
    f->w = (struct jsonw){.out = f->out};
}

static void open_list(struct formatter *f, const char *key)
{
    line(f);
    buf_printf(f->out, "\"%s\": [", key);
    f->indent++;
    f->first = true;
}

static void close_with(struct formatter *f, const char *bracket)
{
    bool empty = f->first;
    f->indent--;
    f->first = true;
    if (!empty)
        line(f);
    buf_puts(f->out, bracket);
    f->first = false;
}

/* ---- values --------------------------------------------------------------------------------- */

static void put_value(struct formatter *f, const struct gb_value *v)
{
    struct jsonw *w = &f->w;
    if (v->type.depth) {
        jw_open(w, '[');
        for (uint32_t i = 0; i < v->array.n; i++)
            put_value(f, &v->array.items[i]);
        jw_close(w, ']');
    } else if (v->type.base == GB_INT) {
        jw_int(w, v->i);
    } else if (v->type.base == GB_DOUBLE) {
        jw_real(w, v->d);
    } else if (v->type.base == GB_BOOL) {
        jw_bool(w, v->b);
    } else {
        jw_str(w, v->s);
    }
}

static void put_type(struct formatter *f, const char *key, struct gb_type t)
{
    jw_kstr(&f->w, key, gb_type_name(&f->names, t));
}

static struct str raw_text(const struct formatter *f, uint32_t jval)
{
    const struct jdoc *d = f->p->doc;
    return (struct str){d->text + d->vals[jval].start, d->vals[jval].end - d->vals[jval].start};
}

/* ---- properties ----------------------------------------------------------------------------- */

static bool is_constant(const struct formatter *f, const struct gb_input *in)
{
    return in->src != GB_NIL && !f->g->nodes[in->src].id.n;
}

static void put_body(struct formatter *f, const char *key, const struct gb_stmt *stmt, int i)
{
    if (stmt->blocks[i] == GB_NIL)
        return;
    const struct gb_block *b = &f->g->blocks[stmt->blocks[i]];
    if (!b->n_all)
        return;
    jw_key(&f->w, key);
    jw_open(&f->w, '[');
    for (uint32_t k = 0; k < b->n_all; k++)
        jw_str(&f->w, f->g->nodes[b->stmts[k].node].id);
    jw_close(&f->w, ']');
}

static void put_variable(struct formatter *f, const struct gb_node *n)
{
    const struct gb_var *var = &f->g->vars[n->var];
    jw_kstr(&f->w, "name", var->name);
    if (n->op != GB_OP_VARDECL)
        return;
    put_type(f, "type", var->type);
    const struct gb_input *in = n->n_inputs ? &f->g->inputs[n->inputs] : NULL;
    if (var->has_init && (!in || in->src == GB_NIL)) {
        jw_key(&f->w, "initialValue");
        put_value(f, &var->init);
    }
}

static void put_print(struct formatter *f, const struct gb_node *n)
{
    if (n->print.has_text)
        jw_kstr(&f->w, "text", n->print.text);
    if (!str_eqc(n->print.separator, " "))
        jw_kstr(&f->w, "separator", n->print.separator);
    if (!n->print.newline)
        jw_kbool(&f->w, "newline", false);
    if (n->print.boolalpha)
        jw_kbool(&f->w, "boolalpha", true);
}

static void put_array(struct formatter *f, const struct gb_node *n)
{
    struct gb_type item = {n->type.base, (uint8_t)(n->type.depth - 1)};
    put_type(f, "elementType", item);
    if (n->n_inputs || !n->literal.type.depth)
        return;
    jw_key(&f->w, "values");
    put_value(f, &n->literal);
}

static void put_constants(struct formatter *f, const struct gb_node *n)
{
    for (uint32_t i = 0; i < n->n_inputs; i++) {
        const struct gb_input *in = &f->g->inputs[n->inputs + i];
        if (!is_constant(f, in))
            continue;
        jw_key_str(&f->w, in->port);
        put_value(f, &f->g->nodes[in->src].literal);
    }
}

static void put_bodies(struct formatter *f, const struct gb_node *n, const struct gb_stmt *stmt)
{
    if (!stmt)
        return;
    if (n->op == GB_OP_IF) {
        put_body(f, "then", stmt, 0);
        put_body(f, "else", stmt, 1);
    } else if (n->op == GB_OP_WHILE || n->op == GB_OP_FOR) {
        put_body(f, "body", stmt, 0);
    }
}

typedef void put_fn(struct formatter *f, const struct gb_node *n);

static void put_literal(struct formatter *f, const struct gb_node *n)
{
    jw_key(&f->w, "value");
    put_value(f, &n->literal);
}

static void put_param(struct formatter *f, const struct gb_node *n)
{
    jw_kstr(&f->w, "name", f->g->func->params[n->param].name);
}

static void put_call(struct formatter *f, const struct gb_node *n)
{
    jw_kstr(&f->w, "name", f->p->funcs[n->callee].name);
}

static void put_cast(struct formatter *f, const struct gb_node *n)
{
    put_type(f, "targetType", n->target);
}

static void put_read(struct formatter *f, const struct gb_node *n)
{
    static const char *const kinds[] = {"number", "int", "word", "line"};
    jw_kcstr(&f->w, "kind", kinds[n->read_kind]);
}

static put_fn *const writers[GB_OP_COUNT] = {
    [GB_OP_LITERAL] = put_literal,   [GB_OP_PARAM] = put_param,
    [GB_OP_CALL] = put_call,         [GB_OP_VARDECL] = put_variable,
    [GB_OP_VARGET] = put_variable,   [GB_OP_VARSET] = put_variable,
    [GB_OP_ARRAYSET] = put_variable, [GB_OP_ARRAYPUSH] = put_variable,
    [GB_OP_ARRAY] = put_array,       [GB_OP_CAST] = put_cast,
    [GB_OP_PRINT] = put_print,       [GB_OP_READ] = put_read,
    [GB_OP_FOR] = put_constants,
};

/* ---- nodes ---------------------------------------------------------------------------------- */

static bool is_written(const struct formatter *f, uint32_t node)
{
    const struct gb_node *n = &f->g->nodes[node];
    return n->id.n && n->op != GB_OP_SEQUENCE;
}

static void put_node(struct formatter *f, uint32_t at, const struct gb_stmt *stmt)
{
    const struct gb_node *n = &f->g->nodes[at];
    struct jsonw *w = &f->w;
    line(f);
    jw_open(w, '{');
    jw_kstr(w, "id", n->id);
    jw_kstr(w, "type", n->op == GB_OP_EXTERNAL ? n->ext->type : str_c(gb_kind_of(n->op)->name));
    if (n->label.n)
        jw_kstr(w, "label", n->label);
    uint32_t position = jdoc_get(f->p->doc, n->jval, "position");
    if (position != JSON_NONE) {
        jw_key(w, "position");
        jw_raw(w, raw_text(f, position));
    }
    struct buf *out = f->out;
    size_t before = out->len;
    jw_key(w, "properties");
    jw_open(w, '{');
    size_t opened = out->len;
    if (writers[n->op])
        writers[n->op](f, n);
    put_bodies(f, n, stmt);
    bool none = out->len == opened;
    jw_close(w, '}');
    if (none && !out->error) {
        out->len = before;
        w->comma = true;
    }
    jw_close(w, '}');
}

/* ---- edges ---------------------------------------------------------------------------------- */

/* The name of output i, i > 0. */
static struct str output_name(const struct gb_node *n, uint32_t i)
{
    struct gb_port ports[GB_PORTS];
    if (n->op != GB_OP_EXTERNAL)
        return i < gb_ports_parse(gb_kind_of(n->op)->outputs, ports) ? ports[i].names[0] : STR("");
    uint32_t at = n->ext->ret.base != GB_VOID;
    for (uint32_t k = 0; k < n->ext->n_params; k++)
        if (n->ext->params[k].kind == GB_EXT_OUTPUT && at++ == i)
            return n->ext->params[k].name;
    return n->ext->out;
}

static void put_edges(struct formatter *f, uint32_t at)
{
    const struct gb_node *n = &f->g->nodes[at];
    struct jsonw *w = &f->w;
    for (uint32_t i = 0; i < n->n_inputs; i++) {
        const struct gb_input *in = &f->g->inputs[n->inputs + i];
        if (in->src == GB_NIL || is_constant(f, in))
            continue;
        const struct gb_node *from = &f->g->nodes[in->src];
        line(f);
        jw_open(w, '{');
        jw_kstr(w, "from", from->id);
        if (in->src_out)
            jw_kstr(w, "fromPort", output_name(from, in->src_out));
        jw_kstr(w, "to", n->id);
        jw_kstr(w, "toPort", in->port);
        jw_close(w, '}');
    }
}

/* Control edges down the outermost statements, unless the nodes' own order says the same. */
static void put_order(struct formatter *f)
{
    const struct gb_block *body = &f->g->blocks[0];
    bool ordered = true;
    for (uint32_t i = 1; i < body->n_all; i++)
        ordered &= body->stmts[i - 1].node < body->stmts[i].node;
    struct jsonw *w = &f->w;
    for (uint32_t i = 1; !ordered && i < body->n_all; i++) {
        line(f);
        jw_open(w, '{');
        jw_kstr(w, "from", f->g->nodes[body->stmts[i - 1].node].id);
        jw_kcstr(w, "fromPort", "next");
        jw_kstr(w, "to", f->g->nodes[body->stmts[i].node].id);
        jw_kcstr(w, "kind", "control");
        jw_close(w, '}');
    }
}

static int put_graph(struct formatter *f, const struct gb_graph *g)
{
    struct arena *a = &f->names;
    const struct gb_stmt **stmts = arena_new_array(a, g->n_nodes, const struct gb_stmt *);
    f->g = g;
    if (!stmts)
        return -ENOMEM;
    for (uint32_t b = 0; b < g->n_blocks; b++)
        for (uint32_t i = 0; i < g->blocks[b].n_all; i++)
            stmts[g->blocks[b].stmts[i].node] = &g->blocks[b].stmts[i];
    open_list(f, "nodes");
    for (uint32_t i = 0; i < g->n_nodes; i++)
        if (is_written(f, i))
            put_node(f, i, stmts[i]);
    close_with(f, "]");
    open_list(f, "edges");
    for (uint32_t i = 0; i < g->n_nodes; i++)
        if (is_written(f, i))
            put_edges(f, i);
    if (g->n_blocks)
        put_order(f);
    close_with(f, "]");
    return 0;
}

/* ---- the program ---------------------------------------------------------------------------- */

static void put_member(struct formatter *f, const char *key, uint32_t jval)
{
    if (jval == JSON_NONE)
        return;
    line(f);
    buf_printf(f->out, "\"%s\": ", key);
    buf_str(f->out, raw_text(f, jval));
}

static int put_function(struct formatter *f, const struct gb_func *func)
{
    line(f);
    buf_putc(f->out, '{');
    f->indent++;
    f->first = true;
    line(f);
    jw_kstr(&f->w, "name", func->name);
    line(f);
    buf_puts(f->out, "\"params\": [");
    for (uint32_t i = 0; i < func->n_params; i++) {
        buf_puts(f->out, i ? ", " : "");
        f->w.comma = false;
        jw_open(&f->w, '{');
        jw_kstr(&f->w, "name", func->params[i].name);
        if (func->params[i].type.base != GB_UNKNOWN)
            put_type(f, "type", func->params[i].type);
        jw_close(&f->w, '}');
    }
    buf_putc(f->out, ']');
    line(f);
    put_type(f, "returnType", func->ret);
    line(f);
    buf_puts(f->out, "\"graph\": {");
    f->indent++;
    f->first = true;
    int e = put_graph(f, &func->graph);
    if (func->graph.result != GB_NIL) {
        line(f);
        jw_kstr(&f->w, "return", func->graph.nodes[func->graph.result].id);
    }
    close_with(f, "}");
    close_with(f, "}");
    return e;
}

static int put_program(struct formatter *f)
{
    const struct gb_program *p = f->p;
    uint32_t defs = JSON_NONE, meta = jdoc_get(p->doc, p->root, "metadata");
    if (meta == JSON_NONE)
        meta = jdoc_get(p->doc, p->root, "meta");
    gb_request_ir(p->doc, 0, &defs);
    buf_putc(f->out, '{');
    f->indent = 1;
    f->first = true;
    int e = put_graph(f, &p->main);
    if (p->n_funcs) {
        open_list(f, "functions");
        for (uint32_t i = 0; i < p->n_funcs && !e; i++)
            e = put_function(f, &p->funcs[i]);
        close_with(f, "]");
    }
    if (p->n_imports) {
        open_list(f, "imports");
        for (uint32_t i = 0; i < p->n_imports; i++) {
            line(f);
            jw_str(&f->w, p->imports[i]);
        }
        close_with(f, "]");
    }
    put_member(f, "node_defs", defs);
    put_member(f, "metadata", meta);
    close_with(f, "}\n");
    return e;
}

int gb_format(const struct gb_program *p, struct buf *out)
{
    struct formatter f = {.p = p, .out = out, .names = ARENA_INIT(0)};
    int e = put_program(&f);
    arena_free(&f.names);
    return e ? e : out->error;
}
