/* plan.c - where each value of a graph is computed; see plan.h. */
#include "plan.h"

#include <errno.h>

/* How many operations one expression holds before it is cut. */
#define EXPRESSION_WEIGHT 8
/* A longer text that is used more than once becomes a local. */
#define INLINE_TEXT 40

struct block_place {
    uint32_t parent, depth;
    uint32_t jump;  /* an ancestor further up: any ancestor is O(log depth) steps away */
    uint32_t owner; /* the place of the statement it belongs to */
};

struct planner {
    struct gb_plan *plan;
    const struct gb_graph *g;
    struct arena *arena;
    struct block_place *blocks;
    uint32_t *first, *last; /* by node: the places it is needed between */
    uint8_t *weight;        /* by node: operations in its expression */
    bool *heavy;            /* by node: volatile, and more than a line's worth to write again;
                             * NULL unless the plan is fresh */
};

/* ---- places --------------------------------------------------------------------------------- */

static void enter_block(struct planner *w, uint32_t block, uint32_t owner)
{
    struct block_place *b = &w->blocks[block];
    uint32_t parent = w->g->blocks[block].parent;
    *b = (struct block_place){.parent = parent, .owner = owner};
    if (parent == GB_NIL) {
        b->jump = b->parent = block;
        return;
    }
    const struct block_place *p = &w->blocks[parent], *q = &w->blocks[p->jump];
    b->depth = p->depth + 1;
    b->jump = p->depth - q->depth == q->depth - w->blocks[q->jump].depth ? q->jump : parent;
}

struct walk {
    uint32_t block, at;
};

static uint32_t count_statements(const struct gb_graph *g)
{
    uint32_t n = 1;
    for (uint32_t i = 0; i < g->n_blocks; i++)
        n += g->blocks[i].n_stmts;
    return n;
}

/* Numbers the statements in the order they are written. */
static int number_places(struct planner *w)
{
    const struct gb_graph *g = w->g;
    struct gb_plan *plan = w->plan;
    struct walk *stack = arena_new_array(w->arena, (size_t)2 * g->n_blocks + 1, struct walk);
    uint32_t depth = 0;
    plan->places = arena_new_array(w->arena, count_statements(g), struct gb_place);
    w->blocks = arena_new_array(w->arena, g->n_blocks, struct block_place);
    if (!stack || !plan->places || !w->blocks)
        return -ENOMEM;
    enter_block(w, 0, GB_NIL);
    stack[depth++] = (struct walk){0, 0};
    while (depth) {
        struct walk *top = &stack[depth - 1];
        const struct gb_block *b = &g->blocks[top->block];
        if (top->at == b->n_stmts) {
            depth--;
            continue;
        }
        const struct gb_stmt *s = &b->stmts[top->at++];
        uint32_t place = plan->n_places++;
        plan->places[place] = (struct gb_place){s, top->block};
        for (int i = 1; i >= 0; i--)
            if (s->blocks[i] != GB_NIL) {
                enter_block(w, s->blocks[i], place);
                stack[depth++] = (struct walk){s->blocks[i], 0};
            }
    }
    if (gb_plan_needs_result(g))
        plan->places[plan->n_places++] = (struct gb_place){NULL, 0};
    return 0;
}

static uint32_t ancestor_at(const struct planner *w, uint32_t block, uint32_t depth)
{
    while (w->blocks[block].depth > depth) {
        uint32_t jump = w->blocks[block].jump;
        block = w->blocks[jump].depth >= depth ? jump : w->blocks[block].parent;
    }
    return block;
}

static uint32_t common_block(const struct planner *w, uint32_t a, uint32_t b)
{
    uint32_t da = w->blocks[a].depth, db = w->blocks[b].depth;
    a = ancestor_at(w, a, da < db ? da : db);
    b = ancestor_at(w, b, da < db ? da : db);
    while (a != b) {
        const struct block_place *x = &w->blocks[a], *y = &w->blocks[b];
        bool far = x->jump != y->jump;
        a = far ? x->jump : x->parent;
        b = far ? y->jump : y->parent;
    }
    return a;
}

