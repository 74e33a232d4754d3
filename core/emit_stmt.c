/* emit_stmt.c - statements; see emit.h. */
#include <errno.h>

#include "emit.h"

/* ---- simple statements ---------------------------------------------------------------------- */

static bool is_wired(const struct gb_emitter *e, uint32_t node, uint32_t input)
{
    return input < e->g->nodes[node].n_inputs && gb_input_at(e, node, input)->src != GB_NIL;
}

static void put_item(struct gb_emitter *e, uint32_t node, uint32_t input)
{
    const struct gb_input *in = gb_input_at(e, node, input);
    bool words = e->g->nodes[node].print.boolalpha && in->want.base == GB_BOOL;
    if (words)
        gb_puts(e, "gb::words(");
    gb_put_input(e, node, input, GB_LEVEL_ANY);
    if (words)
        gb_puts(e, ")");
}

static void put_print(struct gb_emitter *e, uint32_t node)
{
    const struct gb_node *n = &e->g->nodes[node];
    uint32_t items = n->print.has_text;
    for (uint32_t i = 0; i < n->n_inputs; i++)
        items += is_wired(e, node, i);
    bool braces = items > 1;
    gb_put(e, n->print.newline ? STR("gb::print(") : STR("gb::write("));
    gb_put(e, braces ? STR("{") : STR(""));
    if (n->print.has_text || items == 0)
        gb_put_text(e, items ? n->print.text : STR(""));
    bool comma = n->print.has_text;
    for (uint32_t i = 0; i < n->n_inputs; i++) {
        if (!is_wired(e, node, i))
            continue;
        gb_put(e, comma ? STR(", ") : STR(""));
        comma = true;
        put_item(e, node, i);
    }
    gb_put(e, braces ? STR("}") : STR(""));
    if (braces && !str_eq(n->print.separator, STR(" "))) {
        gb_puts(e, ", ");
        gb_put_text(e, n->print.separator);
    }
    gb_puts(e, ");");
}

static void put_zero(struct gb_emitter *e, struct gb_type t)
{
    static const struct str ZEROS[] = {
        [GB_INT] = {"0", 1},
        [GB_DOUBLE] = {"0.0", 3},
        [GB_BOOL] = {"false", 5},
        [GB_STRING] = {"gb::String()", 12},
    };
    if (t.depth == 0) {
        gb_put(e, ZEROS[t.base]);
        return;
    }
    gb_put_type(e, t);
    gb_puts(e, "()");
}

static void put_vardecl(struct gb_emitter *e, uint32_t node)
{
    const struct gb_var *var = &e->g->vars[e->g->nodes[node].var];
    bool plain = var->type.base == GB_STRING || var->type.depth;
    struct gb_value init = var->init;
    if (!e->plan->var_read[e->g->nodes[node].var])
        gb_puts(e, "[[maybe_unused]] ");
    gb_put_type(e, var->type);
    gb_puts(e, " ");
    gb_put(e, e->vars[e->g->nodes[node].var]);
    if (is_wired(e, node, 0)) {
        gb_puts(e, " = ");
        gb_put_input_as(e, node, 0, GB_LEVEL_ANY, var->type);
    } else if (var->has_init) {
        if (init.type.base == GB_INT && var->type.base == GB_DOUBLE && var->type.depth == 0)
            init = (struct gb_value){.type = var->type, .d = (double)init.i};
        gb_puts(e, " = ");
        gb_put_value(e, &init);
    } else if (!plain) {
        gb_puts(e, " = ");
        put_zero(e, var->type);
    }
    gb_puts(e, ";");
}

/* x = x; draws a warning, x = T(x); does not. */
static bool sets_itself(const struct gb_emitter *e, uint32_t node)
{
    uint32_t source = gb_fold_source(&e->plan->fold, gb_input_at(e, node, 0));
    const struct gb_node *n = &e->g->nodes[source];
    return (n->op == GB_OP_VARGET || n->op == GB_OP_VARDECL) && n->var == e->g->nodes[node].var;
}

