/*
 * decode.c - the IR's JSON, of any dialect, to raw graphs: limits first, then shape.
 */
#include "decode.h"

#include "types.h"

#include <errno.h>
#include <stdio.h>

/* ---- where it stands ------------------------------------------------------------------------ */

uint32_t gb_request_ir(const struct jdoc *doc, uint32_t at, uint32_t *ret_node_defs)
{
    uint32_t ir = jdoc_get(doc, at, "ir"), defs = jdoc_get(doc, at, "node_defs");
    if (ir == JSON_NONE && jdoc_get(doc, at, "nodes") != JSON_NONE)
        ir = at;
    if (defs == JSON_NONE || jdoc_is(doc, defs, JSON_NULL))
        defs = jdoc_get(doc, ir, "node_defs");
    *ret_node_defs = jdoc_is(doc, defs, JSON_NULL) ? JSON_NONE : defs;
    return ir;
}

/* ---- shape ---------------------------------------------------------------------------------- */

static bool expect(struct gb_front *f, const struct gb_graph *graph, uint32_t jval,
                   enum json_type type, const char *what)
{
    if (jdoc_is(f->doc, jval, type))
        return true;
    static const char *const names[] = {[JSON_ARRAY] = "an array", [JSON_OBJECT] = "an object"};
    const char *actual = json_type_name(f->doc->vals[jval].type);
    struct gb_error *e = gb_complain(f, GB_E_bad_structure, graph, GB_NIL, jval,
                                     "%s must be %s, not %s.", what, names[type], actual);
    e->expected = str_c(names[type]);
    e->actual = str_c(actual);
    return false;
}

/* An optional member that must be an array: JSON_NONE when it is absent, null or (after a
 * complaint) something else. */
static uint32_t array_member(struct gb_front *f, const struct gb_graph *graph, uint32_t object,
                             const char *key)
{
    uint32_t jval = jdoc_get(f->doc, object, key);
    if (jval == JSON_NONE || jdoc_is(f->doc, jval, JSON_NULL))
        return JSON_NONE;
    char what[32];
    snprintf(what, sizeof what, "`%s`", key);
    return expect(f, graph, jval, JSON_ARRAY, what) ? jval : JSON_NONE;
}

/* A function's graph: its `graph`, or the function itself where it holds `nodes`. */
static uint32_t graph_of(struct gb_front *f, uint32_t function)
{
    uint32_t graph = jdoc_get(f->doc, function, "graph");
    if (graph == JSON_NONE && jdoc_get(f->doc, function, "nodes") != JSON_NONE)
        return function;
    return graph;
}

/* ---- limits --------------------------------------------------------------------------------- */

static uint32_t count_member(const struct jdoc *doc, uint32_t object, const char *key)
{
    uint32_t jval = jdoc_get(doc, object, key);
    return jdoc_is(doc, jval, JSON_ARRAY) ? doc->vals[jval].count : 0;
}

/* Before anything is made of the document. False when one is exceeded. */
static bool within_limits(struct gb_front *f)
{
    const struct jdoc *doc = f->doc;
    uint32_t functions = jdoc_get(doc, f->ir, "functions");
    uint64_t nodes = count_member(doc, f->ir, "nodes"), edges = count_member(doc, f->ir, "edges");
    if (doc->vals[f->ir].end - doc->vals[f->ir].start > GB_MAX_IR_BYTES)
        gb_limit(f, NULL, GB_NIL, f->ir, "the bytes of the IR", GB_MAX_IR_BYTES);
    if (count_member(doc, f->ir, "functions") > GB_MAX_FUNCTIONS) {
        gb_limit(f, NULL, GB_NIL, functions, "the number of functions", GB_MAX_FUNCTIONS);
        return false;
    }
    if (jdoc_is(doc, functions, JSON_ARRAY))
        for (uint32_t it = jdoc_first(doc, functions); it != JSON_NONE;
             it = jdoc_next(doc, functions, it)) {
            nodes += count_member(doc, graph_of(f, it), "nodes");
            edges += count_member(doc, graph_of(f, it), "edges");
        }
    if (nodes > GB_MAX_NODES)
        gb_limit(f, NULL, GB_NIL, jdoc_get(doc, f->ir, "nodes"), "the number of nodes",
                 GB_MAX_NODES);
    if (edges > GB_MAX_EDGES)
        gb_limit(f, NULL, GB_NIL, jdoc_get(doc, f->ir, "edges"), "the number of edges",
                 GB_MAX_EDGES);
    f->n_edges = (uint32_t)edges;
    return !f->stop;
}

