/*
 * decode_props.c - property bags: merged, checked against the catalogue's row, read into the node.
 */
#include "decode.h"

#include "types.h"

#include <errno.h>

struct props {
    struct gb_decoder *d;
    struct gb_front *f;
    struct gb_node *node;
    struct gb_node_names *names;
    const struct gb_shape *shape;
    uint32_t at;
    uint32_t vals[GB_PORTS]; /* by the shape's properties; JSON_NONE: absent */
};

/* ---- merging -------------------------------------------------------------------------------- */

static void contradiction(struct gb_decoder *d, uint32_t at, uint32_t key)
{
    struct str name = jdoc_str(d->f->doc, key);
    struct gb_error *e =
        gb_complain(d->f, GB_E_bad_property, d->graph, at, key,
                    "Property '%.*s' is given twice with different values.", STR_ARG(name));
    e->port = name;
    d->raw->broken[at] = true;
}

/* Which of the shape's properties the key spells, or GB_PORTS. */
static uint32_t property_named(const struct gb_shape *shape, struct str name)
{
    for (uint32_t i = 0; shape && i < shape->n_props; i++)
        if (gb_port_is(&shape->props[i], name))
            return i;
    return GB_PORTS;
}

static void take_property(struct props *p, uint32_t bag, uint32_t key)
{
    struct str name = jdoc_str(p->f->doc, key);
    uint32_t i = property_named(p->shape, name);
    if (i == GB_PORTS)
        return;
    uint32_t earlier = p->vals[i];
    p->vals[i] = key + 1;
    if (earlier == JSON_NONE || gb_jval_equal(p->f->doc, earlier, key + 1))
        return;
    bool same_key = earlier > bag && str_eq(jdoc_str(p->f->doc, earlier - 1), name);
    if (!same_key) /* else it is a duplicate key, said already */
        contradiction(p->d, p->at, key);
}

/* Properties that mean nothing to this node must agree as well where two bags hold them. */
static int compare_bags(struct gb_decoder *d, uint32_t at, const struct gb_shape *shape,
                        const uint32_t *bags, uint32_t n_bags)
{
    const struct jdoc *doc = d->f->doc;
    uint32_t total = 0, n = 0;
    for (uint32_t i = 0; i < n_bags; i++)
        total += doc->vals[bags[i]].count;
    struct str *names = arena_new_array(&d->f->program->arena, total + 1, struct str);
    uint32_t *keys = arena_new_array(&d->f->program->arena, total + 1, uint32_t);
    struct strmap map;
    if (!names || !keys ||
        strmap_init(&map, &d->f->program->arena, total + 1, names, sizeof *names))
        return -ENOMEM;
    for (uint32_t i = 0; i < n_bags; i++)
        for (uint32_t k = jdoc_first(doc, bags[i]); k != JSON_NONE;
             k = jdoc_next(doc, bags[i], k)) {
            names[n] = jdoc_str(doc, k);
            if (property_named(shape, names[n]) < GB_PORTS)
                continue;
            keys[n] = k;
            uint32_t earlier = strmap_add(&map, n);
            if (earlier == STRMAP_NONE)
                n++;
            else if (!gb_jval_equal(doc, keys[earlier] + 1, k + 1))
                contradiction(d, at, k);
        }
    return 0;
}

/* ---- checking by kind ----------------------------------------------------------------------- */

static bool wrong_kind(struct props *p, uint32_t i, const char *expected)
{
    uint32_t jval = p->vals[i];
    struct str name = p->shape->props[i].names[0];
    const char *actual = json_type_name(p->f->doc->vals[jval].type);
    struct gb_error *e =
        gb_complain(p->f, GB_E_bad_property, p->d->graph, p->at, jval,
                    "Property '%.*s' must be %s, not %s.", STR_ARG(name), expected, actual);
    e->port = name;
    e->expected = str_c(expected);
    e->actual = str_c(actual);
    p->vals[i] = JSON_NONE;
    return false;
}

static bool check_property(struct props *p, uint32_t i)
{
    const struct gb_port *want = &p->shape->props[i];
    uint32_t jval = p->vals[i];
    if (jval == JSON_NONE || (jdoc_is(p->f->doc, jval, JSON_NULL) && !want->required)) {
        p->vals[i] = JSON_NONE; /* null says nothing */
        if (!want->required || p->node->op == GB_OP_LITERAL)
            return true;
        struct gb_error *e =
            gb_complain(p->f, GB_E_bad_property, p->d->graph, p->at, JSON_NONE,
                        "Node '%.*s' (%s) needs property '%.*s'.", STR_ARG(p->node->id),
                        gb_kind_of(p->node->op)->name, STR_ARG(want->names[0]));
        e->port = want->names[0];
        return false;
    }
    if ((str_eqc(want->kind, "ident") || str_eqc(want->kind, "type")) &&
        !jdoc_is(p->f->doc, jval, JSON_STRING))
        return wrong_kind(p, i, "a string");
    if (str_eqc(want->kind, "string") && !jdoc_is(p->f->doc, jval, JSON_STRING))
        return wrong_kind(p, i, "a string");
    if (str_eqc(want->kind, "bool") && !jdoc_is(p->f->doc, jval, JSON_BOOL))
        return wrong_kind(p, i, "a boolean");
    if (str_eqc(want->kind, "list") && !jdoc_is(p->f->doc, jval, JSON_ARRAY))
        return wrong_kind(p, i, "an array");
    return true;
}