static void put_varset(struct gb_emitter *e, uint32_t node)
{
    uint32_t var = e->g->nodes[node].var;
    struct gb_type type = e->g->vars[var].type;
    bool wrap = sets_itself(e, node);
    gb_put(e, e->vars[var]);
    gb_puts(e, " = ");
    if (wrap) {
        gb_put_type(e, type);
        gb_puts(e, "(");
    }
    gb_put_input_as(e, node, 0, GB_LEVEL_ANY, type);
    gb_put(e, wrap ? STR(");") : STR(";"));
}

static struct gb_type item_type(const struct gb_emitter *e, uint32_t node)
{
    struct gb_type t = e->g->vars[e->g->nodes[node].var].type;
    return (struct gb_type){t.base, (uint8_t)(t.depth - 1)};
}

static void put_arrayset(struct gb_emitter *e, uint32_t node)
{
    gb_puts(e, "gb::set(");
    gb_put(e, e->vars[e->g->nodes[node].var]);
    gb_puts(e, ", ");
    gb_put_input(e, node, 0, GB_LEVEL_ANY);
    gb_puts(e, ", ");
    gb_put_input_as(e, node, 1, GB_LEVEL_ANY, item_type(e, node));
    gb_puts(e, ", ");
    gb_put_site(e, node);
    gb_puts(e, ");");
}

static void put_arraypush(struct gb_emitter *e, uint32_t node)
{
    gb_put(e, e->vars[e->g->nodes[node].var]);
    gb_puts(e, ".push(");
    gb_put_input_as(e, node, 0, GB_LEVEL_ANY, item_type(e, node));
    gb_puts(e, ");");
}

/* The main graph's Return is the program's exit code. */
static void put_main_return(struct gb_emitter *e, uint32_t node)
{
    const struct gb_input *in = is_wired(e, node, 0) ? gb_input_at(e, node, 0) : NULL;
    const struct gb_value *v = in ? gb_known_at(e, in) : NULL;
    bool code = in && in->want.base == GB_INT && in->want.depth == 0;
    bool plain = code && v && v->type.base == GB_INT && v->i >= 0 && v->i <= 255;
    if (in && !code) {
        gb_puts(e, "static_cast<void>(");
        gb_put_input(e, node, 0, GB_LEVEL_ANY);
        gb_end_line(e, STR(");"));
        gb_begin_line(e);
    }
    gb_puts(e, "return ");
    if (!code)
        gb_puts(e, "0");
    if (code && !plain)
        gb_puts(e, "gb::exit_code(");
    if (code)
        gb_put_input(e, node, 0, GB_LEVEL_ANY);
    gb_put(e, code && !plain ? STR(");") : STR(";"));
}

static void put_return(struct gb_emitter *e, uint32_t node)
{
    if (!e->g->func) {
        put_main_return(e, node);
        return;
    }
    struct gb_type ret = e->g->func->ret;
    if (ret.base == GB_VOID && is_wired(e, node, 0)) {
        gb_puts(e, "static_cast<void>(");
        gb_put_input(e, node, 0, GB_LEVEL_ANY);
        gb_end_line(e, STR(");"));
        gb_begin_line(e);
    }
    gb_puts(e, "return");
    if (ret.base != GB_VOID) {
        gb_puts(e, " ");
        if (is_wired(e, node, 0))
            gb_put_input_as(e, node, 0, GB_LEVEL_ANY, ret);
        else
            put_zero(e, ret);
    }
    gb_puts(e, ";");
}

/* A call whose value nobody wants. */
static void put_value_statement(struct gb_emitter *e, uint32_t node)
{
    const struct gb_node *n = &e->g->nodes[node];
    bool bare = n->op == GB_OP_CALL || n->op == GB_OP_READ || gb_returns_nothing(n);
    if (!bare)
        gb_puts(e, "static_cast<void>(");
    gb_put_value_node(e, node);
    gb_put(e, bare ? STR(";") : STR(");"));
}