static void complain_duplicates(struct gb_front *f, uint32_t root)
{
    const struct jdoc *doc = f->doc;
    for (uint32_t i = 0; root != JSON_NONE && i < doc->n_duplicates; i++) {
        uint32_t key = doc->duplicates[i];
        struct str name = jdoc_str(doc, key);
        if (key > root && key < doc->vals[root].next)
            gb_complain(f, GB_E_duplicate_key, NULL, GB_NIL, key,
                        "Member '%.*s' stands twice in one object.",
                        (int)(name.n < GB_MAX_IDENTIFIER ? name.n : GB_MAX_IDENTIFIER), name.s);
    }
}

/* ---- graphs --------------------------------------------------------------------------------- */

/* Literals for For's constants stand behind the declared nodes. */
static int add_constants(struct gb_decoder *d)
{
    struct gb_graph *g = d->graph;
    uint32_t n = g->n_nodes, more = d->n_constants;
    if (!more)
        return 0;
    struct arena *a = &d->f->program->arena;
    struct gb_node *nodes = arena_new_array(a, n + more, struct gb_node);
    struct gb_node_names *names = arena_new_array(a, n + more, struct gb_node_names);
    bool *broken = arena_new_array(a, n + more, bool);
    if (!nodes || !names || !broken)
        return -ENOMEM;
    memcpy(nodes, g->nodes, n * sizeof *nodes);
    memcpy(names, d->raw->names, n * sizeof *names);
    memcpy(broken, d->raw->broken, n * sizeof *broken);
    g->nodes = nodes;
    d->raw->names = names;
    d->raw->broken = broken;
    d->raw->constants = arena_new_array(a, more, struct gb_constant);
    if (!d->raw->constants)
        return -ENOMEM;
    for (uint32_t i = 0; i < more; i++) {
        struct gb_node *node = &nodes[g->n_nodes];
        struct gb_constant c = d->constants[i];
        *node = (struct gb_node){.op = GB_OP_LITERAL, .jval = c.jval, .id = STR("")};
        int e = gb_decode_value(d->f, g, c.node, c.jval, (struct gb_type){0}, &node->literal);
        if (e == -ENOMEM)
            return e;
        broken[g->n_nodes] = e != 0;
        c.literal = g->n_nodes++;
        d->raw->constants[d->raw->n_constants++] = c;
    }
    return 0;
}

static int decode_graph(struct gb_front *f, struct gb_raw_graph *raw, uint32_t jgraph)
{
    struct arena *a = &f->program->arena;
    uint32_t nodes = array_member(f, raw->graph, jgraph, "nodes");
    uint32_t edges = array_member(f, raw->graph, jgraph, "edges");
    uint32_t n = nodes == JSON_NONE ? 0 : f->doc->vals[nodes].count, at = 0;
    struct gb_decoder d = {.f = f, .raw = raw, .graph = raw->graph};
    raw->graph->nodes = arena_new_array(a, n, struct gb_node);
    raw->names = arena_new_array(a, n, struct gb_node_names);
    raw->broken = arena_new_array(a, n, bool);
    d.listed = arena_new_array(a, n, uint32_t);
    raw->graph->result = GB_NIL;
    if (!raw->graph->nodes || !raw->names || !raw->broken || !d.listed ||
        strmap_init(&d.ids, a, n, &raw->graph->nodes[0].id, sizeof(struct gb_node)))
        return -ENOMEM;
    raw->graph->n_nodes = raw->n_declared = n;
    int e = 0;
    for (uint32_t it = jdoc_first(f->doc, nodes); it != JSON_NONE && !e && !f->stop;
         it = jdoc_next(f->doc, nodes, it))
        e = gb_decode_node(&d, at++, it);
    if (!e && !f->stop)
        e = gb_decode_edges(&d, edges);
    if (!e && !f->stop)
        e = gb_decode_lists(&d);
    if (!e && !f->stop)
        e = gb_decode_listed(&d);
    uint32_t result = jdoc_get(f->doc, jgraph, "return");
    if (raw->graph->func && result == JSON_NONE) /* beside the graph, as some write it */
        result = jdoc_get(f->doc, raw->graph->func->jval, "return");
    if (raw->graph->func && result != JSON_NONE && !jdoc_is(f->doc, result, JSON_NULL)) {
        raw->result_jval = result;
        raw->graph->result = gb_decode_ref(&d, GB_NIL, result, "`return`");
    }
    return e || f->stop ? e : add_constants(&d);
}

/* ---- functions ------------------------------------------------------------------------------ */

struct func_reader {
    struct gb_front *f;
    struct gb_raw_graph *raw;
    struct gb_func *func;
    uint32_t jval;
    struct gb_signature signature; /* name empty: none */
};

