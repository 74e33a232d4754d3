/* decode_node.c - a node's object: which members it has, its type, its declared ports. */
#include "decode.h"

#include <errno.h>

enum member { ID, TYPE, PROPERTIES, PROPS, PARAMS, INPUTS, OUTPUTS, LABEL, N_MEMBERS };

static const struct str member_names[N_MEMBERS] = {
    [ID] = {"id", 2},           [TYPE] = {"type", 4},     [PROPERTIES] = {"properties", 10},
    [PROPS] = {"props", 5},     [PARAMS] = {"params", 6}, [INPUTS] = {"inputs", 6},
    [OUTPUTS] = {"outputs", 7}, [LABEL] = {"label", 5},
};

static struct gb_error *misshapen(struct gb_decoder *d, uint32_t at, uint32_t jval,
                                  const char *what, const char *expected)
{
    const char *actual = json_type_name(d->f->doc->vals[jval].type);
    struct gb_error *e = gb_complain(d->f, GB_E_bad_structure, d->graph, at, jval,
                                     "%s must be %s, not %s.", what, expected, actual);
    e->expected = str_c(expected);
    e->actual = str_c(actual);
    d->raw->broken[at] = true;
    return e;
}

static void set_id(struct gb_decoder *d, uint32_t at, uint32_t jval)
{
    struct gb_node *node = &d->graph->nodes[at];
    if (!gb_decode_name(d->f, d->graph, at, jval, "A node's id", &node->id)) {
        d->raw->broken[at] = true;
        return;
    }
    uint32_t earlier = strmap_add(&d->ids, at);
    if (earlier == STRMAP_NONE)
        return;
    gb_complain(d->f, GB_E_duplicate_id, d->graph, at, jval, "Two nodes have the id '%.*s'.",
                STR_ARG(node->id));
    d->raw->broken[at] = true;
}

static void unknown_type(struct gb_decoder *d, uint32_t at, uint32_t jval, struct str type)
{
    const struct gb_catalogue *c = d->f->catalogue;
    struct gb_error *e = gb_complain(d->f, GB_E_unknown_type, d->graph, at, jval,
                                     "Unknown node type '%.*s' (node '%.*s').", STR_ARG(type),
                                     STR_ARG(d->graph->nodes[at].id));
    struct gb_guess guess = GB_GUESS(type);
    for (uint32_t i = 0; e != &d->f->scratch && i < c->n_types; i++)
        gb_guess_try(&guess, c->types[i].name);
    e->actual = type;
    e->suggestion = guess.best;
}

static void set_type(struct gb_decoder *d, uint32_t at, uint32_t jval)
{
    struct gb_node *node = &d->graph->nodes[at];
    struct str name = jdoc_str(d->f->doc, jval);
    const struct gb_node_type *type = gb_catalogue_find(d->f->catalogue, name);
    if (!type) {
        d->raw->broken[at] = true;
        bool sane = jdoc_is(d->f->doc, jval, JSON_STRING) && name.n <= GB_MAX_IDENTIFIER;
        if (sane || gb_decode_name(d->f, d->graph, at, jval, "A node's type", &name))
            unknown_type(d, at, jval, name);
    } else if (type->kind) {
        node->op = type->kind->op;
        if (node->op == GB_OP_CALL)
            node->callee = GB_NIL; /* until resolve.c finds it */
        else if (node->op == GB_OP_PARAM)
            node->param = GB_NIL;
        node->fx = type->kind->fx;
    } else {
        node->op = GB_OP_EXTERNAL;
        node->ext = type->ext;
        if (type->ext->function.n == 0) /* its definition was refused */
            d->raw->broken[at] = true;
    }
}

/* ---- port lists ----------------------------------------------------------------------------- */

