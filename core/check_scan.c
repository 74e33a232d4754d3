/* check_scan.c - the places of statements and the needs of values. */
#include "check.h"

#include <errno.h>

/* Fills values: Kahn's algorithm over the data edges, which are acyclic by now. */
static int order_values(struct gb_checking *c, struct gb_scan *s)
{
    uint32_t n = s->g->n_nodes, tail = 0;
    uint32_t *waits = arena_new_array(c->tmp, n, uint32_t);
    s->values = arena_new_array(c->tmp, n, uint32_t);
    if (!waits || !s->values)
        return -ENOMEM;
    for (uint32_t i = 0; i < s->users.first[n]; i++)
        waits[s->users.arcs[i].to]++;
    for (uint32_t v = 0; v < n; v++)
        if (waits[v] == 0)
            s->values[tail++] = v;
    for (uint32_t k = 0; k < tail; k++) {
        uint32_t v = s->values[k];
        for (uint32_t at = s->users.first[v]; at < s->users.first[v + 1]; at++)
            if (--waits[s->users.arcs[at].to] == 0)
                s->values[tail++] = s->users.arcs[at].to;
    }
    return 0;
}

/* A walk through the statement tree in the order of the text. */
struct step {
    uint32_t block, at; /* at: twice the statement's index, plus the slot of the block to enter */
};

static int number_places(struct gb_checking *c, struct gb_scan *s)
{
    const struct gb_graph *g = s->g;
    struct step *stack = arena_new_array(c->tmp, g->n_blocks, struct step);
    uint32_t depth = 1, place = 1;
    if (!stack)
        return -ENOMEM;
    stack[0] = (struct step){0, 0};
    s->first[0] = 1;
    while (depth) {
        struct step *top = &stack[depth - 1];
        const struct gb_block *block = &g->blocks[top->block];
        if (top->at == 2 * block->n_all) {
            s->last[top->block] = place - 1;
            depth--;
            continue;
        }
        const struct gb_stmt *stmt = &block->stmts[top->at / 2];
        if (top->at % 2 == 0)
            s->place[stmt->node] = place++;
        uint32_t inner = stmt->blocks[top->at++ % 2];
        if (inner == GB_NIL)
            continue;
        if (g->nodes[stmt->node].op != GB_OP_IF)
            s->body[stmt->node] = inner;
        s->first[inner] = place;
        stack[depth++] = (struct step){inner, 0};
    }
    s->end = s->last[0] = place;
    return 0;
}

static bool completes(const struct gb_scan *s, const struct gb_stmt *stmt)
{
    switch ((int)s->g->nodes[stmt->node].op) {
    case GB_OP_RETURN:
    case GB_OP_BREAK:
    case GB_OP_CONTINUE:
        return false;
    case GB_OP_IF:
        return stmt->blocks[0] == GB_NIL || stmt->blocks[1] == GB_NIL ||
               s->falls[stmt->blocks[0]] || s->falls[stmt->blocks[1]];
    default:
        return true;
    }
}

/* Leaves what stands behind a Return, Break or Continue out of n_stmts, with a warning. */
static void cut_unreachable(struct gb_checking *c, struct gb_scan *s)
{
    for (uint32_t b = s->g->n_blocks; b-- > 0;) { /* inner blocks have higher numbers */
        struct gb_block *block = &s->g->blocks[b];
        uint32_t n = 0;
        s->falls[b] = true;
        while (n < block->n_all && s->falls[b])
            s->falls[b] = completes(s, &block->stmts[n++]);
        block->n_stmts = n;
        for (uint32_t i = n; i < block->n_all; i++) {
            const struct gb_node *node = &s->g->nodes[block->stmts[i].node];
            if (gb_is_tentative(s, block->stmts[i].node))
                continue;
            struct gb_error *e = gb_warn(c->f, GB_E_unreachable, s->g, block->stmts[i].node,
                                         node->jval, "'%.*s' is never reached", STR_ARG(node->id));
            e->from = s->g->nodes[block->stmts[n - 1].node].id;
        }
    }
}

static void empty(struct gb_graph *g, uint32_t block)
{
    if (block != GB_NIL)
        g->blocks[block].n_stmts = 0;
}

/* What cannot be reached is not reached inside either: outer blocks first, to any depth. */
static void empty_unreachable(struct gb_graph *g)
{
    for (uint32_t b = 0; b < g->n_blocks; b++)
        for (uint32_t i = g->blocks[b].n_stmts; i < g->blocks[b].n_all; i++) {
            empty(g, g->blocks[b].stmts[i].blocks[0]);
            empty(g, g->blocks[b].stmts[i].blocks[1]);
        }
}

int gb_scan_graph(struct gb_checking *c, struct gb_scan *s)
{
    uint32_t n = s->g->n_nodes, blocks = s->g->n_blocks;
    s->place = arena_new_array(c->tmp, n, uint32_t);
    s->body = arena_new_array(c->tmp, n, uint32_t);
    s->first = arena_new_array(c->tmp, blocks, uint32_t);
    s->last = arena_new_array(c->tmp, blocks, uint32_t);
    s->falls = arena_new_array(c->tmp, blocks, bool);
    if (!s->place || !s->body || !s->first || !s->last || !s->falls)
        return -ENOMEM;
    for (uint32_t v = 0; v < n; v++)
        s->body[v] = GB_NIL;
    int r = gb_users(&s->users, s->g, c->tmp);
    r = r ? r : order_values(c, s);
    r = r ? r : number_places(c, s);
    if (r == 0) {
        cut_unreachable(c, s);
        empty_unreachable(s->g);
    }
    return r;
}

static void need(struct gb_scan *s, uint32_t v, uint32_t from, uint32_t to)
{
    if (from == 0)
        return;
    if (s->needed_first[v] == 0 || from < s->needed_first[v])
        s->needed_first[v] = from;
    if (to > s->needed_last[v])
        s->needed_last[v] = to;
}

int gb_scan_needs(struct gb_checking *c, struct gb_scan *s)
{
    uint32_t n = s->g->n_nodes;
    s->needed_first = arena_new_array(c->tmp, n, uint32_t);
    s->needed_last = arena_new_array(c->tmp, n, uint32_t);
    if (!s->needed_first || !s->needed_last)
        return -ENOMEM;
    if (s->g->result != GB_NIL)
        need(s, s->g->result, s->end, s->end);
    for (uint32_t k = n; k-- > 0;) {
        uint32_t v = s->values[k];
        for (uint32_t at = s->users.first[v]; at < s->users.first[v + 1]; at++) {
            uint32_t user = s->users.arcs[at].to;
            if (s->g->nodes[user].statement)
                need(s, v, s->place[user], s->place[user]);
            else
                need(s, v, s->needed_first[user], s->needed_last[user]);
        }
    }
    return 0;
}
