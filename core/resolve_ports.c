/* resolve_ports.c - which ports a node has, by any of their names, and what is said when one has
 * not. */
#include "resolve.h"

struct str gb_node_type_name(const struct gb_node *n)
{
    return n->op == GB_OP_EXTERNAL ? n->ext->type : str_c(gb_kind_of(n->op)->name);
}

/* ---- inputs --------------------------------------------------------------------------------- */

static const struct gb_ext_param *ext_input(const struct gb_extern *ext, uint32_t i)
{
    for (uint32_t k = 0; k < ext->n_params; k++)
        if (ext->params[k].kind == GB_EXT_INPUT && i-- == 0)
            return &ext->params[k];
    return NULL;
}

static uint32_t count_params(const struct gb_extern *ext, enum gb_ext_kind kind)
{
    uint32_t n = 0;
    for (uint32_t k = 0; k < ext->n_params; k++)
        n += ext->params[k].kind == kind;
    return n;
}

struct gb_sockets gb_sockets_of(struct gb_front *f, const struct gb_graph *graph, uint32_t node)
{
    const struct gb_node *n = &graph->nodes[node];
    struct gb_sockets s = {.f = f, .graph = graph, .node = node};
    if (n->op == GB_OP_EXTERNAL) {
        s.ext = n->ext;
        s.n = count_params(n->ext, GB_EXT_INPUT);
    } else if (n->op == GB_OP_CALL) {
        s.callee = &f->program->funcs[n->callee];
        s.n = s.callee->n_params;
    } else {
        s.shape = gb_catalogue_shape(f->catalogue, n->op);
        s.n = s.shape ? s.shape->n_in : 0;
        s.repeats = s.n && s.shape->in[0].repeats;
    }
    return s;
}

/* The i-th copy of a repeating port: value, value2, ...; of `a`: a, b, ..., z, a27, ... */
static struct str copy_name(const struct gb_sockets *s, uint32_t i)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyz";
    struct str base = s->shape->in[0].names[0];
    if (i == 0)
        return base;
    if (str_eqc(base, "a") && i < 26)
        return (struct str){letters + i, 1};
    char digits[12], *p = digits + sizeof digits;
    for (uint32_t number = i + 1; number; number /= 10)
        *--p = (char)('0' + number % 10);
    size_t n = (size_t)(digits + sizeof digits - p);
    char *name = arena_alloc(&s->f->program->arena, base.n + n);
    if (!name) {
        s->f->error = -12;
        return (struct str){0};
    }
    memcpy(name, base.s, base.n);
    memcpy(name + base.n, p, n);
    return (struct str){name, base.n + n};
}

struct str gb_socket_name(const struct gb_sockets *s, uint32_t i)
{
    if (s->repeats)
        return copy_name(s, i);
    if (s->callee)
        return s->callee->params[i].name;
    if (s->shape)
        return s->shape->in[i].names[0];
    const struct gb_ext_param *param = ext_input(s->ext, i);
    return param ? param->name : STR("");
}

/* A decimal number without more; GB_NIL when it is none. */
static uint32_t number_of(struct str digits)
{
    uint32_t n = 0;
    for (size_t i = 0; i < digits.n; i++) {
        if (digits.s[i] < '0' || digits.s[i] > '9' || n > 99999999)
            return GB_NIL;
        n = n * 10 + (uint32_t)(digits.s[i] - '0');
    }
    return digits.n ? n : GB_NIL;
}

/* "value" and "value1" are number 1, "value2" is 2, "b" is 2 where the port is called `a`. */
static uint32_t copy_number(const struct gb_port *port, struct str name)
{
    for (uint32_t i = 0; i < port->n_names; i++) {
        struct str base = port->names[i];
        if (str_eq(name, base))
            return 1;
        if (name.n > base.n && memcmp(name.s, base.s, base.n) == 0)
            return number_of((struct str){name.s + base.n, name.n - base.n});
        if (name.n == 1 && str_eqc(base, "a") && name.s[0] >= 'a' && name.s[0] <= 'z')
            return (uint32_t)(name.s[0] - 'a') + 1;
    }
    return GB_NIL;
}

uint32_t gb_socket_find(const struct gb_sockets *s, struct str name)
{
    if (s->repeats)
        return copy_number(&s->shape->in[0], name);
    for (uint32_t i = 0; i < s->n; i++)
        if (s->shape ? gb_port_is(&s->shape->in[i], name) : str_eq(gb_socket_name(s, i), name))
            return i;
    if (!s->callee || name.n < 4 || memcmp(name.s, "arg", 3) != 0)
        return GB_NIL;
    uint32_t number = number_of((struct str){name.s + 3, name.n - 3});
    return number < s->n ? number : GB_NIL;
}

bool gb_socket_optional(const struct gb_sockets *s, uint32_t i)
{
    return s->shape && s->shape->in[s->repeats ? 0 : i].optional;
}

/* ---- outputs -------------------------------------------------------------------------------- */

/* The data outputs' names into ret; gives how many (at most max). */
static uint32_t output_names(struct gb_front *f, const struct gb_node *n, struct str *ret,
                             uint32_t max)
{
    uint32_t count = 0;
    if (n->op != GB_OP_EXTERNAL) {
        const struct gb_shape *shape = gb_catalogue_shape(f->catalogue, n->op);
        for (; shape && count < shape->n_data_out && count < max; count++)
            ret[count] = shape->out[count].names[0];
        return count;
    }
    if (n->ext->ret.base != GB_VOID && count < max)
        ret[count++] = n->ext->out;
    for (uint32_t k = 0; k < n->ext->n_params && count < max; k++)
        if (n->ext->params[k].kind == GB_EXT_OUTPUT)
            ret[count++] = n->ext->params[k].name;
    return count;
}

