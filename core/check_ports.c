/*
 * check_ports.c - what each input needs against what arrives.
 *
 * An int goes where a double is needed; everything else wants a Cast. Where a type is not known the
 * reason has been reported, or is here: an empty Array, a variable that nothing gives a type.
 */
#include "check.h"

static const struct gb_type ANY = {GB_UNKNOWN, 0}, INT = {GB_INT, 0}, DOUBLE = {GB_DOUBLE, 0},
                            BOOL = {GB_BOOL, 0}, STRING = {GB_STRING, 0};

static bool is_number(struct gb_type t)
{
    return gb_type_eq(t, INT) || gb_type_eq(t, DOUBLE);
}

static bool fits(struct gb_type actual, struct gb_type want)
{
    return gb_type_eq(actual, want) || (gb_type_eq(actual, INT) && gb_type_eq(want, DOUBLE));
}

/* Arrays are cast item by item. */
static bool can_cast(struct gb_type from, struct gb_type to)
{
    for (; from.depth && to.depth; from.depth--)
        to.depth--;
    return gb_type_eq(from, to) || gb_type_eq(to, STRING) || (from.depth == 0 && to.depth == 0);
}

/* ---- complaints ------------------------------------------------------------------------------ */

static struct str type_name(struct gb_checking *c, struct gb_type t)
{
    return gb_type_name(&c->f->report->arena, t);
}

/* An edge brings a value that its input cannot take. `cast` is the type that would do, or ANY. */
static void mismatch(struct gb_checking *c, struct gb_scan *s, uint32_t v,
                     const struct gb_input *in, struct str expected, struct gb_type actual,
                     struct gb_type cast)
{
    const struct gb_node *node = &s->g->nodes[v], *src = &s->g->nodes[in->src];
    struct str got = type_name(c, actual);
    struct gb_error *e = gb_complain(
        c->f, GB_E_type_mismatch, s->g, v, in->jval,
        "Type mismatch: input '%.*s' of '%.*s' needs %.*s, %s%.*s%s gives %.*s", STR_ARG(in->port),
        STR_ARG(node->id), STR_ARG(expected), src->id.n ? "'" : "its property", STR_ARG(src->id),
        src->id.n ? "'" : "", STR_ARG(got));
    e->port = in->port;
    e->from = src->id;
    e->expected = expected;
    e->actual = got;
    if (cast.base != GB_UNKNOWN && can_cast(actual, cast))
        e->suggested_cast = type_name(c, cast);
}

static void no_value(struct gb_checking *c, struct gb_scan *s, uint32_t v,
                     const struct gb_input *in)
{
    const struct gb_node *src = &s->g->nodes[in->src];
    struct gb_error *e =
        gb_complain(c->f, GB_E_unknown_output_port, s->g, v, in->jval,
                    "Node '%.*s' has no output port named 'out': what it calls gives no value",
                    STR_ARG(src->id));
    e->port = in->port;
    e->from = src->id;
    e->actual = STR("void");
}

/* Whether something was said of the node, or (GB_NIL) of anything in the graph: then a type that is not
 * known is a consequence. */
static bool blamed(const struct gb_checking *c, const struct gb_scan *s, uint32_t v)
{
    const struct gb_report *r = c->f->report;
    struct str function = s->func ? s->func->name : STR("");
    for (uint32_t i = 0; i < r->n_errors; i++)
        if (str_eq(r->errors[i].function, function) &&
            (v == GB_NIL || str_eq(r->errors[i].node, s->g->nodes[v].id)))
            return true;
    return false;
}

/* Nothing says of which type `name` is, and `property` could. */
static void not_inferred(struct gb_checking *c, struct gb_scan *s, uint32_t v, const char *what,
                         struct str name, const char *property)
{
    if (blamed(c, s, v))
        return;
    struct gb_error *e = gb_complain(c->f, GB_E_bad_property, s->g, v, JSON_NONE,
                                     "The type of %s '%.*s' cannot be inferred; give it by '%s'",
                                     what, STR_ARG(name), property);
    e->port = str_c(property);
}

/* ---- one input ------------------------------------------------------------------------------- */

/* What one input is held against. */
struct arrival {
    struct gb_scan *s;
    uint32_t v;
    struct gb_input *in;
    struct gb_type actual;
};

/* The input needs exactly `want` (ANY: takes whatever arrives). */
static void need(struct gb_checking *c, struct arrival *a, struct gb_type want)
{
    if (want.base == GB_UNKNOWN)
        want = a->actual;
    if (want.base == GB_VOID || !fits(a->actual, want))
        mismatch(c, a->s, a->v, a->in, type_name(c, want), a->actual, want);
    a->in->want = want;
}

static void need_number(struct gb_checking *c, struct arrival *a, struct gb_type want)
{
    if (is_number(a->actual))
        need(c, a, want);
    else
        mismatch(c, a->s, a->v, a->in, STR("a number"), a->actual,
                 gb_type_eq(a->actual, BOOL) ? INT : DOUBLE);
}

