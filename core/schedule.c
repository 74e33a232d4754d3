/* schedule.c - one statement's values in the order they are computed; see schedule.h. */
#include "schedule.h"

#include <errno.h>

struct gb_visit {
    const struct gb_node *node; /* whose inputs are looked at */
    uint32_t value;             /* its index; GB_NIL: the statement */
    uint32_t next;              /* the next input */
    uint32_t unit;              /* where its inputs are computed */
    uint32_t own_unit;          /* where it is computed itself */
    uint32_t depth;
    uint8_t kind;
    bool side; /* it is the side of a choice */
};

int gb_schedule_init(struct gb_schedule *s, const struct gb_plan *plan, const uint8_t *named,
                     struct arena *arena)
{
    size_t n = plan->graph->n_nodes, inputs = plan->graph->n_inputs;
    *s = (struct gb_schedule){.plan = plan, .named = named};
    /* every step answers for an input, as its declaration or its use, or is the root */
    s->steps = arena_new_array(arena, 2 * inputs + 2, struct gb_step);
    s->met = arena_new_array(arena, n, uint32_t);
    s->counted = arena_new_array(arena, n, uint32_t);
    s->times = arena_new_array(arena, n, uint8_t);
    s->lazy = arena_new_array(arena, n, uint32_t);
    s->stack = arena_new_array(arena, n + 2, struct gb_visit);
    s->operands = arena_new_array(arena, inputs + n + 2, uint32_t);
    if (!s->steps || !s->met || !s->counted || !s->times || !s->lazy || !s->stack || !s->operands)
        return -ENOMEM;
    return 0;
}

static bool lazy_op(const struct gb_node *n)
{
    return n->op == GB_OP_AND || n->op == GB_OP_OR || n->op == GB_OP_SELECT;
}

/* Items in braces are computed from left to right in C++, too. */
static bool keeps_order(const struct gb_node *n)
{
    return n->op == GB_OP_PRINT || n->op == GB_OP_ARRAY;
}

static const struct gb_input *input_of(const struct gb_schedule *s, const struct gb_node *n,
                                       uint32_t i)
{
    return &s->plan->graph->inputs[n->inputs + i];
}

/* ---- how often volatile values are used in this statement ----------------------------------- */

static void count_input(struct gb_schedule *s, const struct gb_input *in, uint32_t *depth)
{
    if (in->src == GB_NIL)
        return;
    uint32_t node = gb_fold_source(&s->plan->fold, in);
    uint8_t flags = s->plan->flags[node];
    if (flags & GB_PLAN_LEAF || !(flags & GB_PLAN_VOLATILE) || s->named[node])
        return;
    bool again = s->counted[node] == s->run;
    s->times[node] = again ? 2 : 1;
    s->counted[node] = s->run;
    if (!again)
        s->stack[(*depth)++] = (struct gb_visit){.node = &s->plan->graph->nodes[node]};
}

static void count_volatile(struct gb_schedule *s, const struct gb_node *root)
{
    uint32_t depth = 0;
    s->stack[depth++] = (struct gb_visit){.node = root};
    while (depth) {
        const struct gb_node *n = s->stack[--depth].node;
        for (uint32_t i = 0; i < n->n_inputs; i++)
            count_input(s, input_of(s, n, i), &depth);
    }
}

/* ---- operands, in order --------------------------------------------------------------------- */

static bool is_total(const struct gb_schedule *s, uint32_t node)
{
    return !(s->plan->flags[node] & GB_PLAN_ORDERED_DEEP);
}

static bool used_again(const struct gb_schedule *s, uint32_t node)
{
    if (s->plan->flags[node] & GB_PLAN_VOLATILE)
        return s->counted[node] == s->run && s->times[node] > 1;
    return s->plan->form[node] == GB_FORM_SHARED;
}

/* What becomes of a value first met in `unit`. In the statement itself it is computed on the spot;
 * where it need not run, only what is total may be. */
