/* emit_call.c - functions of the program, external ones, Read, casts; see emit.h. */
#include "emit.h"

static bool is_scalar(struct gb_type t, enum gb_base base)
{
    return t.base == base && t.depth == 0;
}

/* ---- functions of the program --------------------------------------------------------------- */

void gb_put_call(struct gb_emitter *e, uint32_t node)
{
    const struct gb_node *n = &e->g->nodes[node];
    const struct gb_func *f = &e->p->funcs[n->callee];
    gb_put(e, e->func_names[n->callee]);
    gb_puts(e, "(");
    for (uint32_t i = 0; i < n->n_inputs && i < f->n_params; i++) {
        if (i)
            gb_puts(e, ", ");
        if (gb_input_at(e, node, i)->src != GB_NIL)
            gb_put_input_as(e, node, i, GB_LEVEL_ANY, f->params[i].type);
    }
    if (e->recursive) {
        gb_put(e, n->n_inputs ? STR(", ") : STR(""));
        gb_put_site(e, node);
    }
    gb_puts(e, ")");
}

/* ---- external functions --------------------------------------------------------------------- */

/* What the function gets for an input: literals as they are, numbers in C++'s own types. */
static void put_argument(struct gb_emitter *e, uint32_t node, uint32_t input, struct gb_type type)
{
    const struct gb_input *in = gb_input_at(e, node, input);
    bool plain = gb_known_at(e, in) != NULL && type.depth == 0;
    plain = plain || is_scalar(type, GB_DOUBLE) || is_scalar(type, GB_BOOL);
    if (!plain)
        gb_puts(e, "gb::arg(");
    gb_put_input_as(e, node, input, GB_LEVEL_ANY, type);
    if (!plain)
        gb_puts(e, ")");
}

static void put_constant(struct gb_emitter *e, const struct gb_ext_param *p)
{
    struct gb_value v = p->value;
    if (is_scalar(p->type, GB_DOUBLE) && is_scalar(v.type, GB_INT)) {
        double d = (double)v.i;
        v = (struct gb_value){.type = p->type, .d = d};
    }
    if (p->type.depth)
        gb_puts(e, "gb::arg(");
    gb_put_value(e, &v);
    if (p->type.depth)
        gb_puts(e, ")");
}

static void put_arguments(struct gb_emitter *e, uint32_t node)
{
    const struct gb_extern *x = e->g->nodes[node].ext;
    uint32_t input = 0, output = 0;
    for (uint32_t i = 0; i < x->n_params; i++) {
        const struct gb_ext_param *p = &x->params[i];
        if (i)
            gb_puts(e, ", ");
        if (p->kind == GB_EXT_CONST)
            put_constant(e, p);
        else if (p->kind == GB_EXT_OUTPUT && e->outs[node])
            gb_put(e, e->outs[node][output++]);
        else if (p->kind == GB_EXT_INPUT)
            put_argument(e, node, input++, p->type);
    }
}

/* What comes back becomes of the language's type at once: C++ might compute with it otherwise. */
static void put_conversion(struct gb_emitter *e, struct gb_type t)
{
    if (is_scalar(t, GB_STRING)) {
        gb_puts(e, "gb::text(");
    } else if (t.depth) {
        gb_puts(e, "gb::array<");
        gb_put_type(e, (struct gb_type){t.base, (uint8_t)(t.depth - 1)});
        gb_puts(e, ">(");
    } else {
        gb_put_type(e, t);
        gb_puts(e, "(");
    }
}

void gb_put_external(struct gb_emitter *e, uint32_t node)
{
    const struct gb_extern *x = e->g->nodes[node].ext;
    bool converts = x->ret.base != GB_VOID;
    if (converts)
        put_conversion(e, x->ret);
    gb_put(e, x->function);
    gb_puts(e, "(");
    put_arguments(e, node);
    gb_put(e, converts ? STR("))") : STR(")"));
}

/* ---- Read ----------------------------------------------------------------------------------- */

void gb_put_read(struct gb_emitter *e, uint32_t node)
{
    static const struct str FUNCTIONS[] = {
        [GB_READ_NUMBER] = {"gb::read_number(", 16},
        [GB_READ_INT] = {"gb::read_int(", 13},
        [GB_READ_WORD] = {"gb::read_word(", 14},
        [GB_READ_LINE] = {"gb::read_line(", 14},
    };
    uint32_t kind = e->g->nodes[node].read_kind;
    gb_put(e, FUNCTIONS[kind]);
    if (kind == GB_READ_NUMBER || kind == GB_READ_INT)
        gb_put_site(e, node);
    gb_puts(e, ")");
}

void gb_put_node_type(struct gb_emitter *e, uint32_t node)
{
    const struct gb_node *n = &e->g->nodes[node];
    bool read = n->op == GB_OP_READ;
    struct gb_type t = n->op == GB_OP_EXTERNAL ? n->ext->ret : n->type;
    if (read)
        gb_puts(e, "gb::Read<");
    gb_put_type(e, t);
    if (read)
        gb_puts(e, ">");
}

/* ---- casts ---------------------------------------------------------------------------------- */

enum cast { CAST_NONE, CAST_CALL, CAST_TEST };

