/* rewrite.c - the parts of an IR that rewritings find their way by; see rewrite_parts.h. */
#include "rewrite_parts.h"

uint32_t rewriting_random(struct rewriting *r, uint32_t n)
{
    r->random = r->random * 6364136223846793005U + 1442695040888963407U;
    return (uint32_t)((r->random >> 33) % n);
}

const char *const gb_bags[GB_N_BAGS] = {"properties", "props", "params"};

void gb_each_graph(struct rewriting *r, json_t *ir, gb_graph_fn *fn)
{
    fn(r, ir, &r->p->main);
    for (uint32_t i = 0; i < r->p->n_funcs; i++) {
        json_t *func = json_array_get(json_object_get(ir, "functions"), i);
        fn(r, json_object_get(func, "graph"), &r->p->funcs[i].graph);
    }
}

json_t *gb_node_at(json_t *graph, size_t i)
{
    return json_array_get(json_object_get(graph, "nodes"), i);
}

size_t gb_count_nodes(json_t *graph)
{
    return json_array_size(json_object_get(graph, "nodes"));
}

const char *gb_id_of(json_t *node)
{
    return json_string_value(json_object_get(node, "id"));
}

const char *gb_edge_end(json_t *edge, const char *name, const char *other)
{
    const char *end = json_string_value(json_object_get(edge, name));
    return end ? end : json_string_value(json_object_get(edge, other));
}

bool gb_is_control_edge(json_t *edge)
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

void gb_map_member(json_t *object, const char *key, json_t *map)
{
    const char *old = json_string_value(json_object_get(object, key));
    json_t *changed = old ? json_object_get(map, old) : NULL;
    if (changed)
        json_object_set(object, key, changed);
}

void gb_map_list(json_t *list, json_t *map)
{
    for (size_t i = 0; i < json_array_size(list); i++) {
        const char *old = json_string_value(json_array_get(list, i));
        json_t *changed = old ? json_object_get(map, old) : NULL;
        if (changed)
            json_array_set(list, i, changed);
    }
}