/* The statement, in the block that holds all uses, that holds the first of them. */
static uint32_t anchor_of(const struct planner *w, uint32_t node)
{
    const struct gb_place *first = &w->plan->places[w->first[node]];
    const struct gb_place *last = &w->plan->places[w->last[node]];
    uint32_t home = common_block(w, first->block, last->block);
    if (home == first->block)
        return w->first[node];
    return w->blocks[ancestor_at(w, first->block, w->blocks[home].depth + 1)].owner;
}

bool gb_plan_returns(const struct gb_graph *g)
{
    const struct gb_block *body = &g->blocks[0];
    return body->n_stmts && g->nodes[body->stmts[body->n_stmts - 1].node].op == GB_OP_RETURN;
}

bool gb_plan_needs_result(const struct gb_graph *g)
{
    return g->func && g->func->ret.base != GB_VOID && g->result != GB_NIL && !gb_plan_returns(g);
}

/* ---- what a node is ------------------------------------------------------------------------- */

static bool is_name(const struct gb_node *n)
{
    return n->op == GB_OP_PARAM || n->op == GB_OP_VARGET || gb_is_slot(n);
}

static bool written_in_place(const struct gb_value *v)
{
    return v->type.depth == 0 && (v->type.base != GB_STRING || v->s.n <= INLINE_TEXT);
}

/* A divisor, shift count or start that is known to be harmless. */
static bool cannot_fault(const struct planner *w, const struct gb_node *n)
{
    if (n->n_inputs < 2 || w->g->inputs[n->inputs + 1].src == GB_NIL)
        return false;
    if (n->op == GB_OP_MOD && n->type.base == GB_DOUBLE)
        return true; /* fmod */
    const struct gb_value *v =
        w->plan->fold.known[gb_fold_source(&w->plan->fold, &w->g->inputs[n->inputs + 1])];
    if (!v || v->type.base != GB_INT || v->type.depth)
        return false;
    if (n->op == GB_OP_INTDIV || n->op == GB_OP_MOD)
        return v->i != 0;
    return (n->op == GB_OP_SHL || n->op == GB_OP_SHR || n->op == GB_OP_SUBSTRING) && v->i >= 0;
}

static uint8_t own_flags(const struct planner *w, const struct gb_node *n)
{
    uint8_t flags = 0;
    bool open = n->op == GB_OP_CALL || n->op == GB_OP_READ || n->op == GB_OP_EXTERNAL;
    if (n->fx & (GB_FX_VOLATILE | GB_FX_EFFECT))
        flags |= GB_PLAN_VOLATILE | (open ? GB_PLAN_ORDERED : 0);
    if (n->fx & (GB_FX_FAULT | GB_FX_EFFECT) && !cannot_fault(w, n))
        flags |= GB_PLAN_ORDERED;
    if (flags & GB_PLAN_ORDERED)
        flags |= GB_PLAN_ORDERED_DEEP;
    return flags;
}

static void set_flags(struct planner *w, uint32_t node)
{
    const struct gb_node *n = &w->g->nodes[node];
    const struct gb_value *v = w->plan->fold.known[node];
    uint8_t flags = 0;
    if (v) {
        flags = written_in_place(v) ? GB_PLAN_LEAF : 0;
    } else if (is_name(n)) {
        flags = GB_PLAN_LEAF;
        if (n->op == GB_OP_VARGET || n->op == GB_OP_VARDECL)
            flags |= GB_PLAN_VOLATILE;
    } else {
        flags = own_flags(w, n);
        for (uint32_t i = 0; i < n->n_inputs; i++) {
            const struct gb_input *in = &w->g->inputs[n->inputs + i];
            if (in->src != GB_NIL)
                flags |= w->plan->flags[gb_fold_source(&w->plan->fold, in)] &
                         (GB_PLAN_VOLATILE | GB_PLAN_ORDERED_DEEP);
        }
    }
    w->plan->flags[node] = flags;
}

