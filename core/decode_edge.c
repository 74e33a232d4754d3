/* decode_edge.c - edges of all dialects, lists of statements, positional inputs. */
#include "decode.h"

#include <errno.h>

/* ---- references ----------------------------------------------------------------------------- */

static uint32_t unknown_node(struct gb_decoder *d, uint32_t node, uint32_t jval, struct str id,
                             const char *what)
{
    struct gb_error *e =
        gb_complain(d->f, GB_E_unknown_node, d->graph, node, jval,
                    "%s names node '%.*s', which does not exist.", what,
                    (int)(id.n < GB_MAX_IDENTIFIER ? id.n : GB_MAX_IDENTIFIER), id.s);
    struct gb_guess guess = GB_GUESS(id);
    if (e != &d->f->scratch)
        for (uint32_t i = 0; i < d->raw->n_declared; i++)
            gb_guess_try(&guess, d->graph->nodes[i].id);
    e->actual = id;
    e->suggestion = guess.best;
    return GB_NIL;
}

uint32_t gb_decode_ref(struct gb_decoder *d, uint32_t node, uint32_t jval, const char *what)
{
    const struct jval *v = jdoc_at(d->f->doc, jval);
    if (!v || v->type != JSON_STRING) {
        gb_complain(d->f, GB_E_bad_structure, d->graph, node, jval,
                    "%s must name a node by its id, a string, not %s.", what,
                    v ? json_type_name(v->type) : "nothing");
        return GB_NIL;
    }
    struct str id = jdoc_str(d->f->doc, jval);
    uint32_t at = strmap_find(&d->ids, id);
    return at == STRMAP_NONE ? unknown_node(d, node, jval, id, what) : at;
}

/* ---- edges ---------------------------------------------------------------------------------- */

enum member { FROM, FROM_NODE, TO, TO_NODE, FROM_PORT, TO_PORT, KIND, N_MEMBERS };

static const struct str member_names[N_MEMBERS] = {
    [FROM] = {"from", 4},      [FROM_NODE] = {"fromNode", 8}, [TO] = {"to", 2},
    [TO_NODE] = {"toNode", 6}, [FROM_PORT] = {"fromPort", 8}, [TO_PORT] = {"toPort", 6},
    [KIND] = {"kind", 4},
};

/* An end in one of its two spellings; JSON_NONE (and a complaint) when they disagree or miss. */
static uint32_t end_of(struct gb_decoder *d, uint32_t node, uint32_t edge, const uint32_t *members,
                       enum member first, const char *what)
{
    uint32_t a = members[first], b = members[first + 1];
    if (a == JSON_NONE && b == JSON_NONE) {
        gb_complain(d->f, GB_E_bad_structure, d->graph, node, edge, "An edge has no `%s`.", what);
        return JSON_NONE;
    }
    if (a != JSON_NONE && b != JSON_NONE && !gb_jval_equal(d->f->doc, a, b)) {
        struct gb_error *e = gb_complain(d->f, GB_E_bad_property, d->graph, node, edge,
                                         "An edge's `%s` and `%sNode` disagree.", what, what);
        e->expected = jdoc_str(d->f->doc, a);
        e->actual = jdoc_str(d->f->doc, b);
        return JSON_NONE;
    }
    return a != JSON_NONE ? a : b;
}

/* A port's name: a string, or a number (a Sequence's) as it is written. */
static bool port_of(struct gb_decoder *d, uint32_t node, uint32_t jval, struct str *ret)
{
    const struct jval *v = jdoc_at(d->f->doc, jval);
    *ret = (struct str){0};
    if (!v || v->type == JSON_NULL)
        return true;
    if (v->type == JSON_INT)
        *ret = (struct str){d->f->doc->text + v->start, v->end - v->start};
    else if (v->type == JSON_STRING && v->count <= GB_MAX_IDENTIFIER)
        *ret =
            jdoc_str(d->f->doc, jval); /* what it may hold is said by the node it is looked up in */
    else
        return gb_decode_name(d->f, d->graph, node, jval, "A port's name", ret);
    return true;
}

static bool sequence_number(struct str port, uint32_t *ret)
{
    uint32_t n = 0;
    for (size_t i = 0; i < port.n; i++) {
        if (port.s[i] < '0' || port.s[i] > '9' || n > 99999)
            return false;
        n = n * 10 + (uint32_t)(port.s[i] - '0');
    }
    *ret = n;
    return port.n > 0;
}