static void need_array(struct gb_checking *c, struct arrival *a)
{
    if (a->actual.depth == 0)
        mismatch(c, a->s, a->v, a->in, STR("an array"), a->actual, ANY);
    a->in->want = a->actual;
}

/* Inputs of a comparison agree in type; an int and a double are compared as they are. */
static void need_comparable(struct gb_checking *c, struct arrival *a, bool ordered)
{
    const struct gb_node *node = &a->s->g->nodes[a->v];
    const struct gb_input *other = &a->s->g->inputs[node->inputs];
    a->in->want = a->actual;
    if (ordered && !is_number(a->actual) && !gb_type_eq(a->actual, STRING)) {
        mismatch(c, a->s, a->v, a->in, STR("a number or string"), a->actual,
                 gb_type_eq(a->actual, BOOL) ? INT : ANY);
        return;
    }
    if (other == a->in || other->src == GB_NIL)
        return;
    struct gb_type first = gb_output_type(&a->s->g->nodes[other->src], other->src_out);
    bool known = first.base != GB_UNKNOWN && first.base != GB_VOID;
    bool blamed = ordered && !is_number(first) && !gb_type_eq(first, STRING);
    if (known && !blamed && !gb_type_eq(first, a->actual) &&
        !(is_number(first) && is_number(a->actual)))
        mismatch(c, a->s, a->v, a->in, type_name(c, first), a->actual, first);
}

static struct gb_type items_of(struct gb_type array)
{
    return array.depth ? (struct gb_type){array.base, (uint8_t)(array.depth - 1)} : ANY;
}

static void need_castable(struct gb_checking *c, struct arrival *a, struct gb_type to)
{
    if (!can_cast(a->actual, to))
        mismatch(c, a->s, a->v, a->in, STR("a value that can be cast"), a->actual, ANY);
    a->in->want = a->actual;
}

/* A statement on an array variable: `value` is one of its items. */
static void need_item(struct gb_checking *c, struct arrival *a, uint32_t var)
{
    struct gb_type array = var == GB_NIL ? ANY : a->s->g->vars[var].type;
    if (array.base != GB_UNKNOWN && array.depth == 0)
        gb_complain(c->f, GB_E_type_mismatch, a->s->g, a->v, a->s->raw->names[a->v].name_jval,
                    "Type mismatch: variable '%.*s' is no array", STR_ARG(a->s->g->vars[var].name));
    else
        need(c, a, items_of(array));
}

static struct gb_type extern_input(const struct gb_extern *ext, uint32_t i)
{
    for (uint32_t k = 0; k < ext->n_params; k++)
        if (ext->params[k].kind == GB_EXT_INPUT && i-- == 0)
            return ext->params[k].type;
    return ANY;
}

/* What the main graph returns is its exit code. */
static struct gb_type return_type(const struct gb_scan *s)
{
    return s->func ? s->func->ret : INT;
}

/* Input number i of its node. */
static void check_input(struct gb_checking *c, struct arrival *a, uint32_t i)
{
    const struct gb_node *node = &a->s->g->nodes[a->v];
    if (node->op == GB_OP_EXTERNAL) {
        need(c, a, extern_input(node->ext, i));
        return;
    }
    switch (gb_kind_of(node->op)->typing) {
    case GB_TY_ARITH:
        need_number(c, a, node->type);
        break;
    case GB_TY_DOUBLE:
        need(c, a, DOUBLE);
        break;
    case GB_TY_INT:
    case GB_TY_FOR:
        need(c, a, INT);
        break;
    case GB_TY_EQUALITY:
    case GB_TY_ORDER:
        need_comparable(c, a, gb_kind_of(node->op)->typing == GB_TY_ORDER);
        break;
    case GB_TY_BOOL:
    case GB_TY_CONTROL:
        need(c, a, BOOL);
        break;
    case GB_TY_SELECT:
        need(c, a, i == 0 ? BOOL : node->type);
        break;
    case GB_TY_STRING:
    case GB_TY_INT_OF_TEXT:
    case GB_TY_BOOL_OF_TEXT:
    case GB_TY_DOUBLE_OF_TEXT:
        need(c, a, STRING);
        break;
    case GB_TY_SUBSTRING:
        need(c, a, i == 0 ? STRING : INT);
        break;
    case GB_TY_ARRAY:
        need(c, a, items_of(node->type));
        break;
    case GB_TY_ARRAYGET:
        if (i == 0)
            need_array(c, a);
        else
            need(c, a, INT);
        break;
    case GB_TY_ARRAYLENGTH:
        need_array(c, a);
        break;
    case GB_TY_ARRAYSET:
        if (i == 0)
            need(c, a, INT);
        else
            need_item(c, a, node->var);
        break;
    case GB_TY_ARRAYPUSH:
        need_item(c, a, node->var);
        break;
    case GB_TY_VARDECL:
    case GB_TY_VARSET:
        need(c, a, node->var == GB_NIL ? ANY : a->s->g->vars[node->var].type);
        break;
    case GB_TY_TOSTRING:
    case GB_TY_PRINT:
        need(c, a, a->in->want);
        break;
    case GB_TY_RETURN:
        need(c, a, return_type(a->s));
        break;
    case GB_TY_CALL:
        need(c, a, c->f->program->funcs[node->callee].params[i].type);
        break;
    case GB_TY_CAST:
        need_castable(c, a, node->target);
        break;
    case GB_TY_LITERAL:
    case GB_TY_PARAM:
    case GB_TY_VARGET:
    case GB_TY_READ:
        break;
    }
}