/* ---- uses, consumers first ------------------------------------------------------------------ */

static void use(struct planner *w, const struct gb_input *in, uint32_t first, uint32_t last,
                uint8_t times)
{
    if (in->src == GB_NIL)
        return;
    uint32_t node = gb_fold_source(&w->plan->fold, in);
    uint8_t before = w->plan->uses[node];
    w->plan->uses[node] = before + times > 2 ? 2 : (uint8_t)(before + times);
    if (!before || first < w->first[node])
        w->first[node] = first;
    if (!before || last > w->last[node])
        w->last[node] = last;
}

static void use_inputs(struct planner *w, const struct gb_node *n, uint32_t first, uint32_t last)
{
    for (uint32_t i = 0; i < n->n_inputs; i++)
        use(w, &w->g->inputs[n->inputs + i], first, last, first == last ? 1 : 2);
}

static enum gb_form form_of(const struct planner *w, uint32_t node, uint32_t anchor)
{
    uint8_t flags = w->plan->flags[node];
    bool external = w->g->nodes[node].op == GB_OP_EXTERNAL && !w->plan->fold.known[node];
    if (w->heavy && w->heavy[node] && w->first[node] != w->last[node])
        return GB_FORM_FRESH;
    if (flags & (GB_PLAN_LEAF | GB_PLAN_VOLATILE) || (w->plan->uses[node] < 2 && !external))
        return GB_FORM_INLINE;
    if (!(flags & GB_PLAN_ORDERED_DEEP))
        return GB_FORM_LOCAL;
    const struct gb_stmt *s = w->plan->places[anchor].stmt;
    bool loop = s && w->g->nodes[s->node].op == GB_OP_WHILE;
    return loop || w->first[node] != anchor ? GB_FORM_LAZY : GB_FORM_SHARED;
}

/* A consumer that stands alone needs its inputs once, at its anchor; one that is written in
 * expressions needs them wherever these are. */
static void place_value(struct planner *w, uint32_t node)
{
    const struct gb_node *n = &w->g->nodes[node];
    uint32_t anchor = anchor_of(w, node);
    w->plan->form[node] = (uint8_t)form_of(w, node, anchor);
    if (w->plan->fold.known[node] || w->plan->flags[node] & GB_PLAN_LEAF)
        return;
    if (w->plan->form[node] == GB_FORM_INLINE)
        use_inputs(w, n, w->first[node], w->last[node]);
    else
        use_inputs(w, n, anchor, anchor);
}

static void count_uses(struct planner *w)
{
    struct gb_plan *plan = w->plan;
    for (uint32_t p = 0; p < plan->n_places; p++) {
        const struct gb_stmt *s = plan->places[p].stmt;
        struct gb_input result = {.src = w->g->result};
        if (s)
            use_inputs(w, &w->g->nodes[s->node], p, p);
        else
            use(w, &result, p, p, 1);
    }
    for (uint32_t i = plan->fold.n_order; i-- > 0;) {
        uint32_t node = plan->fold.order[i];
        if (plan->uses[node] && plan->fold.stands[node] == node)
            place_value(w, node);
    }
}

/* ---- volatile values that would be written too often -------------------------------------------- */

struct expansion {
    uint32_t *met; /* by node: the place, plus one, it was met for last */
    uint32_t *stack;
    uint64_t count, most;
};