static int read_signature(struct func_reader *r)
{
    uint32_t jval = jdoc_get(r->f->doc, r->jval, "signature");
    if (jval == JSON_NONE || jdoc_is(r->f->doc, jval, JSON_NULL))
        return 0;
    struct str text = jdoc_str(r->f->doc, jval);
    int e = jdoc_is(r->f->doc, jval, JSON_STRING)
                ? gb_signature_parse(text, &r->f->program->arena, &r->signature)
                : -EINVAL;
    if (e == -ENOMEM)
        return e;
    if (e == -E2BIG)
        gb_limit(r->f, &r->func->graph, GB_NIL, jval, "the number of parameters", GB_MAX_PARAMS);
    else if (e)
        gb_complain(r->f, GB_E_bad_signature, &r->func->graph, GB_NIL, jval,
                    "The signature of function '%.*s' cannot be read.", STR_ARG(r->func->name))
            ->expected = STR("TYPE NAME(TYPE NAME, ...)");
    r->raw->unread_params = e != 0;
    return 0;
}

static void read_param(struct func_reader *r, uint32_t at, uint32_t jval)
{
    struct gb_front *f = r->f;
    struct gb_graph *g = &r->func->graph;
    struct gb_param *p = &r->func->params[at];
    uint32_t name = jdoc_is(f->doc, jval, JSON_STRING) ? jval : jdoc_get(f->doc, jval, "name");
    uint32_t type = jdoc_get(f->doc, jval, "type");
    if (name == JSON_NONE) {
        gb_complain(f, GB_E_bad_structure, g, GB_NIL, jval, "A parameter needs a `name`.");
        return;
    }
    if (!gb_decode_name(f, g, GB_NIL, name, "A parameter's name", &p->name))
        return;
    for (uint32_t i = 0; i < at; i++)
        if (str_eq(r->func->params[i].name, p->name))
            gb_complain(f, GB_E_duplicate_id, g, GB_NIL, name,
                        "Function '%.*s' has two parameters named '%.*s'.", STR_ARG(r->func->name),
                        STR_ARG(p->name));
    if (type == JSON_NONE || !gb_decode_type(f, g, GB_NIL, type, &p->type))
        return;
    if (p->type.base == GB_VOID)
        gb_complain(f, GB_E_bad_type, g, GB_NIL, type, "A parameter cannot be of type 'void'.");
}

static int read_params(struct func_reader *r)
{
    struct gb_func *func = r->func;
    uint32_t list = array_member(r->f, &func->graph, r->jval, "params");
    struct arena *a = &r->f->program->arena;
    if (list == JSON_NONE) {
        func->params = r->signature.params;
        func->n_params = r->signature.n_params;
        for (uint32_t i = 0; i < func->n_params; i++)
            if (!func->params[i].name.n)
                func->params[i].name = arena_printf(a, "arg%u", i);
        return 0;
    }
    if (r->f->doc->vals[list].count > GB_MAX_PARAMS) {
        gb_limit(r->f, &func->graph, GB_NIL, list, "the number of parameters", GB_MAX_PARAMS);
        return 0;
    }
    r->raw->unread_params = false;
    func->n_params = r->f->doc->vals[list].count;
    func->params = arena_new_array(a, func->n_params, struct gb_param);
    if (!func->params)
        return -ENOMEM;
    uint32_t at = 0;
    for (uint32_t it = jdoc_first(r->f->doc, list); it != JSON_NONE;
         it = jdoc_next(r->f->doc, list, it))
        read_param(r, at++, it);
    return 0;
}

/* `returnType`, else `returns` (a type or {"type"}), else the signature's. */
static void read_return_type(struct func_reader *r)
{
    const struct jdoc *doc = r->f->doc;
    uint32_t jval = jdoc_get(doc, r->jval, "returnType");
    if (jval == JSON_NONE)
        jval = jdoc_get(doc, r->jval, "returns");
    if (jdoc_is(doc, jval, JSON_OBJECT))
        jval = jdoc_get(doc, jval, "type");
    struct gb_type type = r->signature.ret;
    bool declared = r->signature.name.n > 0;
    if (jval != JSON_NONE && !jdoc_is(doc, jval, JSON_NULL))
        declared = gb_decode_type(r->f, &r->func->graph, GB_NIL, jval, &type);
    r->raw->declares_ret = declared && type.base != GB_UNKNOWN;
    r->func->ret = r->raw->declares_ret ? type : (struct gb_type){0};
}

