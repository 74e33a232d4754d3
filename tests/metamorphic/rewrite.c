/* rewrite.c - see rewrite.h. */
#include "rewrite.h"

#include "catalogue.h"

#include <stdio.h>
#include <stdlib.h>

uint32_t rewriting_random(struct rewriting *r, uint32_t n)
{
    r->random = r->random * 6364136223846793005U + 1442695040888963407U;
    return (uint32_t)((r->random >> 33) % n);
}

/* ---- the parts of an IR ----------------------------------------------------------------------- */

static const char *const bags[] = {"properties", "props", "params"};
#define N_BAGS 3

typedef void graph_fn(struct rewriting *r, json_t *graph, const struct gb_graph *g);

/* Calls fn for the main graph and each function's. */
static void each_graph(struct rewriting *r, json_t *ir, graph_fn *fn)
{
    fn(r, ir, &r->p->main);
    for (uint32_t i = 0; i < r->p->n_funcs; i++) {
        json_t *func = json_array_get(json_object_get(ir, "functions"), i);
        fn(r, json_object_get(func, "graph"), &r->p->funcs[i].graph);
    }
}

static json_t *node_at(json_t *graph, size_t i)
{
    return json_array_get(json_object_get(graph, "nodes"), i);
}

static size_t count_nodes(json_t *graph)
{
    return json_array_size(json_object_get(graph, "nodes"));
}

static const char *id_of(json_t *node)
{
    return json_string_value(json_object_get(node, "id"));
}

/* The end of an edge, whatever it is called; NULL when absent. */
static const char *edge_end(json_t *edge, const char *name, const char *other)
{
    const char *end = json_string_value(json_object_get(edge, name));
    return end ? end : json_string_value(json_object_get(edge, other));
}

static bool is_control(json_t *edge)
{
    static const char *const ports[] = {"then", "else", "body", "next", "done", "after"};
    const char *kind = json_string_value(json_object_get(edge, "kind"));
    const char *port = json_string_value(json_object_get(edge, "fromPort"));
    if (kind)
        return strcmp(kind, "control") == 0;
    for (size_t i = 0; port && i < sizeof ports / sizeof *ports; i++)
        if (strcmp(ports[i], port) == 0)
            return true;
    return port && port[0] >= '0' && port[0] <= '9';
}

/* Replaces a string by what the map says of it. */
static void map_member(json_t *object, const char *key, json_t *map)
{
    const char *old = json_string_value(json_object_get(object, key));
    json_t *changed = old ? json_object_get(map, old) : NULL;
    if (changed)
        json_object_set(object, key, changed);
}

static void map_list(json_t *list, json_t *map)
{
    for (size_t i = 0; i < json_array_size(list); i++) {
        const char *old = json_string_value(json_array_get(list, i));
        json_t *changed = old ? json_object_get(map, old) : NULL;
        if (changed)
            json_array_set(list, i, changed);
    }
}

/* ---- names ------------------------------------------------------------------------------------ */

static void rename_ids(struct rewriting *r, json_t *graph, const struct gb_graph *g)
{
    static const char *const ends[] = {"from", "to", "fromNode", "toNode"};
    static const char *const lists[] = {"then", "else", "body"};
    json_t *map = json_object(), *edge;
    size_t i;
    (void)g;
    for (i = 0; i < count_nodes(graph); i++) {
        char id[32];
        snprintf(id, sizeof id, "%c%zu_%u", "kqz"[i % 3], i, rewriting_random(r, 1000));
        json_object_set_new(map, id_of(node_at(graph, i)), json_string(id));
    }
    for (i = 0; i < count_nodes(graph); i++) {
        json_t *node = node_at(graph, i);
        map_member(node, "id", map);
        map_list(json_object_get(node, "inputs"), map);
        for (size_t b = 0; b < N_BAGS; b++)
            for (size_t k = 0; k < sizeof lists / sizeof *lists; k++)
                map_list(json_object_get(json_object_get(node, bags[b]), lists[k]), map);
    }
    json_array_foreach(json_object_get(graph, "edges"), i,
                       edge) for (size_t k = 0; k < sizeof ends / sizeof *ends; k++)
        map_member(edge, ends[k], map);
    map_member(graph, "return", map);
    json_decref(map);
    r->applied = true;
}

static void ids(struct rewriting *r, json_t *ir)
{
    each_graph(r, ir, rename_ids);
}