static void expand_inputs(const struct planner *w, struct expansion *x, const struct gb_node *n,
                          uint32_t place, uint32_t *depth)
{
    for (uint32_t i = 0; i < n->n_inputs; i++) {
        const struct gb_input *in = &w->g->inputs[n->inputs + i];
        uint32_t node = in->src == GB_NIL ? GB_NIL : gb_fold_source(&w->plan->fold, in);
        uint8_t flags = node == GB_NIL ? GB_PLAN_LEAF : w->plan->flags[node];
        if (flags & GB_PLAN_LEAF || !(flags & GB_PLAN_VOLATILE) || x->met[node] == place + 1)
            continue;
        x->met[node] = place + 1;
        x->count++;
        x->stack[(*depth)++] = node;
    }
}

/* Whether writing every volatile value anew for each statement grows past the graph's own size. */
static int expands_too_much(const struct planner *w, bool *ret)
{
    uint32_t n = w->g->n_nodes;
    struct expansion x = {
        .met = arena_new_array(w->arena, n, uint32_t),
        .stack = arena_new_array(w->arena, n, uint32_t),
        .most = (uint64_t)2 * n + 100,
    };
    if (!x.met || !x.stack)
        return -ENOMEM;
    for (uint32_t p = 0; p < w->plan->n_places && x.count <= x.most; p++) {
        const struct gb_stmt *s = w->plan->places[p].stmt;
        uint32_t depth = 0;
        if (s)
            expand_inputs(w, &x, &w->g->nodes[s->node], p, &depth);
        while (depth && x.count <= x.most)
            expand_inputs(w, &x, &w->g->nodes[x.stack[--depth]], p, &depth);
    }
    *ret = x.count > x.most;
    return 0;
}

/* Which ones are worth a lambda: with what they are made of, they fill a line. */
static int find_heavy(struct planner *w)
{
    const struct gb_plan *plan = w->plan;
    uint8_t *weight = arena_new_array(w->arena, w->g->n_nodes, uint8_t);
    w->heavy = arena_new_array(w->arena, w->g->n_nodes, bool);
    if (!weight || !w->heavy)
        return -ENOMEM;
    for (uint32_t i = 0; i < plan->fold.n_order; i++) {
        uint32_t node = plan->fold.order[i], sum = 1;
        const struct gb_node *n = &w->g->nodes[node];
        if (plan->flags[node] & GB_PLAN_LEAF || !(plan->flags[node] & GB_PLAN_VOLATILE))
            continue;
        for (uint32_t j = 0; j < n->n_inputs && sum <= EXPRESSION_WEIGHT; j++) {
            const struct gb_input *in = &w->g->inputs[n->inputs + j];
            if (in->src != GB_NIL)
                sum += weight[gb_fold_source(&plan->fold, in)];
        }
        /* what reads or prints itself must not be written twice for one statement */
        bool once = n->op == GB_OP_READ || n->op == GB_OP_CALL || n->op == GB_OP_EXTERNAL;
        w->heavy[node] = once || sum > EXPRESSION_WEIGHT || n->n_inputs > EXPRESSION_WEIGHT;
        weight[node] = w->heavy[node] ? 0 : (uint8_t)sum;
    }
    return 0;
}

/* ---- cutting and anchoring, operands first -------------------------------------------------- */

static uint32_t weight_of(const struct planner *w, const struct gb_node *n)
{
    uint32_t weight = 1;
    for (uint32_t i = 0; i < n->n_inputs; i++) {
        const struct gb_input *in = &w->g->inputs[n->inputs + i];
        if (in->src != GB_NIL)
            weight += w->weight[gb_fold_source(&w->plan->fold, in)];
        if (weight > EXPRESSION_WEIGHT)
            break;
    }
    return weight;
}

static void cut(struct planner *w, uint32_t node)
{
    struct gb_plan *plan = w->plan;
    const struct gb_node *n = &w->g->nodes[node];
    if (plan->form[node] != GB_FORM_INLINE || plan->flags[node] & GB_PLAN_LEAF)
        return;
    uint32_t weight = plan->fold.known[node] ? 0 : weight_of(w, n);
    bool external = n->op == GB_OP_EXTERNAL;
    w->weight[node] = (uint8_t)weight;
    if (weight <= EXPRESSION_WEIGHT && !external)
        return;
    w->weight[node] = 0;
    if (plan->flags[node] & (GB_PLAN_VOLATILE | GB_PLAN_ORDERED_DEEP))
        plan->flags[node] |= GB_PLAN_CUT;
    else
        plan->form[node] = GB_FORM_LOCAL;
}