/* Whether the kind or, without one, the port's name says control. */
static bool is_control(struct gb_decoder *d, struct gb_wire *w, uint32_t kind)
{
    static const struct str words[] = {{"then", 4}, {"else", 4}, {"body", 4},
                                       {"next", 4}, {"done", 4}, {"after", 5}};
    if (kind != JSON_NONE && !jdoc_is(d->f->doc, kind, JSON_NULL)) {
        struct str word = jdoc_str(d->f->doc, kind);
        if (str_eqc(word, "control") || str_eqc(word, "data"))
            return word.n == 7;
        if (word.n > GB_MAX_IDENTIFIER)
            word.n = GB_MAX_IDENTIFIER;
        struct gb_error *e =
            gb_complain(d->f, GB_E_bad_property, d->graph, w->to, kind,
                        "An edge's `kind` is data or control, not '%.*s'.", STR_ARG(word));
        e->expected = STR("data or control");
        e->actual = word;
        w->from = GB_NIL;
        return false;
    }
    for (size_t i = 0; w->from_port.n && i < sizeof words / sizeof words[0]; i++)
        if (str_eq(words[i], w->from_port))
            return true;
    uint32_t number; /* a Sequence has no other outputs */
    return w->from != GB_NIL && d->graph->nodes[w->from].op == GB_OP_SEQUENCE &&
           sequence_number(w->from_port, &number);
}

/* ---- control ports -------------------------------------------------------------------------- */

static bool control_port(const struct gb_node *from, struct str port, struct gb_control_edge *edge)
{
    bool branch = from->op == GB_OP_IF, loop = from->op == GB_OP_WHILE || from->op == GB_OP_FOR;
    edge->port = GB_CPORT_NEXT;
    if (!port.n) {
        edge->port = loop                         ? GB_CPORT_BODY
                     : from->op == GB_OP_SEQUENCE ? GB_CPORT_SEQUENCE
                                                  : GB_CPORT_NEXT;
        edge->number = GB_NIL;
        return true;
    }
    if (from->op == GB_OP_SEQUENCE && sequence_number(port, &edge->number)) {
        edge->port = GB_CPORT_SEQUENCE;
        return true;
    }
    if (str_eqc(port, "next") || str_eqc(port, "done") || str_eqc(port, "after"))
        return true;
    if (!branch && !loop)
        return str_eqc(port, "out");
    edge->port = branch && str_eqc(port, "then")   ? GB_CPORT_THEN
                 : branch && str_eqc(port, "else") ? GB_CPORT_ELSE
                 : loop && str_eqc(port, "body")   ? GB_CPORT_BODY
                                                   : GB_CPORT_SEQUENCE;
    return edge->port != GB_CPORT_SEQUENCE;
}

static void no_control_port(struct gb_decoder *d, const struct gb_wire *w)
{
    static const struct str of_if[] = {{"then", 4}, {"else", 4}, {"next", 4}},
                            of_loop[] = {{"body", 4}, {"next", 4}},
                            of_sequence[] = {{"1", 1}, {"2", 1}, {"next", 4}},
                            of_others[] = {{"next", 4}};
    const struct gb_node *from = &d->graph->nodes[w->from];
    const struct str *ports = from->op == GB_OP_IF                               ? of_if
                              : from->op == GB_OP_WHILE || from->op == GB_OP_FOR ? of_loop
                              : from->op == GB_OP_SEQUENCE                       ? of_sequence
                                                                                 : of_others;
    uint32_t n = ports == of_if || ports == of_sequence ? 3 : ports == of_loop ? 2 : 1;
    struct gb_error *e = gb_complain(d->f, GB_E_unknown_output_port, d->graph, w->to, w->jval,
                                     "Node '%.*s' has no output port named '%.*s' for control.",
                                     STR_ARG(from->id), STR_ARG(w->from_port));
    e->from = from->id;
    e->port = w->from_port;
    e->valid_ports = ports;
    e->n_valid_ports = n;
    e->suggestion = gb_nearest(w->from_port, ports, n);
}

static void add_control(struct gb_decoder *d, const struct gb_wire *w)
{
    if (w->from == GB_NIL || w->to == GB_NIL)
        return;
    struct gb_control_edge *edge = &d->raw->controls[d->raw->n_controls];
    *edge = (struct gb_control_edge){.from = w->from, .to = w->to, .jval = w->jval};
    if (d->raw->broken[w->from] || control_port(&d->graph->nodes[w->from], w->from_port, edge))
        d->raw->n_controls++;
    else
        no_control_port(d, w);
}

/* The error about an edge's other end, if there is room for one, says where the edge comes from. */
static void name_source(struct gb_decoder *d, uint32_t error, uint32_t from)
{
    if (error < d->f->report->n_errors)
        d->f->report->errors[error].from = d->graph->nodes[from].id;
}