/* Renames what the bags of nodes of these types name. */
static void map_names(json_t *graph, const struct gb_graph *g, bool calls, json_t *map)
{
    static const char *const keys[] = {"name", "varName", "functionName"};
    for (size_t i = 0; i < count_nodes(graph); i++) {
        enum gb_op op = g->nodes[i].op;
        bool variable = op == GB_OP_VARDECL || op == GB_OP_VARGET || op == GB_OP_VARSET ||
                        op == GB_OP_ARRAYSET || op == GB_OP_ARRAYPUSH;
        if (calls ? op != GB_OP_CALL : !variable)
            continue;
        for (size_t b = 0; b < N_BAGS; b++)
            for (size_t k = 0; k < sizeof keys / sizeof *keys; k++)
                map_member(json_object_get(node_at(graph, i), bags[b]), keys[k], map);
    }
}

static void rename_variables(struct rewriting *r, json_t *graph, const struct gb_graph *g)
{
    json_t *map = json_object();
    for (uint32_t i = 0; i < g->n_vars; i++) {
        char old[GB_MAX_IDENTIFIER + 1], name[32];
        snprintf(old, sizeof old, "%.*s", STR_ARG(g->vars[i].name));
        snprintf(name, sizeof name, "variable_%u", i);
        if (!json_object_get(map, old)) /* several scopes, one name */
            json_object_set_new(map, old, json_string(name));
        r->applied = true;
    }
    map_names(graph, g, false, map);
    json_decref(map);
}

static void variables(struct rewriting *r, json_t *ir)
{
    each_graph(r, ir, rename_variables);
}

static void functions(struct rewriting *r, json_t *ir)
{
    json_t *map = json_object(), *func, *list = json_object_get(ir, "functions");
    size_t i;
    json_array_foreach(list, i, func)
    {
        char name[32];
        const char *old = json_string_value(json_object_get(func, "name"));
        snprintf(name, sizeof name, "function_%zu", i);
        if (old)
            json_object_set_new(map, old, json_string(name));
        map_member(func, "name", map);
        r->applied |= old != NULL;
    }
    map_names(ir, &r->p->main, true, map);
    for (uint32_t k = 0; k < r->p->n_funcs; k++)
        map_names(json_object_get(json_array_get(list, k), "graph"), &r->p->funcs[k].graph, true,
                  map);
    json_decref(map);
}

/* ---- order ------------------------------------------------------------------------------------ */

/* Shuffles a list; those whose `fixed` is set keep their order among themselves. */
static void shuffle_list(struct rewriting *r, json_t *list, const bool *fixed)
{
    size_t n = json_array_size(list), next = 0;
    size_t *order = calloc(n + 1, sizeof *order);
    json_t *shuffled = json_array();
    for (size_t i = 0; order && i < n; i++) {
        size_t k = rewriting_random(r, (uint32_t)i + 1);
        order[i] = order[k];
        order[k] = i;
    }
    for (size_t i = 0; order && i < n; i++) {
        size_t k = order[i];
        if (fixed[k]) { /* the next fixed one takes the place of any */
            while (!fixed[next])
                next++;
            k = next++;
        }
        r->applied |= k != i;
        json_array_append(shuffled, json_array_get(list, k));
    }
    json_array_clear(list);
    json_array_extend(list, shuffled);
    json_decref(shuffled);
    free(order);
}

/* Values move; statements and what control edges touch keep their order. In a function without
 * `return` the order of values carries meaning too. */
static void shuffle_nodes(struct rewriting *r, json_t *graph, const struct gb_graph *g)
{
    size_t n = count_nodes(graph), i;
    bool *fixed = calloc(n + 1, sizeof *fixed);
    json_t *edge, *touched = json_object();
    if (!fixed || (g->func && !json_object_get(graph, "return"))) {
        free(fixed);
        json_decref(touched);
        return;
    }
    json_array_foreach(json_object_get(graph, "edges"), i, edge) if (is_control(edge))
    {
        json_object_set_new(touched, edge_end(edge, "from", "fromNode"), json_true());
        json_object_set_new(touched, edge_end(edge, "to", "toNode"), json_true());
    }
    for (i = 0; i < n && i < g->n_nodes; i++) /* what another rewriting appended is a value */
        fixed[i] = g->nodes[i].statement || g->nodes[i].op == GB_OP_SEQUENCE ||
                   g->nodes[i].op == GB_OP_CALL ||
                   json_object_get(touched, id_of(node_at(graph, i))) != NULL;
    shuffle_list(r, json_object_get(graph, "nodes"), fixed);
    json_decref(touched);
    free(fixed);
}

static void nodes(struct rewriting *r, json_t *ir)
{
    each_graph(r, ir, shuffle_nodes);
}