/* ---- reading, by node type ------------------------------------------------------------------ */

typedef int read_fn(struct props *p);

static void broken(struct props *p)
{
    p->d->raw->broken[p->at] = true;
}

static int read_constant(struct props *p, uint32_t jval, struct gb_type want, struct gb_value *ret)
{
    int e = gb_decode_value(p->f, p->d->graph, p->at, jval, want, ret);
    if (e == -EINVAL)
        broken(p);
    return e == -EINVAL ? 0 : e;
}

static int read_literal(struct props *p)
{
    return read_constant(p, p->vals[0], p->names->declared_out, &p->node->literal);
}

static int read_name(struct props *p)
{
    p->names->name_jval = p->vals[0];
    if (p->vals[0] == JSON_NONE ||
        !gb_decode_name(p->f, p->d->graph, p->at, p->vals[0], "A name", &p->names->name))
        broken(p);
    return 0;
}

static void read_declared(struct props *p, uint32_t jval)
{
    struct gb_type type;
    if (jval == JSON_NONE)
        return;
    if (!gb_decode_type(p->f, p->d->graph, p->at, jval, &type)) {
        broken(p);
    } else if (type.base == GB_VOID) {
        gb_complain(p->f, GB_E_bad_type, p->d->graph, p->at, jval,
                    "Nothing can be of type 'void'.");
        broken(p);
    } else {
        p->names->declared = type;
    }
}

static int read_vardecl(struct props *p)
{
    read_name(p);
    read_declared(p, p->vals[1]);
    if (p->vals[2] == JSON_NONE)
        return 0;
    struct gb_value init;
    int e = gb_decode_value(p->f, p->d->graph, p->at, p->vals[2], p->names->declared, &init);
    if (e)
        return e == -EINVAL ? 0 : e;
    p->names->init = init;
    p->names->has_init = true;
    return 0;
}

static int read_array(struct props *p)
{
    read_declared(p, p->vals[1]);
    struct gb_type want = p->names->declared;
    if (want.base != GB_UNKNOWN)
        want.depth++;
    p->node->literal.type = want; /* an empty one */
    if (p->vals[0] == JSON_NONE)
        return 0;
    return read_constant(p, p->vals[0], want, &p->node->literal);
}

static int read_cast(struct props *p)
{
    if (p->vals[0] == JSON_NONE)
        broken(p);
    read_declared(p, p->vals[0]);
    p->node->target = p->names->declared;
    if (p->node->target.base != GB_UNKNOWN || p->d->raw->broken[p->at])
        return 0;
    gb_complain(p->f, GB_E_bad_type, p->d->graph, p->at, p->vals[0],
                "A Cast needs a type to convert to, not 'any'.");
    broken(p);
    return 0;
}

static bool limited_text(struct props *p, uint32_t jval, struct str *ret)
{
    struct str s = jdoc_str(p->f->doc, jval);
    if (s.n > GB_MAX_STRING)
        gb_limit(p->f, p->d->graph, p->at, jval, "the bytes of a string", GB_MAX_STRING);
    else
        *ret = s;
    return jval != JSON_NONE;
}

static int read_print(struct props *p)
{
    const struct jdoc *doc = p->f->doc;
    p->node->print.separator = STR(" ");
    p->node->print.has_text = limited_text(p, p->vals[0], &p->node->print.text);
    if (p->vals[1] != JSON_NONE)
        limited_text(p, p->vals[1], &p->node->print.separator);
    p->node->print.newline = p->vals[2] == JSON_NONE || doc->vals[p->vals[2]].b;
    p->node->print.boolalpha = p->vals[3] != JSON_NONE && doc->vals[p->vals[3]].b;
    return 0;
}

