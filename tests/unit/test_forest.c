/* test_forest.c - ancestors and joins in growing trees, against walking up by hand. */
#include "forest.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define N 500

static uint32_t walk_up(const struct gb_forest *t, uint32_t v, uint32_t depth)
{
    while (t->depth[v] > depth)
        v = t->parent[v];
    return v;
}

static uint32_t join_by_hand(const struct gb_forest *t, uint32_t u, uint32_t v)
{
    while (u != v) {
        if (t->depth[u] >= t->depth[v])
            u = t->parent[u];
        else
            v = t->parent[v];
    }
    return u;
}

/* `spread` bounds how far back a parent may stand: 1 gives one long chain. */
static void grow(struct gb_forest *t, struct arena *a, uint32_t spread)
{
    uint32_t random = spread;
    assert_int_equal(gb_forest_init(t, N, a), 0);
    gb_forest_root(t, 0);
    for (uint32_t v = 1; v < N; v++) {
        random = random * 1103515245U + 12345U;
        uint32_t back = 1 + (random >> 16) % spread;
        gb_forest_add(t, v, back > v ? 0 : v - back);
    }
}

static void ancestors_and_joins_are_those_of_a_walk(void **state)
{
    (void)state;
    static const uint32_t spreads[] = {1, 2, 3, 17, N};
    for (size_t i = 0; i < sizeof spreads / sizeof *spreads; i++) {
        struct arena a = ARENA_INIT(0);
        struct gb_forest t;
        grow(&t, &a, spreads[i]);
        for (uint32_t u = 0; u < N; u += 7)
            for (uint32_t v = 0; v < N; v += 3) {
                assert_int_equal(gb_forest_join(&t, u, v), join_by_hand(&t, u, v));
                assert_int_equal(gb_forest_above(&t, u, v), join_by_hand(&t, u, v) == u);
                if (t.depth[u] <= t.depth[v])
                    assert_int_equal(gb_forest_up(&t, v, t.depth[u]), walk_up(&t, v, t.depth[u]));
            }
        arena_free(&a);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ancestors_and_joins_are_those_of_a_walk),
    };
    return cmocka_run_group_tests(tests, NULL, NULL) != 0;
}
