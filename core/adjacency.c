/* adjacency.c - see adjacency.h. */
#include "adjacency.h"

#include <errno.h>

int gb_adjacency_build(struct gb_adjacency *ret, uint32_t n, const struct gb_arc *arcs, uint32_t m,
                       struct arena *a)
{
    uint32_t *first = arena_new_array(a, (size_t)n + 2, uint32_t);
    struct gb_arc *sorted = arena_new_array(a, m, struct gb_arc);
    if (!first || !sorted)
        return -ENOMEM;
    /* first[v + 2] counts v, then runs ahead by one while the arcs are dealt out. */
    for (uint32_t i = 0; i < m; i++)
        first[arcs[i].from + 2]++;
    for (uint32_t v = 1; v < n; v++)
        first[v + 1] += first[v];
    for (uint32_t i = 0; i < m; i++)
        sorted[first[arcs[i].from + 1]++] = arcs[i];
    *ret = (struct gb_adjacency){first, sorted};
    return 0;
}

int gb_users(struct gb_adjacency *ret, const struct gb_graph *g, struct arena *a)
{
    struct gb_arc *arcs = arena_new_array(a, g->n_inputs, struct gb_arc);
    if (!arcs)
        return -ENOMEM;
    uint32_t m = 0;
    for (uint32_t v = 0; v < g->n_nodes; v++)
        for (uint32_t i = 0; i < g->nodes[v].n_inputs; i++) {
            uint32_t in = g->nodes[v].inputs + i;
            if (g->inputs[in].src != GB_NIL)
                arcs[m++] = (struct gb_arc){g->inputs[in].src, v, in};
        }
    return gb_adjacency_build(ret, g->n_nodes, arcs, m, a);
}