static int read_read(struct props *p)
{
    static const struct str names[] = {[GB_READ_NUMBER] = {"number", 6},
                                       [GB_READ_INT] = {"int", 3},
                                       [GB_READ_WORD] = {"word", 4},
                                       [GB_READ_LINE] = {"line", 4}};
    const uint32_t n = sizeof names / sizeof names[0];
    struct str kind =
        p->vals[0] == JSON_NONE ? names[GB_READ_NUMBER] : jdoc_str(p->f->doc, p->vals[0]);
    for (uint32_t i = 0; i < n; i++)
        if (str_eq(names[i], kind)) {
            p->node->read_kind = i;
            return 0;
        }
    struct gb_error *e = gb_complain(
        p->f, GB_E_bad_property, p->d->graph, p->at, p->vals[0], "Read has no kind '%.*s'.",
        (int)(kind.n < GB_MAX_IDENTIFIER ? kind.n : GB_MAX_IDENTIFIER), kind.s);
    e->port = STR("kind");
    e->expected = STR("number, int, word or line");
    e->suggestion = gb_nearest(kind, names, n);
    broken(p);
    return 0;
}

static int add_list(struct props *p, enum gb_cport port, uint32_t jval)
{
    struct gb_raw_graph *raw = p->d->raw;
    if (jval == JSON_NONE)
        return 0;
    struct gb_body_list *lists =
        gb_grow(p->f, raw->lists, raw->n_lists, &p->d->cap_lists, sizeof *lists);
    if (!lists)
        return -ENOMEM;
    raw->lists = lists;
    lists[raw->n_lists++] = (struct gb_body_list){.owner = p->at, .port = port, .jval = jval};
    return 0;
}

static int read_if(struct props *p)
{
    int e = add_list(p, GB_CPORT_THEN, p->vals[0]);
    return e ? e : add_list(p, GB_CPORT_ELSE, p->vals[1]);
}

static int read_while(struct props *p)
{
    return add_list(p, GB_CPORT_BODY, p->vals[0]);
}

static int read_for(struct props *p)
{
    return add_list(p, GB_CPORT_BODY, p->vals[3]);
}

static read_fn *const readers[GB_OP_COUNT] = {
    [GB_OP_LITERAL] = read_literal, [GB_OP_PARAM] = read_name,  [GB_OP_VARDECL] = read_vardecl,
    [GB_OP_VARGET] = read_name,     [GB_OP_VARSET] = read_name, [GB_OP_ARRAYSET] = read_name,
    [GB_OP_ARRAYPUSH] = read_name,  [GB_OP_CALL] = read_name,   [GB_OP_ARRAY] = read_array,
    [GB_OP_CAST] = read_cast,       [GB_OP_PRINT] = read_print, [GB_OP_READ] = read_read,
    [GB_OP_IF] = read_if,           [GB_OP_WHILE] = read_while, [GB_OP_FOR] = read_for,
};

/* ---- the whole ------------------------------------------------------------------------------ */

/* Properties named as an input: constants for it, should it stay unwired. */
static int note_constants(struct props *p)
{
    struct gb_decoder *d = p->d;
    for (uint32_t i = 0; i < p->shape->n_props; i++)
        for (uint32_t k = 0; p->vals[i] != JSON_NONE && k < p->shape->n_in; k++) {
            if (!str_eq(p->shape->props[i].names[0], p->shape->in[k].names[0]))
                continue;
            struct gb_constant *all =
                gb_grow(d->f, d->constants, d->n_constants, &d->cap_constants, sizeof *all);
            if (!all)
                return -ENOMEM;
            d->constants = all;
            all[d->n_constants++] =
                (struct gb_constant){.node = p->at, .port = k, .jval = p->vals[i]};
        }
    return 0;
}

int gb_decode_props(struct gb_decoder *d, uint32_t at, const uint32_t *bags, uint32_t n_bags)
{
    struct props p = {.d = d,
                      .f = d->f,
                      .node = &d->graph->nodes[at],
                      .names = &d->raw->names[at],
                      .at = at,
                      .vals = {JSON_NONE, JSON_NONE, JSON_NONE, JSON_NONE}};
    if (p.node->op != GB_OP_EXTERNAL &&
        !(p.shape = gb_catalogue_shape(d->f->catalogue, p.node->op)))
        return -ENOMEM;
    if (n_bags > 1 && compare_bags(d, at, p.shape, bags, n_bags))
        return -ENOMEM;
    if (!p.shape || !p.shape->n_props)
        return 0;
    for (uint32_t i = 0; i < n_bags; i++)
        for (uint32_t k = jdoc_first(d->f->doc, bags[i]); k != JSON_NONE;
             k = jdoc_next(d->f->doc, bags[i], k))
            take_property(&p, bags[i], k);
    for (uint32_t i = 0; i < p.shape->n_props; i++)
        if (!check_property(&p, i))
            broken(&p);
    int e = readers[p.node->op] ? readers[p.node->op](&p) : 0;
    return e ? e : note_constants(&p);
}