static int declare_port(struct gb_decoder *d, uint32_t at, uint32_t jval, bool output, bool first)
{
    const struct jdoc *doc = d->f->doc;
    uint32_t name = jdoc_get(doc, jval, "name"), type = jdoc_get(doc, jval, "type");
    struct gb_declared_port port = {.node = at, .output = output};
    if (name == JSON_NONE && type == JSON_NONE)
        return 0;
    if (name != JSON_NONE && !gb_decode_name(d->f, d->graph, at, name, "A port's name", &port.name))
        return 0;
    if (type == JSON_NONE || !gb_decode_type(d->f, d->graph, at, type, &port.type) ||
        port.type.base == GB_UNKNOWN || port.type.base == GB_VOID ||
        str_eqc(jdoc_str(doc, type), "number")) /* says only: int or double */
        return 0;
    if (output && first)
        d->raw->names[at].declared_out = port.type;
    struct gb_declared_port *ports =
        gb_grow(d->f, d->raw->ports, d->raw->n_ports, &d->cap_ports, sizeof *ports);
    if (!ports)
        return -ENOMEM;
    d->raw->ports = ports;
    ports[d->raw->n_ports++] = port;
    return 0;
}

/* Objects declare ports; strings are ids (of `inputs`) or bare names (of `outputs`). */
static int read_ports(struct gb_decoder *d, uint32_t at, uint32_t jval, bool output)
{
    const struct jdoc *doc = d->f->doc;
    const char *what = output ? "`outputs`" : "`inputs`";
    if (jval == JSON_NONE || jdoc_is(doc, jval, JSON_NULL))
        return 0;
    if (!jdoc_is(doc, jval, JSON_ARRAY)) {
        misshapen(d, at, jval, what, "an array");
        return 0;
    }
    uint32_t first = jdoc_first(doc, jval);
    bool objects = jdoc_is(doc, first, JSON_OBJECT);
    for (uint32_t it = first; it != JSON_NONE; it = jdoc_next(doc, jval, it)) {
        if (!jdoc_is(doc, it, objects ? JSON_OBJECT : JSON_STRING)) {
            misshapen(d, at, it, output ? "An entry of `outputs`" : "An entry of `inputs`",
                      objects ? "an object, as the first is" : "a node's id or a port's object");
            return 0;
        }
        int e = objects ? declare_port(d, at, it, output, it == first) : 0;
        if (e)
            return e;
    }
    if (!output && !objects && first != JSON_NONE)
        d->listed[at] = jval;
    return 0;
}

/* ---- the whole ------------------------------------------------------------------------------ */

int gb_decode_node(struct gb_decoder *d, uint32_t at, uint32_t jval)
{
    const struct jdoc *doc = d->f->doc;
    struct gb_node *node = &d->graph->nodes[at];
    node->jval = jval;
    d->listed[at] = JSON_NONE;
    if (!jdoc_is(doc, jval, JSON_OBJECT)) {
        misshapen(d, at, jval, "A node", "an object");
        return 0;
    }
    uint32_t members[N_MEMBERS], bags[3], n_bags = 0;
    gb_read_members(doc, jval, member_names, N_MEMBERS, members);
    if (members[ID] == JSON_NONE || members[TYPE] == JSON_NONE) {
        gb_complain(d->f, GB_E_bad_structure, d->graph, at, jval, "A node needs `id` and `type`.");
        d->raw->broken[at] = true;
    }
    if (members[ID] != JSON_NONE)
        set_id(d, at, members[ID]);
    if (members[TYPE] != JSON_NONE)
        set_type(d, at, members[TYPE]);
    if (members[LABEL] != JSON_NONE)
        node->label = jdoc_str(doc, members[LABEL]);
    for (int m = PROPERTIES; m <= PARAMS; m++) {
        if (members[m] == JSON_NONE || jdoc_is(doc, members[m], JSON_NULL))
            continue;
        if (jdoc_is(doc, members[m], JSON_OBJECT))
            bags[n_bags++] = members[m];
        else
            misshapen(d, at, members[m], "A property bag", "an object");
    }
    int e = read_ports(d, at, members[INPUTS], false);
    if (!e)
        e = read_ports(d, at, members[OUTPUTS], true);
    if (!e && !d->raw->broken[at])
        e = gb_decode_props(d, at, bags, n_bags);
    return e;
}