static void decode_edge(struct gb_decoder *d, uint32_t jval)
{
    if (!jdoc_is(d->f->doc, jval, JSON_OBJECT)) {
        gb_complain(d->f, GB_E_bad_structure, d->graph, GB_NIL, jval,
                    "An edge must be an object, not %s.",
                    json_type_name(d->f->doc->vals[jval].type));
        return;
    }
    uint32_t members[N_MEMBERS];
    gb_read_members(d->f->doc, jval, member_names, N_MEMBERS, members);
    struct gb_wire w = {.from = GB_NIL, .to = GB_NIL, .jval = jval};
    uint32_t errors = d->f->report->n_errors;
    uint32_t to = end_of(d, GB_NIL, jval, members, TO, "to");
    if (to != JSON_NONE)
        w.to = gb_decode_ref(d, GB_NIL, to, "An edge's `to`");
    uint32_t from = end_of(d, w.to, jval, members, FROM, "from");
    if (from != JSON_NONE)
        w.from = gb_decode_ref(d, w.to, from, "An edge's `from`");
    if (w.to == GB_NIL && w.from != GB_NIL)
        name_source(d, errors, w.from);
    if (!port_of(d, w.to, members[FROM_PORT], &w.from_port) ||
        !port_of(d, w.to, members[TO_PORT], &w.to_port))
        w.from = GB_NIL;
    if (is_control(d, &w, members[KIND]))
        add_control(d, &w);
    else if (w.to != GB_NIL)
        d->raw->wires[d->raw->n_wires++] = w;
}

int gb_decode_edges(struct gb_decoder *d, uint32_t edges)
{
    const struct jdoc *doc = d->f->doc;
    uint32_t n = edges == JSON_NONE ? 0 : doc->vals[edges].count;
    d->raw->wires = arena_new_array(&d->f->program->arena, n, struct gb_wire);
    d->raw->controls = arena_new_array(&d->f->program->arena, n, struct gb_control_edge);
    if (!d->raw->wires || !d->raw->controls)
        return -ENOMEM;
    for (uint32_t it = jdoc_first(doc, edges); it != JSON_NONE; it = jdoc_next(doc, edges, it))
        decode_edge(d, it);
    return 0;
}

/* ---- lists ---------------------------------------------------------------------------------- */

int gb_decode_lists(struct gb_decoder *d)
{
    const struct jdoc *doc = d->f->doc;
    for (uint32_t i = 0; i < d->raw->n_lists; i++) {
        struct gb_body_list *list = &d->raw->lists[i];
        list->nodes = arena_new_array(&d->f->program->arena, doc->vals[list->jval].count, uint32_t);
        if (!list->nodes)
            return -ENOMEM;
        for (uint32_t it = jdoc_first(doc, list->jval); it != JSON_NONE;
             it = jdoc_next(doc, list->jval, it)) {
            uint32_t at = gb_decode_ref(d, list->owner, it, "A list of statements");
            if (at != GB_NIL)
                list->nodes[list->n_nodes++] = at;
        }
    }
    return 0;
}

/* `inputs: [ids]` counts where no data edge arrives. */
int gb_decode_listed(struct gb_decoder *d)
{
    const struct jdoc *doc = d->f->doc;
    uint32_t n = d->raw->n_wires, more = 0;
    bool *wired = arena_new_array(&d->f->program->arena, d->raw->n_declared, bool);
    if (!wired)
        return -ENOMEM;
    for (uint32_t i = 0; i < n; i++)
        wired[d->raw->wires[i].to] = true;
    for (uint32_t i = 0; i < d->raw->n_declared; i++)
        if (d->listed[i] != JSON_NONE && !wired[i])
            more += doc->vals[d->listed[i]].count;
    if (!more)
        return 0;
    d->f->n_edges += more;
    if (d->f->n_edges > GB_MAX_EDGES) {
        gb_limit(d->f, d->graph, GB_NIL, JSON_NONE, "the number of edges", GB_MAX_EDGES);
        return 0;
    }
    struct gb_wire *wires = arena_new_array(&d->f->program->arena, n + more, struct gb_wire);
    if (!wires)
        return -ENOMEM;
    if (n)
        memcpy(wires, d->raw->wires, n * sizeof *wires);
    d->raw->wires = wires;
    for (uint32_t i = 0; i < d->raw->n_declared; i++)
        for (uint32_t it = wired[i] ? JSON_NONE : jdoc_first(doc, d->listed[i]); it != JSON_NONE;
             it = jdoc_next(doc, d->listed[i], it))
            wires[d->raw->n_wires++] = (struct gb_wire){
                .from = gb_decode_ref(d, i, it, "`inputs`"), .to = i, .jval = it, .listed = true};
    return 0;
}