static void put_simple(struct gb_emitter *e, uint32_t node)
{
    switch ((int)e->g->nodes[node].op) {
    case GB_OP_PRINT:
        put_print(e, node);
        break;
    case GB_OP_VARDECL:
        put_vardecl(e, node);
        break;
    case GB_OP_VARSET:
        put_varset(e, node);
        break;
    case GB_OP_ARRAYSET:
        put_arrayset(e, node);
        break;
    case GB_OP_ARRAYPUSH:
        put_arraypush(e, node);
        break;
    case GB_OP_BREAK:
        gb_puts(e, "break;");
        break;
    case GB_OP_CONTINUE:
        gb_puts(e, "continue;");
        break;
    case GB_OP_RETURN:
        put_return(e, node);
        break;
    default:
        put_value_statement(e, node);
        break;
    }
}

/* ---- structured statements ------------------------------------------------------------------ */

static bool is_empty(const struct gb_emitter *e, uint32_t block)
{
    return block == GB_NIL || e->g->blocks[block].n_stmts == 0;
}

static void open_if(struct gb_emitter *e, const struct gb_stmt *s)
{
    bool negated = is_empty(e, s->blocks[0]) && !is_empty(e, s->blocks[1]);
    gb_put(e, negated ? STR("if (!") : STR("if ("));
    gb_put_input(e, s->node, 0, negated ? GB_LEVEL_PRIMARY : GB_LEVEL_ANY);
    gb_end_line(e, STR(") {"));
}

/* A condition that needs locals is computed inside the loop, at the start of each turn. */
static void open_while(struct gb_emitter *e, const struct gb_stmt *s)
{
    if (!gb_has_prelude(e)) {
        gb_puts(e, "while (");
        gb_put_input(e, s->node, 0, GB_LEVEL_ANY);
        gb_end_line(e, STR(") {"));
        return;
    }
    gb_end_line(e, STR("while (true) {"));
    e->indent++;
    if (e->schedule.fresh)
        gb_put_turn(e);
    gb_put_prelude(e);
    gb_begin_line(e);
    gb_puts(e, "if (!");
    gb_put_input(e, s->node, 0, GB_LEVEL_PRIMARY);
    gb_end_line(e, STR(")"));
    e->indent++;
    gb_begin_line(e);
    gb_end_line(e, STR("break;"));
    e->indent -= 2;
}

static void open_for(struct gb_emitter *e, const struct gb_stmt *s)
{
    uint32_t node = s->node;
    const struct gb_value *step =
        is_wired(e, node, 2) ? gb_known_at(e, gb_input_at(e, node, 2)) : 0;
    bool by_one = !is_wired(e, node, 2) || (step && step->i == 1);
    /* the bounds do not see the index: it gets its name behind them */
    e->name[node] = gb_names_take(&e->names, e->g->nodes[node].id, "i");
    gb_puts(e, "for (");
    if (!e->plan->uses[node])
        gb_puts(e, "[[maybe_unused]] ");
    gb_puts(e, "const gb::Int ");
    gb_put(e, e->name[node]);
    gb_puts(e, " : gb::range(");
    gb_put_input(e, node, 0, GB_LEVEL_ANY);
    gb_puts(e, ", ");
    gb_put_input(e, node, 1, GB_LEVEL_ANY);
    if (!by_one) {
        gb_puts(e, ", ");
        gb_put_input(e, node, 2, GB_LEVEL_ANY);
        gb_puts(e, ", ");
        gb_put_site(e, node);
    }
    gb_end_line(e, STR(")) {"));
    e->named[node] = GB_NAMED_LOCAL;
}

/* ---- the body ------------------------------------------------------------------------------- */

/* A block whose statements are being written. */
struct open_block {
    const struct gb_stmt *owner; /* NULL: the body */
    uint32_t block;              /* GB_NIL: without statements */
    uint32_t at;
    uint32_t range; /* of the owner */
    bool is_else;
};