/* Edges with a port of their own move; control edges and positional ones keep their order. */
static void shuffle_edges(struct rewriting *r, json_t *graph, const struct gb_graph *g)
{
    json_t *edges = json_object_get(graph, "edges"), *edge;
    size_t n = json_array_size(edges), i;
    bool *fixed = calloc(n + 1, sizeof *fixed);
    (void)g;
    if (!fixed)
        return;
    json_array_foreach(edges, i, edge) fixed[i] =
        is_control(edge) || !json_object_get(edge, "toPort");
    shuffle_list(r, edges, fixed);
    free(fixed);
}

static void edges(struct rewriting *r, json_t *ir)
{
    each_graph(r, ir, shuffle_edges);
}

static void function_order(struct rewriting *r, json_t *ir)
{
    json_t *list = json_object_get(ir, "functions");
    bool *fixed = calloc(json_array_size(list) + 1, sizeof *fixed);
    if (fixed && json_array_size(list) > 1)
        shuffle_list(r, list, fixed);
    free(fixed);
}

/* The same value with the members of every object in opposite order. */
static json_t *reversed(json_t *v)
{
    if (json_is_array(v)) {
        json_t *copy = json_array();
        for (size_t i = 0; i < json_array_size(v); i++)
            json_array_append_new(copy, reversed(json_array_get(v, i)));
        return copy;
    }
    if (!json_is_object(v))
        return json_incref(v);
    size_t n = 0, size = json_object_size(v);
    const char **keys = calloc(size + 1, sizeof *keys), *key;
    json_t *copy = json_object(), *member;
    json_object_foreach(v, key, member) if (keys) keys[n++] = key;
    while (n-- > 0)
        json_object_set_new(copy, keys[n], reversed(json_object_get(v, keys[n])));
    free(keys);
    return copy;
}

static void keys(struct rewriting *r, json_t *ir)
{
    json_t *copy = reversed(ir);
    json_object_clear(ir);
    json_object_update(ir, copy);
    json_decref(copy);
    r->applied = true;
}

/* ---- dialects --------------------------------------------------------------------------------- */

static void rename_member(json_t *object, const char *old, const char *name)
{
    json_t *v = json_object_get(object, old);
    if (!v || json_object_get(object, name))
        return;
    json_object_set(object, name, v);
    json_object_del(object, old);
}

/* An alias of the node's type, where it has one. */
static void use_alias(json_t *node, enum gb_op op)
{
    const char *aliases = op == GB_OP_EXTERNAL ? "" : gb_kind_of(op)->aliases;
    size_t n = strcspn(aliases, " ");
    if (n)
        json_object_set_new(node, "type", json_stringn(aliases, n));
}

static void change_dialect(struct rewriting *r, json_t *graph, const struct gb_graph *g)
{
    json_t *edge;
    size_t i;
    for (i = 0; i < count_nodes(graph); i++) {
        json_t *node = node_at(graph, i);
        size_t has = 0;
        for (size_t b = 0; b < N_BAGS; b++)
            has += json_is_object(json_object_get(node, bags[b]));
        const char *to = bags[rewriting_random(r, N_BAGS)];
        for (size_t b = 0; has == 1 && b < N_BAGS; b++)
            if (json_is_object(json_object_get(node, bags[b])))
                rename_member(node, bags[b], to);
        use_alias(node, g->nodes[i].op);
    }
    json_array_foreach(json_object_get(graph, "edges"), i, edge)
    {
        if (json_object_get(edge, "kind") || is_control(edge))
            continue;
        rename_member(edge, "from", "fromNode");
        rename_member(edge, "to", "toNode");
    }
    r->applied = true;
}

static void dialect(struct rewriting *r, json_t *ir)
{
    each_graph(r, ir, change_dialect);
}

/* Whether all inputs of a node come from first outputs of nodes of the JSON, from the first port on. */
static bool can_be_positional(const struct gb_graph *g, const struct gb_node *node, json_t *json)
{
    if (node->n_inputs == 0 || json_object_get(json, "inputs"))
        return false;
    for (uint32_t i = 0; i < node->n_inputs; i++) {
        const struct gb_input *in = &g->inputs[node->inputs + i];
        if (in->src == GB_NIL || in->src_out != 0 || g->nodes[in->src].id.n == 0)
            return false;
    }
    return true;
}