static enum gb_step_kind kind_in(const struct gb_schedule *s, uint32_t node, uint32_t unit)
{
    bool again = used_again(s, node);
    if (!again && !(s->plan->flags[node] & GB_PLAN_CUT))
        return GB_STEP_INLINE;
    if (unit == GB_NIL || is_total(s, node))
        return GB_STEP_LOCAL;
    return again ? GB_STEP_LAZY : GB_STEP_LAMBDA;
}

static uint32_t add_step(struct gb_schedule *s, uint32_t node, uint32_t unit,
                         enum gb_step_kind kind)
{
    s->steps[s->n_steps] =
        (struct gb_step){.node = node, .unit = unit, .kind = (uint8_t)kind, .next = GB_NIL};
    return s->n_steps++;
}

/* An input that is a name already: a lazy one may compute here. */
static void meet_name(struct gb_schedule *s, uint32_t node, uint32_t unit, bool lazy)
{
    uint32_t step = GB_NIL;
    s->fresh = s->fresh || s->plan->form[node] == GB_FORM_FRESH;
    if (lazy) {
        step = add_step(s, node, unit, GB_STEP_INLINE);
        s->steps[step].ordered = true;
    }
    s->operands[s->n_operands++] = step;
}

/* Whether an earlier step of this run declares the value lazily. */
static bool met_lazily(const struct gb_schedule *s, uint32_t node)
{
    return s->lazy[node] == s->run;
}

static void open_visit(struct gb_schedule *s, uint32_t *depth, uint32_t node, uint32_t unit,
                       enum gb_step_kind kind, bool side)
{
    bool own = kind == GB_STEP_LAZY || kind == GB_STEP_LAMBDA || side;
    if (kind == GB_STEP_LOCAL && unit != GB_NIL)
        unit = GB_NIL; /* total: declared outside of every lambda */
    s->met[node] = s->run;
    s->stack[*depth] = (struct gb_visit){
        .node = &s->plan->graph->nodes[node],
        .value = node,
        .unit = own ? node : unit,
        .own_unit = unit,
        .depth = s->n_operands,
        .kind = (uint8_t)kind,
        .side = side,
    };
    (*depth)++;
}

/* Looks at the next input of the visit on top. */
static void meet_input(struct gb_schedule *s, uint32_t *depth)
{
    struct gb_visit *v = &s->stack[*depth - 1];
    uint32_t index = v->next++;
    const struct gb_input *in = input_of(s, v->node, index);
    uint32_t node = in->src == GB_NIL ? GB_NIL : gb_fold_source(&s->plan->fold, in);
    bool literal = node != GB_NIL && s->plan->fold.known[node] && !s->named[node];
    if (node == GB_NIL || literal || s->plan->flags[node] & GB_PLAN_LEAF) {
        s->operands[s->n_operands++] = GB_NIL;
        return;
    }
    if (s->named[node] || s->met[node] == s->run) {
        meet_name(s, node, v->unit, s->named[node] == GB_NAMED_LAZY || met_lazily(s, node));
        return;
    }
    bool side = index > 0 && lazy_op(v->node);
    uint32_t unit = side ? node : v->unit;
    enum gb_step_kind kind = kind_in(s, node, unit);
    open_visit(s, depth, node, kind == GB_STEP_LOCAL ? v->unit : unit, kind,
               side && kind == GB_STEP_INLINE);
}

/* ---- order among operands ------------------------------------------------------------------- */

/* A lambda that is asked ahead of its use has to remember. */
static void materialise(struct gb_schedule *s, uint32_t step)
{
    struct gb_step *t = &s->steps[step];
    if (step > 0 && t[-1].node == t->node && t[-1].kind == GB_STEP_LAMBDA) {
        t[-1].kind = GB_STEP_LAZY;
        s->lazy[t->node] = s->run;
    }
    bool name = s->named[t->node] == GB_NAMED_LAZY || met_lazily(s, t->node);
    t->kind = (uint8_t)(name ? GB_STEP_FORCE : GB_STEP_LOCAL);
    t->ordered = false;
    t->prelude = true;
}

