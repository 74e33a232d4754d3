/*
 * check_result.c - what a function returns when its end is reached.
 *
 * `return` names it; else it is the last value-producing node in topological order, ties by
 * position. A value that cannot be had at the end (it needs a For's index or a variable of an inner
 * scope) is passed over.
 */
#include "check.h"

#include <errno.h>

/* ---- a heap of nodes, the lowest first ------------------------------------------------------- */

struct heap {
    uint32_t *v, n;
};

static void push(struct heap *h, uint32_t v)
{
    uint32_t i = h->n++;
    for (; i > 0 && h->v[(i - 1) / 2] > v; i = (i - 1) / 2)
        h->v[i] = h->v[(i - 1) / 2];
    h->v[i] = v;
}

static uint32_t pop(struct heap *h)
{
    uint32_t top = h->v[0], last = h->v[--h->n], i = 0;
    for (uint32_t child; (child = 2 * i + 1) < h->n; i = child) {
        if (child + 1 < h->n && h->v[child + 1] < h->v[child])
            child++;
        if (last <= h->v[child])
            break;
        h->v[i] = h->v[child];
    }
    h->v[i] = last;
    return top;
}

/* ---- the last value -------------------------------------------------------------------------- */

/* Whether the value can be had at the function's end, given that its inputs' `had` is known. */
static bool can_be_had(const struct gb_scan *s, const bool *had, uint32_t v)
{
    const struct gb_node *node = &s->g->nodes[v];
    if (node->op == GB_OP_VARGET)
        return s->names[v] != GB_NIL && s->in_body[s->names[v]];
    if (node->op == GB_OP_VARDECL)
        return node->block == 0;
    if (node->op == GB_OP_FOR)
        return false;
    for (uint32_t i = 0; i < node->n_inputs; i++) {
        uint32_t src = s->g->inputs[node->inputs + i].src;
        if (src != GB_NIL && !had[src])
            return false;
    }
    return true;
}

static bool is_candidate(const struct gb_scan *s, uint32_t v)
{
    const struct gb_node *node = &s->g->nodes[v];
    bool value = !node->statement || gb_is_tentative(s, v);
    return value && node->op != GB_OP_SEQUENCE && v < s->raw->n_declared && !s->raw->broken[v];
}

static int find_last_value(struct gb_checking *c, struct gb_scan *s)
{
    uint32_t n = s->g->n_nodes;
    struct heap ready = {.v = arena_new_array(c->tmp, n, uint32_t)};
    uint32_t *waits = arena_new_array(c->tmp, n, uint32_t);
    bool *had = arena_new_array(c->tmp, n, bool);
    if (!ready.v || !waits || !had)
        return -ENOMEM;
    for (uint32_t i = 0; i < s->users.first[n]; i++)
        waits[s->users.arcs[i].to]++;
    for (uint32_t v = 0; v < n; v++)
        if (waits[v] == 0)
            push(&ready, v);
    while (ready.n) {
        uint32_t v = pop(&ready);
        had[v] = can_be_had(s, had, v);
        if (had[v] && is_candidate(s, v))
            s->g->result = v;
        for (uint32_t at = s->users.first[v]; at < s->users.first[v + 1]; at++)
            if (--waits[s->users.arcs[at].to] == 0)
                push(&ready, s->users.arcs[at].to);
    }
    return 0;
}

/* ---- the decision ---------------------------------------------------------------------------- */

static bool returns_value(const struct gb_scan *s)
{
    for (uint32_t v = 0; v < s->g->n_nodes; v++) {
        const struct gb_node *node = &s->g->nodes[v];
        if (node->op == GB_OP_RETURN && node->n_inputs && s->g->inputs[node->inputs].src != GB_NIL)
            return true;
    }
    return false;
}

/* Whether a node that might have given the value is one that was complained about. */
static bool has_broken(const struct gb_scan *s)
{
    for (uint32_t v = 0; v < s->raw->n_declared; v++)
        if (s->raw->broken[v])
            return true;
    return false;
}

int gb_check_result(struct gb_checking *c, struct gb_scan *s)
{
    if (!s->func)
        return 0;
    bool named = s->raw->result_jval != JSON_NONE;
    if (!s->falls[0])
        s->g->result = GB_NIL;
    else if (!named && !(s->raw->declares_ret && s->func->ret.base == GB_VOID)) {
        int r = find_last_value(c, s);
        if (r)
            return r;
        s->implicit_result = s->g->result != GB_NIL;
    }
    s->untyped_ret = !s->raw->declares_ret || s->func->ret.base == GB_UNKNOWN;
    bool gives = named || s->g->result != GB_NIL || returns_value(s) || has_broken(s);
    if (s->untyped_ret)
        s->func->ret = (struct gb_type){gives ? GB_UNKNOWN : GB_VOID, 0};
    return 0;
}