/* Edges become a list of ids in the order of the ports. */
static void list_inputs(struct rewriting *r, json_t *graph, const struct gb_graph *g)
{
    json_t *edges_left = json_array(), *listed = json_object(), *edge;
    json_t *all = json_object_get(graph, "edges");
    size_t i;
    for (i = 0; i < count_nodes(graph); i++) {
        const struct gb_node *node = &g->nodes[i];
        json_t *json = node_at(graph, i), *list = json_array();
        if (can_be_positional(g, node, json)) {
            for (uint32_t k = 0; k < node->n_inputs; k++) {
                struct str id = g->nodes[g->inputs[node->inputs + k].src].id;
                json_array_append_new(list, json_stringn(id.s, id.n));
            }
            json_object_set(json, "inputs", list);
            json_object_set_new(listed, id_of(json), json_true());
            r->applied = true;
        }
        json_decref(list);
    }
    json_array_foreach(all, i, edge) if (is_control(edge) ||
                                         !json_object_get(listed, edge_end(edge, "to", "toNode")))
        json_array_append(edges_left, edge);
    if (all)
        json_object_set(graph, "edges", edges_left);
    json_decref(edges_left);
    json_decref(listed);
}

static void positional(struct rewriting *r, json_t *ir)
{
    each_graph(r, ir, list_inputs);
}

/* ---- what never reaches the program ----------------------------------------------------------- */

static void noise(struct rewriting *r, json_t *ir)
{
    json_t *func =
        json_pack("{s:s, s:[], s:s, s:{s:[{s:s, s:s, s:{s:i}}], s:[], s:s}}", "name",
                  "nobody_calls_this", "params", "returnType", "int", "graph", "nodes", "id", "r",
                  "type", "Literal", "properties", "value", 1, "edges", "return", "r");
    if (!json_object_get(ir, "functions"))
        json_object_set_new(ir, "functions", json_array());
    json_array_append_new(json_object_get(ir, "functions"), func);
    json_array_append_new(json_object_get(ir, "nodes"),
                          json_pack("{s:s, s:s, s:{s:i}, s:s, s:{s:i}}", "id", "dead_value", "type",
                                    "Literal", "properties", "value", 5, "label", "*/ nothing",
                                    "position", "x", 3));
    for (size_t i = 0; i < count_nodes(ir); i++) {
        json_object_set_new(node_at(ir, i), "label", json_string("a \"label\" \\ // of its own"));
        json_object_set_new(node_at(ir, i), "position",
                            json_pack("{s:i, s:f}", "x", (int)i, "y", 0.5));
        json_object_set_new(node_at(ir, i), "unknownMember", json_pack("[n]"));
    }
    json_object_set_new(ir, "metadata", json_pack("{s:s}", "name", "another name"));
    r->applied = true;
}

const struct rewrite gb_neutral[] = {
    {"ids", ids},
    {"nodes", nodes},
    {"edges", edges},
    {"keys", keys},
    {"variables", variables},
    {"functions", functions},
    {"dialect", dialect},
    {"positional", positional},
    {"noise", noise},
    {"function order", function_order},
    {NULL, NULL},
};

/* ---- changes of meaning ----------------------------------------------------------------------- */

/* A node of the main graph that the program needs, of that type, at random; GB_NIL for none. */
static uint32_t pick(struct rewriting *r, enum gb_op op)
{
    uint32_t found = GB_NIL, seen = 0;
    for (uint32_t v = 0; v < r->p->main.n_nodes; v++)
        if (r->p->main.nodes[v].op == op && r->p->main.nodes[v].id.n && r->id->main_number[v] &&
            rewriting_random(r, ++seen) == 0)
            found = v;
    return found;
}

/* The bag that holds `value` of a literal. */
static json_t *literal_bag(json_t *node)
{
    for (size_t b = 0; b < N_BAGS; b++)
        if (json_object_get(json_object_get(node, bags[b]), "value"))
            return json_object_get(node, bags[b]);
    return NULL;
}

static void literal(struct rewriting *r, json_t *ir)
{
    uint32_t v = pick(r, GB_OP_LITERAL);
    json_t *bag = v == GB_NIL ? NULL : literal_bag(node_at(ir, v));
    json_t *value = json_object_get(bag, "value"), *changed = NULL;
    if (json_is_integer(value))
        changed = json_integer(json_integer_value(value) ^ 1);
    else if (json_is_real(value))
        changed = json_real(json_real_value(value) / 2 + 0.25);
    else if (json_is_boolean(value))
        changed = json_boolean(!json_is_true(value));
    else if (json_is_string(value))
        changed = json_sprintf("%zu bytes instead", json_string_length(value));
    if (!changed)
        return;
    r->applied = !json_equal(changed, value);
    json_object_set_new(bag, "value", changed);
}

