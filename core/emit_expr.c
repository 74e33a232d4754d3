/* emit_expr.c - expressions, driven by the table of operators; see emit.h. */
#include "emit.h"
#include "ops.h"

#define INT_EXACT_IN_DOUBLE ((int64_t)1 << 53)
/* More texts than this are joined by one call. */
#define CONCAT_INFIX_MAX 4

/* ---- the operators -------------------------------------------------------------------------- */

enum shape { SHAPE_SPECIAL, SHAPE_INFIX, SHAPE_COMPARE, SHAPE_PREFIX, SHAPE_CALL };

struct op_row {
    enum shape shape;
    uint8_t level;   /* enum gb_level of the whole */
    uint8_t operand; /* what an operand must have to go without parentheses */
    struct str text; /* infix, or prefix, or the function */
    struct str call; /* the function that stands in for a comparison */
};

#define INFIX(level, operand, text)                                                                \
    {                                                                                              \
        SHAPE_INFIX, level, operand, {text, sizeof(text) - 1},                                     \
        {                                                                                          \
            0                                                                                      \
        }                                                                                          \
    }
#define COMPARE(level, text, call)                                                                 \
    {                                                                                              \
        SHAPE_COMPARE, level, GB_LEVEL_ADD, {text, sizeof(text) - 1},                              \
        {                                                                                          \
            call, sizeof(call) - 1                                                                 \
        }                                                                                          \
    }
#define PREFIX(text)                                                                               \
    {                                                                                              \
        SHAPE_PREFIX, GB_LEVEL_PREFIX, GB_LEVEL_PRIMARY, {text, sizeof(text) - 1},                 \
        {                                                                                          \
            0                                                                                      \
        }                                                                                          \
    }
#define CALL(text)                                                                                 \
    {                                                                                              \
        SHAPE_CALL, GB_LEVEL_PRIMARY, GB_LEVEL_ANY, {text, sizeof(text) - 1},                      \
        {                                                                                          \
            0                                                                                      \
        }                                                                                          \
    }

/* Operands of && || & | ^ << that a compiler would warn about get parentheses. */
static const struct op_row OPERATORS[GB_OP_COUNT] = {
    [GB_OP_ADD] = INFIX(GB_LEVEL_ADD, GB_LEVEL_MUL, " + "),
    [GB_OP_SUB] = INFIX(GB_LEVEL_ADD, GB_LEVEL_MUL, " - "),
    [GB_OP_MUL] = INFIX(GB_LEVEL_MUL, GB_LEVEL_PREFIX, " * "),
    [GB_OP_DIV] = INFIX(GB_LEVEL_MUL, GB_LEVEL_PREFIX, " / "),
    [GB_OP_INTDIV] = CALL("gb::div"),
    [GB_OP_MOD] = CALL("gb::mod"),
    [GB_OP_NEG] = PREFIX("-"),
    [GB_OP_ABS] = CALL("gb::abs"),
    [GB_OP_MIN] = CALL("gb::min"),
    [GB_OP_MAX] = CALL("gb::max"),
    [GB_OP_POW] = CALL("gb::pow"),
    [GB_OP_EQ] = COMPARE(GB_LEVEL_EQUAL, " == ", "gb::eq"),
    [GB_OP_NE] = COMPARE(GB_LEVEL_EQUAL, " != ", "gb::ne"),
    [GB_OP_LT] = COMPARE(GB_LEVEL_ORDER, " < ", "gb::lt"),
    [GB_OP_LE] = COMPARE(GB_LEVEL_ORDER, " <= ", "gb::le"),
    [GB_OP_GT] = COMPARE(GB_LEVEL_ORDER, " > ", "gb::gt"),
    [GB_OP_GE] = COMPARE(GB_LEVEL_ORDER, " >= ", "gb::ge"),
    [GB_OP_AND] = INFIX(GB_LEVEL_AND, GB_LEVEL_EQUAL, " && "),
    [GB_OP_OR] = INFIX(GB_LEVEL_OR, GB_LEVEL_EQUAL, " || "),
    [GB_OP_NOT] = PREFIX("!"),
    [GB_OP_XOR] = COMPARE(GB_LEVEL_EQUAL, " != ", "gb::ne"),
    [GB_OP_BITAND] = INFIX(GB_LEVEL_BIT_AND, GB_LEVEL_PREFIX, " & "),
    [GB_OP_BITOR] = INFIX(GB_LEVEL_BIT_OR, GB_LEVEL_PREFIX, " | "),
    [GB_OP_BITXOR] = INFIX(GB_LEVEL_BIT_XOR, GB_LEVEL_PREFIX, " ^ "),
    [GB_OP_BITNOT] = PREFIX("~"),
    [GB_OP_SHL] = CALL("gb::shl"),
    [GB_OP_SHR] = CALL("gb::shr"),
    [GB_OP_SIN] = CALL("gb::sin"),
    [GB_OP_COS] = CALL("gb::cos"),
    [GB_OP_TAN] = CALL("gb::tan"),
    [GB_OP_ASIN] = CALL("gb::asin"),
    [GB_OP_ACOS] = CALL("gb::acos"),
    [GB_OP_ATAN] = CALL("gb::atan"),
    [GB_OP_ATAN2] = CALL("gb::atan2"),
    [GB_OP_EXP] = CALL("gb::exp"),
    [GB_OP_LOG] = CALL("gb::log"),
    [GB_OP_LOG10] = CALL("gb::log10"),
    [GB_OP_SQRT] = CALL("gb::sqrt"),
    [GB_OP_FLOOR] = CALL("gb::floor"),
    [GB_OP_CEIL] = CALL("gb::ceil"),
    [GB_OP_ROUND] = CALL("gb::round"),
    [GB_OP_TRUNC] = CALL("gb::trunc"),
    [GB_OP_LENGTH] = CALL("gb::length"),
    [GB_OP_SUBSTRING] = CALL("gb::substring"),
    [GB_OP_CONTAINS] = CALL("gb::contains"),
    [GB_OP_INDEXOF] = CALL("gb::index_of"),
    [GB_OP_TOUPPER] = CALL("gb::to_upper"),
    [GB_OP_TOLOWER] = CALL("gb::to_lower"),
    [GB_OP_TOSTRING] = CALL("gb::to_string"),
    [GB_OP_PARSENUMBER] = CALL("gb::to_double"),
    [GB_OP_ARRAYGET] = CALL("gb::get"),
    [GB_OP_ARRAYLENGTH] = CALL("gb::length"),
};