/* Writes a statement; a structured one opens its first block, which is given back in *ret. */
static bool put_statement(struct gb_emitter *e, uint32_t place, struct open_block *ret)
{
    const struct gb_stmt *s = e->plan->places[place].stmt;
    const struct gb_node *n = &e->g->nodes[s->node];
    gb_put_anchored(e, place);
    gb_schedule_inputs(&e->schedule, n);
    if (n->op != GB_OP_WHILE && e->schedule.fresh)
        gb_put_turn(e);
    if (n->op != GB_OP_WHILE)
        gb_put_prelude(e);
    if (n->op == GB_OP_EXTERNAL)
        gb_declare_outputs(e, s->node);
    gb_begin_line(e);
    uint32_t range = gb_open_range(e, s->node, (struct str){0});
    bool structured = true;
    if (n->op == GB_OP_IF)
        open_if(e, s);
    else if (n->op == GB_OP_WHILE)
        open_while(e, s);
    else if (n->op == GB_OP_FOR)
        open_for(e, s);
    else
        structured = false;
    if (!structured) {
        put_simple(e, s->node);
        gb_close_range(e, range);
        gb_end_line(e, STR(""));
    }
    gb_end_brief_names(e);
    bool only_else = n->op == GB_OP_IF && is_empty(e, s->blocks[0]) && !is_empty(e, s->blocks[1]);
    *ret = (struct open_block){s, s->blocks[only_else], 0, range, only_else};
    return structured;
}

/* The end of a block: goes on with `else`, or closes the statement. Returns whether it goes on. */
static bool close_block(struct gb_emitter *e, struct open_block *b)
{
    const struct gb_stmt *s = b->owner;
    if (!s)
        return false;
    e->indent--;
    gb_begin_line(e);
    if (e->g->nodes[s->node].op == GB_OP_IF && !b->is_else && !is_empty(e, s->blocks[1])) {
        b->block = s->blocks[1];
        b->at = 0;
        b->is_else = true;
        gb_end_line(e, STR("} else {"));
        e->indent++;
        return true;
    }
    gb_puts(e, "}");
    gb_close_range(e, b->range);
    gb_end_line(e, STR(""));
    return false;
}

/* The end of the body: a function's result, the type's zero, the program's exit code. */
static void put_end(struct gb_emitter *e)
{
    const struct gb_plan *plan = e->plan;
    const struct gb_func *f = e->g->func;
    if (gb_plan_returns(e->g) || (f && f->ret.base == GB_VOID))
        return;
    if (gb_plan_needs_result(e->g)) {
        gb_put_anchored(e, plan->n_places - 1);
        gb_schedule_value(&e->schedule, plan->fold.stands[e->g->result], false);
        if (e->schedule.fresh)
            gb_put_turn(e);
        gb_put_prelude(e);
    }
    gb_begin_line(e);
    gb_puts(e, "return ");
    if (!f)
        gb_puts(e, "0");
    else if (gb_plan_needs_result(e->g))
        gb_put_output(e, e->g->result, e->g->result_out, f->ret, GB_LEVEL_ANY);
    else
        put_zero(e, f->ret);
    gb_end_line(e, STR(";"));
}

void gb_put_body(struct gb_emitter *e)
{
    struct open_block *open =
        arena_new_array(&e->arena, (size_t)e->g->n_blocks + 2, struct open_block);
    uint32_t depth = 0, place = 0;
    if (e->plan->fresh) {
        e->turn = gb_names_take(&e->names, STR("turn"), "turn");
        gb_begin_line(e);
        gb_puts(e, "gb::Turn ");
        gb_put(e, e->turn);
        gb_end_line(e, STR(" = 0;"));
    }
    if (!open) {
        e->error = -ENOMEM;
        return;
    }
    open[depth++] = (struct open_block){0};
    while (depth && !e->error && !e->out->cpp.error) {
        struct open_block *b = &open[depth - 1];
        if (b->block == GB_NIL || b->at == e->g->blocks[b->block].n_stmts) {
            depth -= !close_block(e, b);
            continue;
        }
        b->at++;
        if (put_statement(e, place++, &open[depth])) {
            e->indent++;
            depth++;
        }
    }
    put_end(e);
}