/* ---- one node -------------------------------------------------------------------------------- */

/* Nodes that are to blame themselves when their type stays unknown. */
static void check_known(struct gb_checking *c, struct gb_scan *s, uint32_t v)
{
    const struct gb_node *node = &s->g->nodes[v];
    if (node->type.base != GB_UNKNOWN || s->raw->broken[v])
        return;
    if (node->op == GB_OP_ARRAY && node->n_inputs == 0)
        not_inferred(c, s, v, "the empty Array", node->id, "elementType");
    if (node->op == GB_OP_VARDECL && node->var != GB_NIL && node->n_inputs &&
        s->g->inputs[node->inputs].src == GB_NIL)
        not_inferred(c, s, v, "variable", s->g->vars[node->var].name, "type");
}

/* An initialValue follows its variable when that is a double. */
static void settle_init(struct gb_checking *c, struct gb_scan *s, struct gb_var *var)
{
    struct gb_type from = var->init.type;
    if (!var->has_init || var->type.base == GB_UNKNOWN || gb_type_eq(from, var->type))
        return;
    if (gb_type_eq(from, INT) && gb_type_eq(var->type, DOUBLE)) {
        var->init = (struct gb_value){.type = DOUBLE, .d = (double)var->init.i};
        return;
    }
    struct gb_error *e = gb_complain(c->f, GB_E_type_mismatch, s->g, var->decl, JSON_NONE,
                                     "Type mismatch: the initialValue of variable '%.*s' does not "
                                     "fit its type",
                                     STR_ARG(var->name));
    e->port = STR("initialValue");
    e->expected = type_name(c, var->type);
    e->actual = type_name(c, from);
}

/* ---- what a function returns ----------------------------------------------------------------- */

static void warn_zero(struct gb_checking *c, struct gb_scan *s, uint32_t node, const char *where)
{
    struct str type = type_name(c, s->func->ret);
    gb_warn(c->f, GB_E_implicit_result, s->g, node, JSON_NONE,
            "Function '%.*s' returns the zero of %.*s %s", STR_ARG(s->func->name), STR_ARG(type),
            where);
}

static void check_result(struct gb_checking *c, struct gb_scan *s)
{
    struct gb_type ret = s->func->ret;
    if (ret.base == GB_UNKNOWN) {
        not_inferred(c, s, GB_NIL, "what is returned by function", s->func->name, "returnType");
        return;
    }
    if (ret.base == GB_VOID) {
        s->g->result = GB_NIL;
        return;
    }
    uint32_t v = s->g->result;
    struct gb_type actual = v == GB_NIL ? ANY : gb_output_type(&s->g->nodes[v], s->g->result_out);
    if (s->implicit_result && actual.base != GB_UNKNOWN && !fits(actual, ret))
        v = s->g->result = GB_NIL;
    if (v != GB_NIL && actual.base != GB_UNKNOWN && !fits(actual, ret)) {
        struct str expected = type_name(c, ret), got = type_name(c, actual);
        struct gb_error *e = gb_complain(
            c->f, GB_E_type_mismatch, s->g, v, s->raw->result_jval,
            "Type mismatch: function '%.*s' returns %.*s, '%.*s' gives %.*s",
            STR_ARG(s->func->name), STR_ARG(expected), STR_ARG(s->g->nodes[v].id), STR_ARG(got));
        e->expected = expected;
        e->actual = got;
        if (can_cast(actual, ret) && actual.base != GB_VOID)
            e->suggested_cast = expected;
    }
    if (v == GB_NIL && s->falls[0] && s->raw->result_jval == JSON_NONE)
        warn_zero(c, s, GB_NIL, "when its end is reached");
}

void gb_check_ports(struct gb_checking *c, struct gb_scan *s)
{
    for (uint32_t v = 0; v < s->g->n_nodes; v++) {
        const struct gb_node *node = &s->g->nodes[v];
        if (s->raw->broken[v])
            continue;
        for (uint32_t i = 0; i < node->n_inputs; i++) {
            struct arrival a = {.s = s, .v = v, .in = &s->g->inputs[node->inputs + i]};
            if (a.in->src == GB_NIL) {
                if (node->op == GB_OP_RETURN && s->func && s->func->ret.base > GB_VOID)
                    warn_zero(c, s, v, "here");
                continue;
            }
            a.actual = gb_output_type(&s->g->nodes[a.in->src], a.in->src_out);
            if (a.actual.base == GB_VOID)
                no_value(c, s, v, a.in);
            else if (a.actual.base != GB_UNKNOWN)
                check_input(c, &a, i);
        }
        check_known(c, s, v);
    }
    for (uint32_t i = 0; i < s->g->n_vars; i++)
        settle_init(c, s, &s->g->vars[i]);
    if (s->func)
        check_result(c, s);
}
