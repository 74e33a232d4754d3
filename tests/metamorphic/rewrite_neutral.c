/* rewrite_neutral.c - the same program, written differently. */
#include "rewrite_parts.h"

/* ---- names ------------------------------------------------------------------------------------ */

static void rename_ids(struct rewriting *r, json_t *graph, const struct gb_graph *g)
{
    static const char *const ends[] = {"from", "to", "fromNode", "toNode"};
    static const char *const lists[] = {"then", "else", "body"};
    json_t *map = json_object(), *edge;
    size_t i;
    (void)g;
    for (i = 0; i < gb_count_nodes(graph); i++) {
        char id[32];
        snprintf(id, sizeof id, "%c%zu_%u", "kqz"[i % 3], i, rewriting_random(r, 1000));
        json_object_set_new(map, gb_id_of(gb_node_at(graph, i)), json_string(id));
    }
    for (i = 0; i < gb_count_nodes(graph); i++) {
        json_t *node = gb_node_at(graph, i);
        gb_map_member(node, "id", map);
        gb_map_list(json_object_get(node, "inputs"), map);
        for (size_t b = 0; b < GB_N_BAGS; b++)
            for (size_t k = 0; k < sizeof lists / sizeof *lists; k++)
                gb_map_list(json_object_get(json_object_get(node, gb_bags[b]), lists[k]), map);
    }
    json_array_foreach(json_object_get(graph, "edges"), i,
                       edge) for (size_t k = 0; k < sizeof ends / sizeof *ends; k++)
        gb_map_member(edge, ends[k], map);
    gb_map_member(graph, "return", map);
    json_decref(map);
    r->applied = true;
}

/* `return` may stand beside a function's graph; the rewritings look for it inside. */
static void move_return(json_t *func)
{
    json_t *id = json_object_get(func, "return"), *graph = json_object_get(func, "graph");
    if (id && !json_object_get(graph, "return"))
        json_object_set(graph, "return", id);
    json_object_del(func, "return");
}

static void ids(struct rewriting *r, json_t *ir)
{
    for (uint32_t i = 0; i < r->p->n_funcs; i++)
        move_return(json_array_get(json_object_get(ir, "functions"), i));
    gb_each_graph(r, ir, rename_ids);
}