/* What cannot fault here, because of a constant, is written with the operator. */
static const struct op_row HARMLESS[GB_OP_COUNT] = {
    [GB_OP_INTDIV] = INFIX(GB_LEVEL_MUL, GB_LEVEL_PREFIX, " / "),
    [GB_OP_MOD] = INFIX(GB_LEVEL_MUL, GB_LEVEL_PREFIX, " % "),
    [GB_OP_SHL] = INFIX(GB_LEVEL_SHIFT, GB_LEVEL_PREFIX, " << "),
    [GB_OP_SHR] = INFIX(GB_LEVEL_SHIFT, GB_LEVEL_PREFIX, " >> "),
};

static bool can_fault(const struct gb_emitter *e, uint32_t node)
{
    return e->plan->flags[node] & GB_PLAN_ORDERED;
}

static bool is_int(struct gb_type t)
{
    return t.base == GB_INT && t.depth == 0;
}

static const struct op_row *operator_of(const struct gb_emitter *e, uint32_t node)
{
    const struct gb_node *n = &e->g->nodes[node];
    if (is_int(n->type) && HARMLESS[n->op].shape && !can_fault(e, node))
        return &HARMLESS[n->op];
    return &OPERATORS[n->op];
}

/* ---- inputs --------------------------------------------------------------------------------- */

const struct gb_input *gb_input_at(const struct gb_emitter *e, uint32_t node, uint32_t input)
{
    return &e->g->inputs[e->g->nodes[node].inputs + input];
}

const struct gb_value *gb_known_at(const struct gb_emitter *e, const struct gb_input *in)
{
    uint32_t source = gb_fold_source(&e->plan->fold, in);
    return e->named[source] ? NULL : e->plan->fold.known[source];
}

static struct gb_type output_type(const struct gb_emitter *e, uint32_t node, uint32_t out)
{
    const struct gb_node *n = &e->g->nodes[node];
    if (n->op == GB_OP_READ && out == 1)
        return (struct gb_type){GB_BOOL, 0};
    if (n->op == GB_OP_VARGET || n->op == GB_OP_VARDECL)
        return e->g->vars[n->var].type;
    if (n->op == GB_OP_FOR)
        return (struct gb_type){GB_INT, 0};
    if (n->op != GB_OP_EXTERNAL)
        return n->type;
    bool returns = n->ext->ret.base != GB_VOID;
    if (returns && out == 0)
        return n->ext->ret;
    for (uint32_t i = 0, at = returns; i < n->ext->n_params; i++)
        if (n->ext->params[i].kind == GB_EXT_OUTPUT && at++ == out)
            return n->ext->params[i].type;
    return n->type;
}