static void anchor(struct planner *w, uint32_t node, uint32_t *tails)
{
    struct gb_plan *plan = w->plan;
    if (plan->form[node] == GB_FORM_INLINE || plan->form[node] == GB_FORM_SHARED)
        return;
    uint32_t place = anchor_of(w, node);
    if (plan->anchored[place] == GB_NIL)
        plan->anchored[place] = node;
    else
        plan->next[tails[place]] = node;
    tails[place] = node;
}

static int cut_and_anchor(struct planner *w)
{
    struct gb_plan *plan = w->plan;
    uint32_t *tails = arena_new_array(w->arena, (size_t)plan->n_places + 1, uint32_t);
    if (!tails)
        return -ENOMEM;
    memset(plan->anchored, 0xff, plan->n_places * sizeof *plan->anchored);
    memset(plan->next, 0xff, w->g->n_nodes * sizeof *plan->next);
    for (uint32_t i = 0; i < plan->fold.n_order; i++) {
        uint32_t node = plan->fold.order[i];
        if (!plan->uses[node] || plan->fold.stands[node] != node)
            continue;
        cut(w, node);
        anchor(w, node, tails);
        const struct gb_node *n = &w->g->nodes[node];
        if (n->op == GB_OP_VARGET || n->op == GB_OP_VARDECL)
            plan->var_read[n->var] = true;
    }
    return 0;
}

/* ---- the plan ------------------------------------------------------------------------------- */

static int fold(struct planner *w)
{
    struct gb_plan *plan = w->plan;
    uint32_t n = 0;
    uint32_t *nodes = arena_new_array(w->arena, (size_t)plan->n_places + 1, uint32_t);
    if (!nodes)
        return -ENOMEM;
    for (uint32_t p = 0; p < plan->n_places; p++)
        if (plan->places[p].stmt)
            nodes[n++] = plan->places[p].stmt->node;
    return gb_fold(w->g, nodes, n, w->arena, &plan->fold);
}

int gb_plan(const struct gb_program *p, const struct gb_graph *g, struct arena *arena,
            struct gb_plan *ret)
{
    size_t n = g->n_nodes;
    struct planner w = {.plan = ret, .g = g, .arena = arena};
    *ret = (struct gb_plan){.program = p, .graph = g};
    ret->form = arena_new_array(arena, n, uint8_t);
    ret->flags = arena_new_array(arena, n, uint8_t);
    ret->uses = arena_new_array(arena, n, uint8_t);
    ret->next = arena_new_array(arena, n, uint32_t);
    ret->var_read = arena_new_array(arena, g->n_vars, bool);
    w.first = arena_new_array(arena, n, uint32_t);
    w.last = arena_new_array(arena, n, uint32_t);
    w.weight = arena_new_array(arena, n, uint8_t);
    if (!ret->form || !ret->flags || !ret->uses || !ret->next || !ret->var_read || !w.first ||
        !w.last || !w.weight || number_places(&w) || fold(&w))
        return -ENOMEM;
    ret->anchored = arena_new_array(arena, (size_t)ret->n_places + 1, uint32_t);
    if (!ret->anchored)
        return -ENOMEM;
    for (uint32_t i = 0; i < ret->fold.n_order; i++)
        set_flags(&w, ret->fold.order[i]);
    if (expands_too_much(&w, &ret->fresh) || (ret->fresh && find_heavy(&w)))
        return -ENOMEM;
    count_uses(&w);
    return cut_and_anchor(&w);
}