static const struct str *keep(struct gb_front *f, const struct str *names, uint32_t n)
{
    struct str *kept = arena_new_array(&f->report->arena, n, struct str);
    if (kept && n)
        memcpy(kept, names, n * sizeof *kept);
    return kept;
}

static void no_output(struct gb_front *f, const struct gb_graph *graph, const struct gb_wire *w,
                      const struct str *names, uint32_t n)
{
    const struct gb_node *from = &graph->nodes[w->from];
    struct str type = gb_node_type_name(from);
    struct gb_error *e;
    if (w->from_port.n)
        e = gb_complain(f, GB_E_unknown_output_port, graph, w->to, w->jval,
                        "Node '%.*s' (%.*s) has no output port named '%.*s'.", STR_ARG(from->id),
                        STR_ARG(type), STR_ARG(w->from_port));
    else
        e = gb_complain(f, GB_E_unknown_output_port, graph, w->to, w->jval,
                        "Node '%.*s' (%.*s) has no output port named 'out', nor any other; an edge "
                        "that only orders is of kind \"control\".",
                        STR_ARG(from->id), STR_ARG(type));
    e->from = from->id;
    e->port = w->from_port;
    e->valid_ports = keep(f, names, n);
    e->n_valid_ports = e->valid_ports ? n : 0;
    e->suggestion = gb_nearest(w->from_port, names, n);
}

uint32_t gb_output_find(struct gb_front *f, const struct gb_graph *graph, const struct gb_wire *w)
{
    static const struct str only[] = {{"out", 3}, {"value", 5}, {"result", 6}, {"output", 6}};
    struct str names[GB_MAX_PORTS];
    uint32_t n = output_names(f, &graph->nodes[w->from], names, GB_MAX_PORTS);
    if (n && !w->from_port.n)
        return 0;
    for (uint32_t i = 0; i < n; i++)
        if (str_eq(names[i], w->from_port))
            return i;
    for (uint32_t i = 0; n == 1 && i < sizeof only / sizeof only[0]; i++)
        if (str_eq(only[i], w->from_port))
            return 0;
    no_output(f, graph, w, names, n);
    return GB_NIL;
}

/* ---- complaints ----------------------------------------------------------------------------- */

static void set_valid_ports(const struct gb_sockets *s, struct gb_error *e)
{
    struct str *names = arena_new_array(&s->f->report->arena, s->n, struct str);
    for (uint32_t i = 0; names && i < s->n; i++)
        names[i] = gb_socket_name(s, i);
    e->valid_ports = names;
    e->n_valid_ports = names ? s->n : 0;
}

static void set_ends(const struct gb_sockets *s, const struct gb_wire *w, struct gb_error *e)
{
    if (w->from != GB_NIL)
        e->from = s->graph->nodes[w->from].id;
}

void gb_no_socket(const struct gb_sockets *s, const struct gb_wire *w)
{
    const struct gb_node *n = &s->graph->nodes[s->node];
    struct gb_error *e =
        gb_complain(s->f, GB_E_unknown_input_port, s->graph, s->node, w->jval,
                    "Node '%.*s' (%.*s) has no input port named '%.*s'.", STR_ARG(n->id),
                    STR_ARG(gb_node_type_name(n)), STR_ARG(w->to_port));
    if (e == &s->f->scratch)
        return;
    set_ends(s, w, e);
    e->port = w->to_port;
    set_valid_ports(s, e);
    e->suggestion = gb_nearest(w->to_port, e->valid_ports, e->n_valid_ports);
}

void gb_two_writers(const struct gb_sockets *s, const struct gb_wire *w, uint32_t socket)
{
    const struct gb_node *n = &s->graph->nodes[s->node];
    struct str port = w->to_port.n ? w->to_port : gb_socket_name(s, socket);
    struct gb_error *e =
        gb_complain(s->f, GB_E_duplicate_writer, s->graph, s->node, w->jval,
                    "Two edges end at input '%.*s' of node '%.*s'.", STR_ARG(port), STR_ARG(n->id));
    set_ends(s, w, e);
    e->port = port;
}

void gb_too_many(const struct gb_sockets *s, const struct gb_wire *w, uint32_t n_wires)
{
    const struct gb_node *n = &s->graph->nodes[s->node];
    struct gb_error *e =
        gb_complain(s->f, s->callee ? GB_E_arity : GB_E_unknown_input_port, s->graph, s->node,
                    w->jval, "Node '%.*s' (%.*s) takes %u inputs, not %u.", STR_ARG(n->id),
                    STR_ARG(gb_node_type_name(n)), s->n, n_wires);
    if (e == &s->f->scratch)
        return;
    set_ends(s, w, e);
    set_valid_ports(s, e);
    e->expected = arena_printf(&s->f->report->arena, "%u", s->n);
    e->actual = arena_printf(&s->f->report->arena, "%u", n_wires);
}

void gb_unwired(const struct gb_sockets *s, uint32_t socket, uint32_t n_wires)
{
    const struct gb_node *n = &s->graph->nodes[s->node];
    struct str port = gb_socket_name(s, socket);
    struct gb_error *e;
    if (s->callee)
        e = gb_complain(s->f, GB_E_arity, s->graph, s->node, n->jval,
                        "Node '%.*s' (Call): function '%.*s' takes %u arguments, not %u.",
                        STR_ARG(n->id), STR_ARG(s->callee->name), s->n, n_wires);
    else
        e = gb_complain(s->f, GB_E_missing_input, s->graph, s->node, n->jval,
                        "Node '%.*s' (%.*s): input '%.*s' is not wired.", STR_ARG(n->id),
                        STR_ARG(gb_node_type_name(n)), STR_ARG(port));
    e->port = port;
}