static uint32_t wired_inputs(const struct gb_emitter *e, uint32_t node)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < e->g->nodes[node].n_inputs; i++)
        n += gb_input_at(e, node, i)->src != GB_NIL;
    return n;
}

static bool concat_infix(const struct gb_emitter *e, uint32_t node)
{
    uint32_t n = wired_inputs(e, node);
    return n >= 2 && n <= CONCAT_INFIX_MAX;
}

static enum gb_level level_of_value(const struct gb_value *v)
{
    bool negative = (v->type.base == GB_INT && v->i < 0 && v->i != INT64_MIN) ||
                    (v->type.base == GB_DOUBLE && __builtin_signbit(v->d));
    return negative && v->type.depth == 0 ? GB_LEVEL_PREFIX : GB_LEVEL_PRIMARY;
}

static enum gb_level level_of(const struct gb_emitter *e, uint32_t node)
{
    const struct gb_node *n = &e->g->nodes[node];
    if (e->named[node] || n->op == GB_OP_READ)
        return GB_LEVEL_PRIMARY;
    if (e->plan->fold.known[node])
        return level_of_value(e->plan->fold.known[node]);
    if (n->op == GB_OP_SELECT)
        return GB_LEVEL_CHOICE;
    if (n->op == GB_OP_CONCAT)
        return concat_infix(e, node) ? GB_LEVEL_ADD : GB_LEVEL_PRIMARY;
    if (n->op == GB_OP_CAST)
        return gb_cast_level(e, node);
    const struct op_row *o = operator_of(e, node);
    return o->shape == SHAPE_SPECIAL ? GB_LEVEL_PRIMARY : (enum gb_level)o->level;
}

/* A name, a constant, or the node's expression. */
static void put_source(struct gb_emitter *e, uint32_t node, uint32_t out)
{
    const struct gb_node *n = &e->g->nodes[node];
    if (e->named[node] && n->op == GB_OP_EXTERNAL && e->outs[node] &&
        (out > 0 || n->ext->ret.base == GB_VOID)) {
        gb_put(e, e->outs[node][out - (n->ext->ret.base != GB_VOID)]);
        gb_puts(e, ".get()");
        return;
    }
    if (e->named[node])
        gb_put(e, e->name[node]);
    if (e->named[node] == GB_NAMED_LAZY)
        gb_puts(e, "()");
    else if (!e->named[node])
        gb_put_value_node(e, node);
    if (n->op == GB_OP_READ)
        gb_put(e, out ? STR(".ok") : STR(".value"));
}

/* A node that shows in the text where it is used: an expression, or one that another stands for. */
static bool shows_here(const struct gb_emitter *e, uint32_t wired, uint32_t source)
{
    return wired != source || !(e->named[source] || gb_is_slot(&e->g->nodes[source]));
}

static void put_mapped(struct gb_emitter *e, uint32_t wired, uint32_t source, uint32_t out)
{
    bool shows = shows_here(e, wired, source), first = !e->mapped[wired];
    uint32_t range = shows ? gb_open_range(e, wired, (struct str){0}) : 0;
    put_source(e, source, out);
    if (!shows)
        return;
    gb_close_range(e, range);
    if (first && (wired != source || e->plan->fold.known[wired]))
        gb_map_folded(e, wired, range);
}

void gb_put_output(struct gb_emitter *e, uint32_t node, uint32_t out, struct gb_type want,
                   enum gb_level level)
{
    uint32_t source = e->plan->fold.stands[node];
    const struct gb_value *known = e->named[source] ? NULL : e->plan->fold.known[source];
    bool real = want.base == GB_DOUBLE && want.depth == 0 && is_int(output_type(e, source, out));
    if (known && real) {
        struct gb_value v = gb_convert(*known, want);
        bool first = !e->mapped[node];
        bool wrap = level_of_value(&v) < level;
        if (wrap)
            gb_puts(e, "(");
        uint32_t range = gb_open_range(e, node, (struct str){0});
        gb_put_value(e, &v);
        gb_close_range(e, range);
        if (first)
            gb_map_folded(e, node, range);
        if (wrap)
            gb_puts(e, ")");
        return;
    }
    bool wrap = !real && level_of(e, source) < level;
    if (wrap || real)
        gb_put(e, real ? STR("double(") : STR("("));
    put_mapped(e, node, source, out);
    if (wrap || real)
        gb_puts(e, ")");
}