static void operation(struct rewriting *r, json_t *ir)
{
    static const struct {
        enum gb_op op;
        const char *instead;
    } others[] = {{GB_OP_ADD, "Sub"},       {GB_OP_SUB, "Mul"},     {GB_OP_MUL, "Add"},
                  {GB_OP_LT, "LessEqual"},  {GB_OP_GT, "LessThan"}, {GB_OP_EQ, "NotEqual"},
                  {GB_OP_AND, "Or"},        {GB_OP_SIN, "Cos"},     {GB_OP_TOUPPER, "ToLower"},
                  {GB_OP_BITAND, "BitXor"}, {GB_OP_MIN, "Max"},     {GB_OP_DIV, "Pow"}};
    size_t n = sizeof others / sizeof *others, from = rewriting_random(r, (uint32_t)n);
    for (size_t i = 0; i < n && !r->applied; i++) {
        size_t k = (from + i) % n;
        uint32_t v = pick(r, others[k].op);
        if (v == GB_NIL)
            continue;
        json_object_set_new(node_at(ir, v), "type", json_string(others[k].instead));
        r->applied = true;
    }
}

/* A new literal takes the place of a needed literal on one edge. */
static void rewire(struct rewriting *r, json_t *ir)
{
    uint32_t v = pick(r, GB_OP_LITERAL);
    json_t *edge, *copy, *value;
    size_t i;
    if (v == GB_NIL || !literal_bag(node_at(ir, v)))
        return;
    value = json_object_get(literal_bag(node_at(ir, v)), "value");
    if (!json_is_integer(value))
        return;
    json_array_foreach(json_object_get(ir, "edges"), i, edge)
    {
        const char *from = edge_end(edge, "from", "fromNode");
        const char *to = edge_end(edge, "to", "toNode");
        bool live = false;
        for (uint32_t k = 0; k < r->p->main.n_nodes; k++)
            live |= str_eqc(r->p->main.nodes[k].id, to) && r->id->main_number[k];
        if (is_control(edge) || !live || !str_eqc(r->p->main.nodes[v].id, from))
            continue;
        copy = json_deep_copy(node_at(ir, v));
        json_object_set_new(copy, "id", json_string("another_literal"));
        json_object_set_new(literal_bag(copy), "value",
                            json_integer(json_integer_value(value) ^ 77));
        json_array_append_new(json_object_get(ir, "nodes"), copy);
        json_object_set_new(edge, json_object_get(edge, "from") ? "from" : "fromNode",
                            json_string("another_literal"));
        r->applied = true;
        return;
    }
}

/* An int becomes a double of the same value. */
static void type(struct rewriting *r, json_t *ir)
{
    uint32_t v = pick(r, GB_OP_LITERAL);
    json_t *bag = v == GB_NIL ? NULL : literal_bag(node_at(ir, v));
    if (!json_is_integer(json_object_get(bag, "value")))
        return;
    json_object_set_new(bag, "value",
                        json_real((double)json_integer_value(json_object_get(bag, "value"))));
    r->applied = r->p->main.nodes[v].type.base == GB_INT;
}

/* The number of the value that a Print without effects prints first; 0 for others. */
static uint32_t printed(const struct rewriting *r, const struct gb_node *node)
{
    const struct gb_graph *g = &r->p->main;
    uint32_t src = node->n_inputs ? g->inputs[node->inputs].src : GB_NIL;
    if (node->op != GB_OP_PRINT || src == GB_NIL || (g->nodes[src].fx & GB_FX_EFFECT_DEEP))
        return 0;
    return r->id->main_number[src];
}

/* Two statements that print different values change places. */
static void statement_order(struct rewriting *r, json_t *ir)
{
    const struct gb_graph *g = &r->p->main;
    const struct gb_block *body = &g->blocks[0];
    json_t *edge, *list = json_object_get(ir, "nodes");
    size_t i;
    json_array_foreach(json_object_get(ir, "edges"), i, edge) if (is_control(edge)) return;
    for (uint32_t k = 1; k < body->n_stmts; k++) {
        uint32_t a = body->stmts[k - 1].node, b = body->stmts[k].node;
        uint32_t first = printed(r, &g->nodes[a]), second = printed(r, &g->nodes[b]);
        if (first == 0 || second == 0 || first == second)
            continue;
        json_t *moved = json_incref(json_array_get(list, a));
        json_array_set(list, a, json_array_get(list, b));
        json_array_set_new(list, b, moved);
        r->applied = true;
        return;
    }
}

const struct rewrite gb_changing[] = {
    {"literal", literal},
    {"operation", operation},
    {"edge", rewire},
    {"type", type},
    {"statement order", statement_order},
    {NULL, NULL},
};