/* What is observable and has something observable behind it is taken out, from the last operand to
 * the first. Returns whether anything is computed before the expression. */
static bool order_operands(struct gb_schedule *s, const struct gb_visit *v)
{
    bool later = false, braces = keeps_order(v->node), prelude = false;
    for (uint32_t i = s->n_operands; i-- > v->depth;) {
        uint32_t step = s->operands[i];
        if (step == GB_NIL)
            continue;
        if (later && s->steps[step].ordered)
            materialise(s, step);
        prelude = prelude || s->steps[step].prelude;
        later = later || s->steps[step].prelude || (s->steps[step].ordered && !braces);
    }
    return prelude;
}

static bool any_ordered(const struct gb_schedule *s, const struct gb_visit *v)
{
    for (uint32_t i = v->depth; i < s->n_operands; i++)
        if (s->operands[i] != GB_NIL && s->steps[s->operands[i]].ordered)
            return true;
    return false;
}

/* All inputs are met: the value's own step. */
static void close_visit(struct gb_schedule *s, const struct gb_visit *v)
{
    bool prelude;
    if (lazy_op(v->node)) {
        uint32_t first = s->operands[v->depth];
        prelude = first != GB_NIL && s->steps[first].prelude;
    } else {
        prelude = order_operands(s, v);
    }
    bool ordered = any_ordered(s, v);
    s->n_operands = v->depth;
    if (v->value == GB_NIL)
        return;
    uint32_t step = add_step(s, v->value, v->own_unit, (enum gb_step_kind)v->kind);
    struct gb_step *t = &s->steps[step];
    t->ordered = ordered || s->plan->flags[v->value] & GB_PLAN_ORDERED;
    t->prelude = prelude;
    if (v->side && prelude)
        t->kind = GB_STEP_LAMBDA;
    if (t->kind == GB_STEP_LAZY || t->kind == GB_STEP_LAMBDA || v->side)
        t->prelude = false;
    if (t->kind == GB_STEP_LAZY)
        s->lazy[v->value] = s->run;
    if (t->kind == GB_STEP_LOCAL) {
        t->prelude = t->prelude || t->ordered;
        t->ordered = false;
    }
    bool declares = t->kind == GB_STEP_LAZY || t->kind == GB_STEP_LAMBDA;
    if (declares && !v->side && v != s->stack) { /* the declaration stays, its use may move */
        step = add_step(s, v->value, v->own_unit, GB_STEP_INLINE);
        s->steps[step].ordered = true;
    }
    s->operands[s->n_operands++] = step;
}

static void run(struct gb_schedule *s, uint32_t depth)
{
    while (depth) {
        struct gb_visit *v = &s->stack[depth - 1];
        if (v->next < v->node->n_inputs)
            meet_input(s, &depth);
        else
            close_visit(s, &s->stack[--depth]);
    }
}

void gb_schedule_inputs(struct gb_schedule *s, const struct gb_node *statement)
{
    s->run++;
    s->fresh = false;
    s->n_steps = s->n_operands = 0;
    count_volatile(s, statement);
    s->stack[0] = (struct gb_visit){.node = statement, .value = GB_NIL, .unit = GB_NIL};
    run(s, 1);
}

void gb_schedule_value(struct gb_schedule *s, uint32_t node, bool lazily)
{
    uint32_t depth = 0;
    s->run++;
    s->fresh = false;
    s->n_steps = s->n_operands = 0;
    if (s->plan->flags[node] & GB_PLAN_LEAF || s->named[node])
        return;
    count_volatile(s, &s->plan->graph->nodes[node]);
    open_visit(s, &depth, node, GB_NIL, lazily ? GB_STEP_LAZY : GB_STEP_INLINE, false);
    run(s, depth);
}
