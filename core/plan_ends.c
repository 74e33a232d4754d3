/* plan_ends.c - functions that can only call themselves again; see plan.h.
 *
 * Compilers warn about them, and rightly; the language defines them: they end in a fault.
 */
#include <errno.h>

#include "plan.h"

struct search {
    const struct gb_plan *plan;
    uint32_t self;   /* the function */
    bool *calls;     /* by node: computing it surely calls the function */
    uint8_t *passes; /* by block: BLOCK_* */
};

enum { BLOCK_PASSES = 1, BLOCK_LEAVES = 2 };

/* Whether one of the inputs that are surely computed calls the function. */
static bool inputs_call(const struct search *s, const struct gb_node *n)
{
    bool lazy = n->op == GB_OP_AND || n->op == GB_OP_OR || n->op == GB_OP_SELECT;
    for (uint32_t i = 0; i < (lazy ? 1 : n->n_inputs); i++) {
        const struct gb_input *in = &s->plan->graph->inputs[n->inputs + i];
        if (in->src != GB_NIL && s->calls[gb_fold_source(&s->plan->fold, in)])
            return true;
    }
    return false;
}

static bool calls_itself(const struct search *s, const struct gb_node *n)
{
    return (n->op == GB_OP_CALL && n->callee == s->self) || inputs_call(s, n);
}

static void mark_calls(struct search *s)
{
    const struct gb_fold *f = &s->plan->fold;
    for (uint32_t i = 0; i < f->n_order; i++) {
        uint32_t node = f->order[i];
        const struct gb_node *n = &s->plan->graph->nodes[node];
        if (!f->known[node] && !gb_is_slot(n))
            s->calls[node] = calls_itself(s, n);
    }
}

static uint8_t block_result(const struct search *s, uint32_t block)
{
    return block == GB_NIL ? BLOCK_PASSES : s->passes[block];
}

/* How control can get past a statement without calling: on to the next one, out of the function. */
static uint8_t statement_result(const struct search *s, const struct gb_stmt *t)
{
    const struct gb_node *n = &s->plan->graph->nodes[t->node];
    if (calls_itself(s, n))
        return 0;
    if (n->op == GB_OP_RETURN)
        return BLOCK_LEAVES;
    if (n->op == GB_OP_IF)
        return block_result(s, t->blocks[0]) | block_result(s, t->blocks[1]);
    return BLOCK_PASSES | (t->blocks[0] == GB_NIL ? 0 : block_result(s, t->blocks[0]));
}

static uint8_t run_block(const struct search *s, uint32_t block)
{
    const struct gb_block *b = &s->plan->graph->blocks[block];
    uint8_t result = 0;
    for (uint32_t i = 0; i < b->n_stmts; i++) {
        uint8_t r = statement_result(s, &b->stmts[i]);
        result |= r & BLOCK_LEAVES;
        if (!(r & BLOCK_PASSES))
            return result;
    }
    return result | BLOCK_PASSES;
}

/* Inner blocks are numbered before the outer ones are looked at: from the last place to the first,
 * a block is complete when its owner is met. */
static void run_blocks(struct search *s)
{
    for (uint32_t p = s->plan->n_places; p-- > 0;) {
        const struct gb_stmt *t = s->plan->places[p].stmt;
        for (int i = 0; t && i < 2; i++)
            if (t->blocks[i] != GB_NIL)
                s->passes[t->blocks[i]] = run_block(s, t->blocks[i]);
    }
    s->passes[0] = run_block(s, 0);
}

int gb_plan_never_ends(const struct gb_plan *plan, struct arena *arena, bool *ret)
{
    const struct gb_graph *g = plan->graph;
    struct search s = {
        .plan = plan,
        .self = (uint32_t)(g->func - plan->program->funcs),
        .calls = arena_new_array(arena, g->n_nodes, bool),
        .passes = arena_new_array(arena, g->n_blocks, uint8_t),
    };
    if (!s.calls || !s.passes)
        return -ENOMEM;
    mark_calls(&s);
    run_blocks(&s);
    bool end = s.passes[0] & BLOCK_PASSES;
    if (end && gb_plan_needs_result(g) && s.calls[plan->fold.stands[g->result]])
        end = false;
    *ret = !end && !(s.passes[0] & BLOCK_LEAVES);
    return 0;
}