/* How one scalar becomes another. */
struct cast_row {
    enum cast kind;
    struct str before, after;
    bool site;
};

#define CAST(kind, before, after, site)                                                            \
    {                                                                                              \
        kind, {before, sizeof(before) - 1}, {after, sizeof(after) - 1}, site                       \
    }
#define TO_STRING CAST(CAST_CALL, "gb::to_string(", ")", false)

/* CASTS[from][to] */
static const struct cast_row CASTS[GB_STRING + 1][GB_STRING + 1] = {
    [GB_INT] = {[GB_DOUBLE] = CAST(CAST_CALL, "double(", ")", false),
                [GB_BOOL] = CAST(CAST_TEST, "", " != 0", false),
                [GB_STRING] = TO_STRING},
    [GB_DOUBLE] = {[GB_INT] = CAST(CAST_CALL, "gb::to_int(", ")", true),
                   [GB_BOOL] = CAST(CAST_TEST, "", " != 0.0", false),
                   [GB_STRING] = TO_STRING},
    [GB_BOOL] = {[GB_INT] = CAST(CAST_CALL, "gb::to_int(", ")", false),
                 [GB_DOUBLE] = CAST(CAST_CALL, "gb::to_double(", ")", false),
                 [GB_STRING] = TO_STRING},
    [GB_STRING] = {[GB_INT] = CAST(CAST_CALL, "gb::to_int(", ")", true),
                   [GB_DOUBLE] = CAST(CAST_CALL, "gb::to_double(", ")", true),
                   [GB_BOOL] = CAST(CAST_CALL, "gb::to_bool(", ")", true)},
};

static const struct cast_row *cast_of(struct gb_type from, struct gb_type to)
{
    static const struct cast_row ARRAY_TO_STRING = TO_STRING;
    if (is_scalar(to, GB_STRING) && from.depth)
        return &ARRAY_TO_STRING;
    return &CASTS[from.base][to.base];
}

static struct gb_type source_type(const struct gb_emitter *e, uint32_t node)
{
    const struct gb_input *in = gb_input_at(e, node, 0);
    const struct gb_node *n = &e->g->nodes[gb_fold_source(&e->plan->fold, in)];
    if (n->op == GB_OP_READ && in->src_out == 1)
        return (struct gb_type){GB_BOOL, 0};
    if (n->op == GB_OP_FOR)
        return (struct gb_type){GB_INT, 0};
    if (n->op == GB_OP_VARGET || n->op == GB_OP_VARDECL)
        return e->g->vars[n->var].type;
    return n->type;
}

enum gb_level gb_cast_level(const struct gb_emitter *e, uint32_t node)
{
    struct gb_type from = source_type(e, node), to = e->g->nodes[node].type;
    if (from.depth || to.depth || gb_type_eq(from, to))
        return GB_LEVEL_PRIMARY;
    return cast_of(from, to)->kind == CAST_TEST ? GB_LEVEL_EQUAL : GB_LEVEL_PRIMARY;
}

/* Item by item: gb::map<To>(array, [](const From &x) { return ...; }). As deep as the type. */
static void put_array_cast(struct gb_emitter *e, uint32_t node, struct gb_type from,
                           struct gb_type to)
{
    struct gb_type item = {from.base, (uint8_t)(from.depth - 1)};
    struct gb_type made = {to.base, (uint8_t)(to.depth - 1)};
    gb_puts(e, ", [](const ");
    gb_put_type(e, item);
    gb_puts(e, " &x) { return ");
    if (made.depth) {
        gb_puts(e, "gb::map<");
        gb_put_type(e, (struct gb_type){made.base, (uint8_t)(made.depth - 1)});
        gb_puts(e, ">(x");
        put_array_cast(e, node, item, made);
    } else {
        const struct cast_row *row = cast_of(item, made);
        gb_put(e, row->before);
        gb_puts(e, "x");
        if (row->site) {
            gb_puts(e, ", ");
            gb_put_site(e, node);
        }
        gb_put(e, row->after);
    }
    gb_puts(e, "; })");
}

void gb_put_cast(struct gb_emitter *e, uint32_t node)
{
    struct gb_type from = source_type(e, node), to = e->g->nodes[node].type;
    const struct cast_row *row = cast_of(from, to);
    if (gb_type_eq(from, to)) { /* nothing to convert, but a value of its own */
        gb_put_type(e, to);
        gb_puts(e, "(");
        gb_put_input(e, node, 0, GB_LEVEL_ANY);
        gb_puts(e, ")");
        return;
    }
    if (to.depth) {
        gb_puts(e, "gb::map<");
        gb_put_type(e, (struct gb_type){to.base, (uint8_t)(to.depth - 1)});
        gb_puts(e, ">(");
        gb_put_input(e, node, 0, GB_LEVEL_ANY);
        put_array_cast(e, node, from, to);
        return;
    }
    gb_put(e, row->before);
    gb_put_input(e, node, 0, row->kind == CAST_TEST ? GB_LEVEL_ADD : GB_LEVEL_ANY);
    if (row->site) {
        gb_puts(e, ", ");
        gb_put_site(e, node);
    }
    gb_put(e, row->after);
}