/* Renames what the gb_bags of nodes of these types name. */
static void map_names(json_t *graph, const struct gb_graph *g, bool calls, json_t *map)
{
    static const char *const keys[] = {"name", "varName", "functionName"};
    for (size_t i = 0; i < gb_count_nodes(graph); i++) {
        enum gb_op op = g->nodes[i].op;
        bool variable = op == GB_OP_VARDECL || op == GB_OP_VARGET || op == GB_OP_VARSET ||
                        op == GB_OP_ARRAYSET || op == GB_OP_ARRAYPUSH;
        if (calls ? op != GB_OP_CALL : !variable)
            continue;
        for (size_t b = 0; b < GB_N_BAGS; b++)
            for (size_t k = 0; k < sizeof keys / sizeof *keys; k++)
                gb_map_member(json_object_get(gb_node_at(graph, i), gb_bags[b]), keys[k], map);
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
    gb_each_graph(r, ir, rename_variables);
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
        gb_map_member(func, "name", map);
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
    size_t n = gb_count_nodes(graph), i;
    bool *fixed = calloc(n + 1, sizeof *fixed);
    json_t *edge, *touched = json_object();
    if (!fixed || (g->func && !json_object_get(graph, "return"))) {
        free(fixed);
        json_decref(touched);
        return;
    }
    json_array_foreach(json_object_get(graph, "edges"), i, edge) if (gb_is_control_edge(edge))
    {
        json_object_set_new(touched, gb_edge_end(edge, "from", "fromNode"), json_true());
        json_object_set_new(touched, gb_edge_end(edge, "to", "toNode"), json_true());
    }
    for (i = 0; i < n && i < g->n_nodes; i++) /* what another rewriting appended is a value */
        fixed[i] = g->nodes[i].statement || g->nodes[i].op == GB_OP_SEQUENCE ||
                   g->nodes[i].op == GB_OP_CALL ||
                   json_object_get(touched, gb_id_of(gb_node_at(graph, i))) != NULL;
    shuffle_list(r, json_object_get(graph, "nodes"), fixed);
    json_decref(touched);
    free(fixed);
}

static void nodes(struct rewriting *r, json_t *ir)
{
    gb_each_graph(r, ir, shuffle_nodes);
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
        gb_is_control_edge(edge) || !json_object_get(edge, "toPort");
    shuffle_list(r, edges, fixed);
    free(fixed);
}

static void edges(struct rewriting *r, json_t *ir)
{
    gb_each_graph(r, ir, shuffle_edges);
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
    for (i = 0; i < gb_count_nodes(graph); i++) {
        json_t *node = gb_node_at(graph, i);
        size_t has = 0;
        for (size_t b = 0; b < GB_N_BAGS; b++)
            has += json_is_object(json_object_get(node, gb_bags[b]));
        const char *to = gb_bags[rewriting_random(r, GB_N_BAGS)];
        for (size_t b = 0; has == 1 && b < GB_N_BAGS; b++)
            if (json_is_object(json_object_get(node, gb_bags[b])))
                rename_member(node, gb_bags[b], to);
        use_alias(node, g->nodes[i].op);
    }
    json_array_foreach(json_object_get(graph, "edges"), i, edge)
    {
        if (json_object_get(edge, "kind") || gb_is_control_edge(edge))
            continue;
        rename_member(edge, "from", "fromNode");
        rename_member(edge, "to", "toNode");
    }
    r->applied = true;
}

static void dialect(struct rewriting *r, json_t *ir)
{
    gb_each_graph(r, ir, change_dialect);
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
    for (i = 0; i < gb_count_nodes(graph); i++) {
        const struct gb_node *node = &g->nodes[i];
        json_t *json = gb_node_at(graph, i), *list = json_array();
        if (can_be_positional(g, node, json)) {
            for (uint32_t k = 0; k < node->n_inputs; k++) {
                struct str id = g->nodes[g->inputs[node->inputs + k].src].id;
                json_array_append_new(list, json_stringn(id.s, id.n));
            }
            json_object_set(json, "inputs", list);
            json_object_set_new(listed, gb_id_of(json), json_true());
            r->applied = true;
        }
        json_decref(list);
    }
    json_array_foreach(all, i,
                       edge) if (gb_is_control_edge(edge) ||
                                 !json_object_get(listed, gb_edge_end(edge, "to", "toNode")))
        json_array_append(edges_left, edge);
    if (all)
        json_object_set(graph, "edges", edges_left);
    json_decref(edges_left);
    json_decref(listed);
}

static void positional(struct rewriting *r, json_t *ir)
{
    gb_each_graph(r, ir, list_inputs);
}

/* What `return` names is given by a Return at the end instead. */
static void return_by_node(struct rewriting *r, json_t *graph, const struct gb_graph *g)
{
    json_t *id = json_object_get(graph, "return");
    if (!id || g->result == GB_NIL || g->nodes[g->result].op == GB_OP_CALL ||
        g->func->ret.base == GB_VOID)
        return;
    json_array_append_new(
        json_object_get(graph, "nodes"),
        json_pack("{s:s, s:s, s:[O]}", "id", "return_at_the_end", "type", "Return", "inputs", id));
    json_object_del(graph, "return");
    r->applied = true;
}

static void returns(struct rewriting *r, json_t *ir)
{
    gb_each_graph(r, ir, return_by_node);
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
    for (size_t i = 0; i < gb_count_nodes(ir); i++) {
        json_object_set_new(gb_node_at(ir, i), "label",
                            json_string("a \"label\" \\ // of its own"));
        json_object_set_new(gb_node_at(ir, i), "position",
                            json_pack("{s:i, s:f}", "x", (int)i, "y", 0.5));
        json_object_set_new(gb_node_at(ir, i), "unknownMember", json_pack("[n]"));
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
    {"returns", returns},
    {"noise", noise},
    {"function order", function_order},
    {NULL, NULL},
};
