/* forest.c - see forest.h. */
#include "forest.h"

#include <errno.h>

int gb_forest_init(struct gb_forest *t, uint32_t n, struct arena *a)
{
    t->parent = arena_new_array(a, n, uint32_t);
    t->jump = arena_new_array(a, n, uint32_t);
    t->depth = arena_new_array(a, n, uint32_t);
    return t->parent && t->jump && t->depth ? 0 : -ENOMEM;
}

void gb_forest_root(struct gb_forest *t, uint32_t v)
{
    t->parent[v] = t->jump[v] = v;
    t->depth[v] = 0;
}

void gb_forest_add(struct gb_forest *t, uint32_t v, uint32_t parent)
{
    uint32_t hop = t->jump[parent];
    uint32_t far = t->jump[hop];
    bool same_length = t->depth[parent] - t->depth[hop] == t->depth[hop] - t->depth[far];
    t->parent[v] = parent;
    t->depth[v] = t->depth[parent] + 1;
    t->jump[v] = same_length ? far : parent;
}

uint32_t gb_forest_up(const struct gb_forest *t, uint32_t v, uint32_t depth)
{
    while (t->depth[v] > depth)
        v = t->depth[t->jump[v]] >= depth ? t->jump[v] : t->parent[v];
    return v;
}

bool gb_forest_above(const struct gb_forest *t, uint32_t a, uint32_t v)
{
    return t->depth[a] <= t->depth[v] && gb_forest_up(t, v, t->depth[a]) == a;
}

uint32_t gb_forest_join(const struct gb_forest *t, uint32_t u, uint32_t v)
{
    if (t->depth[u] > t->depth[v])
        u = gb_forest_up(t, u, t->depth[v]);
    else
        v = gb_forest_up(t, v, t->depth[u]);
    while (u != v) { /* equal depths have jumps of equal length */
        bool hop = t->jump[u] != t->jump[v];
        u = hop ? t->jump[u] : t->parent[u];
        v = hop ? t->jump[v] : t->parent[v];
    }
    return u;
}