void gb_put_input_as(struct gb_emitter *e, uint32_t consumer, uint32_t input, enum gb_level level,
                     struct gb_type want)
{
    const struct gb_input *in = gb_input_at(e, consumer, input);
    uint32_t source = gb_fold_source(&e->plan->fold, in);
    bool real =
        want.base == GB_DOUBLE && want.depth == 0 && is_int(output_type(e, source, in->src_out));
    enum gb_level own = real && !gb_known_at(e, in) ? GB_LEVEL_PRIMARY : level_of(e, source);
    if (own < level)
        gb_puts(e, "(");
    uint32_t range = gb_open_range(e, consumer, in->port);
    gb_put_output(e, in->src, in->src_out, want, GB_LEVEL_ANY);
    gb_close_range(e, range);
    if (own < level)
        gb_puts(e, ")");
}

void gb_put_input(struct gb_emitter *e, uint32_t consumer, uint32_t input, enum gb_level level)
{
    gb_put_input_as(e, consumer, input, level, gb_input_at(e, consumer, input)->want);
}

uint32_t gb_put_inputs(struct gb_emitter *e, uint32_t node, uint32_t first)
{
    uint32_t n = 0;
    for (uint32_t i = first; i < e->g->nodes[node].n_inputs; i++) {
        if (gb_input_at(e, node, i)->src == GB_NIL)
            continue;
        if (n++)
            gb_puts(e, ", ");
        gb_put_input(e, node, i, GB_LEVEL_ANY);
    }
    return n;
}

void gb_put_site(struct gb_emitter *e, uint32_t node)
{
    gb_puts(e, "gb::at(");
    gb_put_u64(e, e->sites ? e->sites[node] : 0);
    gb_puts(e, ")");
}

/* ---- shapes --------------------------------------------------------------------------------- */

static void put_infix(struct gb_emitter *e, uint32_t node, const struct op_row *o)
{
    const struct gb_input *left = gb_input_at(e, node, 0);
    bool chain = level_of(e, gb_fold_source(&e->plan->fold, left)) == (enum gb_level)o->level;
    gb_put_input(e, node, 0, (enum gb_level)(chain ? o->level : o->operand));
    gb_put(e, o->text);
    gb_put_input(e, node, 1, (enum gb_level)o->operand);
}

static void put_call(struct gb_emitter *e, uint32_t node, const struct op_row *o)
{
    gb_put(e, o->text);
    gb_puts(e, "(");
    gb_put_inputs(e, node, 0);
    if (can_fault(e, node)) {
        gb_puts(e, ", ");
        gb_put_site(e, node);
    }
    gb_puts(e, ")");
}

/* The type in which an operand of a comparison arrives. */
static struct gb_type compared_type(const struct gb_emitter *e, const struct gb_input *in)
{
    struct gb_type t = output_type(e, gb_fold_source(&e->plan->fold, in), in->src_out);
    return in->want.base == GB_DOUBLE && is_int(t) ? in->want : t;
}

static void put_compared(struct gb_emitter *e, uint32_t node, uint32_t input)
{
    const struct gb_value *v = gb_known_at(e, gb_input_at(e, node, input));
    bool wrap = v && is_int(v->type);
    if (wrap)
        gb_puts(e, "gb::Int(");
    gb_put_input(e, node, input, GB_LEVEL_ANY);
    if (wrap)
        gb_puts(e, ")");
}

/* Int against double is a function, since it is exact; so is a value against itself and the order
 * of truth values, since compilers warn about the operators. */
static void put_compare(struct gb_emitter *e, uint32_t node, const struct op_row *o)
{
    const struct gb_input *a = gb_input_at(e, node, 0), *b = gb_input_at(e, node, 1);
    struct gb_type s = compared_type(e, a), t = compared_type(e, b);
    bool same = gb_fold_source(&e->plan->fold, a) == gb_fold_source(&e->plan->fold, b);
    bool truths = s.base == GB_BOOL && s.depth == 0 && o->level == GB_LEVEL_ORDER;
    if (gb_type_eq(s, t) && !same && !truths) {
        put_infix(e, node, o);
        return;
    }
    gb_put(e, o->call);
    gb_puts(e, "(");
    put_compared(e, node, 0);
    gb_puts(e, ", ");
    put_compared(e, node, 1);
    gb_puts(e, ")");
}

static bool is_text(const struct gb_value *v)
{
    return v && v->type.base == GB_STRING && v->type.depth == 0;
}