static int decode_function(struct gb_front *f, uint32_t at, uint32_t jval)
{
    struct gb_func *func = &f->program->funcs[at];
    struct func_reader r = {.f = f, .raw = &f->raw[1 + at], .func = func, .jval = jval};
    func->jval = jval;
    func->graph.func = func;
    r.raw->graph = &func->graph;
    r.raw->result_jval = JSON_NONE;
    func->name = STR("");
    if (!expect(f, &func->graph, jval, JSON_OBJECT, "A function"))
        return decode_graph(f, r.raw, JSON_NONE);
    uint32_t name = jdoc_get(f->doc, jval, "name"), graph = graph_of(f, jval);
    if (name != JSON_NONE)
        gb_decode_name(f, &func->graph, GB_NIL, name, "A function's name", &func->name);
    int e = read_signature(&r);
    if (name == JSON_NONE && r.signature.name.n)
        func->name = r.signature.name;
    else if (name == JSON_NONE)
        gb_complain(f, GB_E_bad_structure, &func->graph, GB_NIL, jval,
                    "A function needs a `name`.");
    if (!e && !f->stop)
        e = read_params(&r);
    read_return_type(&r);
    if (graph == JSON_NONE)
        gb_complain(f, GB_E_bad_structure, &func->graph, GB_NIL, jval,
                    "Function '%.*s' has no `graph`.", STR_ARG(func->name));
    else if (!expect(f, &func->graph, graph, JSON_OBJECT, "A function's `graph`"))
        graph = JSON_NONE;
    return e || f->stop ? e : decode_graph(f, r.raw, graph);
}

static int decode_functions(struct gb_front *f)
{
    struct arena *a = &f->program->arena;
    uint32_t list = array_member(f, NULL, f->ir, "functions"), at = 0;
    uint32_t n = list == JSON_NONE ? 0 : f->doc->vals[list].count;
    f->program->funcs = arena_new_array(a, n, struct gb_func);
    f->raw = arena_new_array(a, n + 1, struct gb_raw_graph);
    if (!f->program->funcs || !f->raw ||
        strmap_init(&f->functions, a, n, &f->program->funcs[0].name, sizeof(struct gb_func)))
        return -ENOMEM;
    f->program->n_funcs = n;
    f->raw[0] = (struct gb_raw_graph){.graph = &f->program->main, .result_jval = JSON_NONE};
    for (uint32_t it = jdoc_first(f->doc, list); it != JSON_NONE && !f->stop;
         it = jdoc_next(f->doc, list, it), at++) {
        int e = decode_function(f, at, it);
        if (e)
            return e;
        struct gb_func *func = &f->program->funcs[at];
        if (func->name.n && strmap_add(&f->functions, at) != STRMAP_NONE)
            gb_complain(f, GB_E_duplicate_id, &func->graph, GB_NIL, it,
                        "Two functions are named '%.*s'.", STR_ARG(func->name));
    }
    return 0;
}

/* ---- the rest of the program ---------------------------------------------------------------- */

static int decode_imports(struct gb_front *f)
{
    struct gb_program *p = f->program;
    uint32_t list = array_member(f, NULL, f->ir, "imports");
    p->imports =
        arena_new_array(&p->arena, list == JSON_NONE ? 0 : f->doc->vals[list].count, struct str);
    if (!p->imports)
        return -ENOMEM;
    for (uint32_t it = jdoc_first(f->doc, list); it != JSON_NONE;
         it = jdoc_next(f->doc, list, it)) {
        if (gb_check_include(f, it, jdoc_str(f->doc, it)))
            p->imports[p->n_imports++] = jdoc_str(f->doc, it);
    }
    return 0;
}

static void decode_metadata(struct gb_front *f)
{
    uint32_t meta = jdoc_get(f->doc, f->ir, "metadata");
    if (meta == JSON_NONE)
        meta = jdoc_get(f->doc, f->ir, "meta");
    f->program->name = jdoc_str(f->doc, jdoc_get(f->doc, meta, "name"));
}

int gb_decode(struct gb_front *f)
{
    f->program->main.result = GB_NIL;
    if (!expect(f, NULL, f->ir, JSON_OBJECT, "The IR") || !within_limits(f))
        return 0;
    complain_duplicates(f, f->ir);
    complain_duplicates(f, f->node_defs);
    uint32_t nodes = jdoc_get(f->doc, f->ir, "nodes");
    if (nodes == JSON_NONE || jdoc_is(f->doc, nodes, JSON_NULL))
        gb_complain(f, GB_E_bad_structure, NULL, GB_NIL, f->ir, "The IR has no `nodes`.");
    decode_metadata(f);
    f->catalogue = arena_new(&f->program->arena, struct gb_catalogue);
    int e = f->catalogue ? gb_decode_externs(f) : -ENOMEM;
    if (!e)
        e = gb_catalogue_init(f->catalogue, &f->program->arena, f->policy->plugins,
                              f->policy->n_plugins, f->externs, f->n_externs);
    if (!e && !f->stop)
        e = decode_imports(f);
    if (!e && !f->stop)
        e = decode_functions(f);
    if (!e && !f->stop)
        e = decode_graph(f, &f->raw[0], f->ir);
    return e;
}