/* Two constants would not have the type that the language gives them. */
static void put_select(struct gb_emitter *e, uint32_t node)
{
    const struct gb_value *a = gb_known_at(e, gb_input_at(e, node, 1));
    const struct gb_value *b = gb_known_at(e, gb_input_at(e, node, 2));
    struct gb_type type = e->g->nodes[node].type;
    bool wrap = a && b && (is_int(type) || is_text(a));
    gb_put_input(e, node, 0, GB_LEVEL_OR);
    gb_puts(e, " ? ");
    if (wrap) {
        gb_put_type(e, type);
        gb_puts(e, "(");
    }
    gb_put_input_as(e, node, 1, wrap ? GB_LEVEL_ANY : GB_LEVEL_OR, type);
    if (wrap)
        gb_puts(e, ")");
    gb_puts(e, " : ");
    gb_put_input_as(e, node, 2, GB_LEVEL_OR, type);
}

/* The first two of what is joined may not both be literals: one has to be a text already. */
static void put_concat(struct gb_emitter *e, uint32_t node)
{
    const struct gb_node *n = &e->g->nodes[node];
    uint32_t wired[CONCAT_INFIX_MAX] = {0}, n_wired = 0;
    if (!concat_infix(e, node)) {
        gb_puts(e, "gb::concat({");
        gb_put_inputs(e, node, 0);
        gb_puts(e, "})");
        return;
    }
    for (uint32_t i = 0; i < n->n_inputs; i++)
        if (gb_input_at(e, node, i)->src != GB_NIL)
            wired[n_wired++] = i;
    bool wrap = gb_known_at(e, gb_input_at(e, node, wired[0])) &&
                gb_known_at(e, gb_input_at(e, node, wired[1]));
    if (wrap)
        gb_puts(e, "gb::String(");
    gb_put_input(e, node, wired[0], wrap ? GB_LEVEL_ANY : GB_LEVEL_ADD);
    if (wrap)
        gb_puts(e, ")");
    for (uint32_t i = 1; i < n_wired; i++) {
        gb_puts(e, " + ");
        gb_put_input(e, node, wired[i], GB_LEVEL_MUL);
    }
}

static void put_array(struct gb_emitter *e, uint32_t node)
{
    struct gb_type type = e->g->nodes[node].type;
    struct gb_type item = {type.base, (uint8_t)(type.depth - 1)};
    uint32_t n = 0;
    bool empty = wired_inputs(e, node) == 0;
    gb_put_type(e, type);
    gb_put(e, empty ? STR("(") : STR("({"));
    for (uint32_t i = 0; i < e->g->nodes[node].n_inputs; i++) {
        if (gb_input_at(e, node, i)->src == GB_NIL)
            continue;
        if (n++)
            gb_puts(e, ", ");
        gb_put_input_as(e, node, i, GB_LEVEL_ANY, item);
    }
    gb_put(e, empty ? STR(")") : STR("})"));
}

static void put_special(struct gb_emitter *e, uint32_t node)
{
    const struct gb_node *n = &e->g->nodes[node];
    switch ((int)n->op) {
    case GB_OP_PARAM:
        gb_put(e, e->params[n->param]);
        break;
    case GB_OP_VARGET:
    case GB_OP_VARDECL:
        gb_put(e, e->vars[n->var]);
        break;
    case GB_OP_SELECT:
        put_select(e, node);
        break;
    case GB_OP_CONCAT:
        put_concat(e, node);
        break;
    case GB_OP_ARRAY:
        put_array(e, node);
        break;
    case GB_OP_CALL:
        gb_put_call(e, node);
        break;
    case GB_OP_CAST:
        gb_put_cast(e, node);
        break;
    case GB_OP_READ:
        gb_put_read(e, node);
        break;
    case GB_OP_EXTERNAL:
        gb_put_external(e, node);
        break;
    default:
        break;
    }
}

void gb_put_value_node(struct gb_emitter *e, uint32_t node)
{
    const struct gb_value *known = e->plan->fold.known[node];
    const struct op_row *o = operator_of(e, node);
    if (known) {
        gb_put_value(e, known);
        return;
    }
    switch (o->shape) {
    case SHAPE_SPECIAL:
        put_special(e, node);
        break;
    case SHAPE_INFIX:
        put_infix(e, node, o);
        break;
    case SHAPE_COMPARE:
        put_compare(e, node, o);
        break;
    case SHAPE_PREFIX:
        gb_put(e, o->text);
        gb_put_input(e, node, 0, (enum gb_level)o->operand);
        break;
    case SHAPE_CALL:
        put_call(e, node, o);
        break;
    }
}
