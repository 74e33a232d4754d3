/* eval_value.c - values on demand: memos, their stamps, and computing one node. */
#include "eval.h"

#include <errno.h>

/* ---- memos ---------------------------------------------------------------------------------- */

static bool is_volatile(const struct gb_node *node)
{
    return node->fx & (GB_FX_VOLATILE | GB_FX_VOLATILE_DEEP | GB_FX_EFFECT | GB_FX_EFFECT_DEEP);
}

static uint64_t stamp_of(const struct frame *f, const struct gb_node *node)
{
    return is_volatile(node) ? f->statement : f->turns[node->block];
}

/* What needs no computing: constants, arguments, variables, a For's index. */
static bool is_constant_array(const struct gb_node *node)
{
    return node->op == GB_OP_ARRAY && node->n_inputs == 0;
}

static bool is_immediate(const struct gb_node *node)
{
    return node->op == GB_OP_LITERAL || node->op == GB_OP_PARAM || node->op == GB_OP_VARGET ||
           node->op == GB_OP_VARDECL || node->op == GB_OP_FOR || is_constant_array(node);
}

bool value_ready(const struct frame *f, uint32_t node)
{
    const struct gb_node *n = &f->graph->nodes[node];
    return is_immediate(n) || f->memos[node].stamp == stamp_of(f, n);
}

struct gb_value value_of(const struct frame *f, uint32_t node, uint32_t out)
{
    const struct gb_node *n = &f->graph->nodes[node];
    if (n->op == GB_OP_LITERAL)
        return gb_convert(n->literal, n->type);
    if (is_constant_array(n)) {
        struct gb_value array = n->literal;
        array.type = n->type; /* an empty one's is known by its elementType alone */
        return array;
    }
    if (n->op == GB_OP_PARAM)
        return f->args[n->param];
    if (n->op == GB_OP_VARGET || n->op == GB_OP_VARDECL)
        return f->vars[n->var];
    return out ? gb_bool(f->memos[node].ok) : f->memos[node].value;
}

struct gb_value input_value(const struct frame *f, const struct gb_input *in)
{
    return gb_convert(value_of(f, in->src, in->src_out), in->want);
}

void remember(struct machine *m, const struct gb_node *node, struct gb_value value, bool ok)
{
    struct frame *f = m->frame;
    struct memo *memo = &f->memos[node_index(f, node)];
    gb_drop(&m->heap, &memo->value);
    memo->value = value;
    memo->ok = ok;
    memo->stamp = stamp_of(f, node);
    if (value.mem && !memo->trailed) {
        uint32_t *trail = &f->trail[is_volatile(node) ? TRAIL_VOLATILE : TRAIL_FIXED];
        memo->trailed = true;
        memo->next = *trail;
        *trail = node_index(f, node);
    }
}

void forget_trail(struct machine *m, struct frame *f, int trail)
{
    for (uint32_t i = f->trail[trail]; i != GB_NIL; i = f->memos[i].next) {
        gb_drop(&m->heap, &f->memos[i].value);
        f->memos[i].stamp = 0;
        f->memos[i].trailed = false;
    }
    f->trail[trail] = GB_NIL;
}

/* ---- inputs --------------------------------------------------------------------------------- */

/* And, Or and Select: the input that is the result, given the first one. */
static uint32_t chosen_input(const struct frame *f, const struct gb_node *node)
{
    bool first = input_value(f, node_inputs(f, node)).b;
    if (node->op == GB_OP_AND)
        return first ? 1 : 0;
    if (node->op == GB_OP_OR)
        return first ? 0 : 1;
    return first ? 1 : 2;
}

static bool is_lazy(const struct gb_node *node)
{
    return node->op == GB_OP_AND || node->op == GB_OP_OR || node->op == GB_OP_SELECT;
}

bool push_missing_input(struct machine *m)
{
    struct task *t = &m->tasks[m->n_tasks - 1];
    const struct gb_node *node = t->node;
    const struct gb_input *in = node_inputs(m->frame, node);
    for (; t->at < node->n_inputs; t->at++) {
        uint32_t src = in[t->at].src;
        if (t->at > 0 && is_lazy(node) && t->at != chosen_input(m->frame, node))
            continue;
        if (src != GB_NIL && !value_ready(m->frame, src)) {
            push_task(m, (struct task){.kind = TASK_VALUE, .node = &m->frame->graph->nodes[src]},
                      node);
            return true;
        }
    }
    return false;
}

/* The wired inputs' values, borrowed, in m->args. False: the machine has stopped. */
static bool gather_inputs(struct machine *m, const struct gb_node *node, uint32_t *ret_n)
{
    const struct gb_input *in = node_inputs(m->frame, node);
    if (node->n_inputs > m->arg_room) {
        struct gb_value *grown = gb_heap_resize(&m->heap, m->args, m->arg_room * sizeof *grown,
                                                node->n_inputs * sizeof *grown);
        if (!grown) {
            raise_fault(m, GB_FAULT_memory_limit, node);
            return false;
        }
        m->args = grown;
        m->arg_room = node->n_inputs;
    }
    uint32_t n = 0;
    for (uint32_t i = 0; i < node->n_inputs; i++)
        if (in[i].src != GB_NIL)
            m->args[n++] = input_value(m->frame, &in[i]);
    *ret_n = n;
    return true;
}

/* ---- computing ------------------------------------------------------------------------------ */

static bool is_real(struct gb_type t)
{
    return t.base == GB_DOUBLE && t.depth == 0;
}

/* The arguments of the C++ call into args; false when the evaluator does not know such a call. */
static bool external_args(struct machine *m, const struct gb_node *node, double args[2])
{
    const struct gb_extern *ext = node->ext;
    uint32_t wired = 0;
    if (ext->n_params > 2 || !is_real(ext->ret))
        return false;
    for (uint32_t i = 0; i < ext->n_params; i++) {
        const struct gb_ext_param *p = &ext->params[i];
        if (!is_real(p->type) || p->kind == GB_EXT_OUTPUT)
            return false;
        args[i] = p->kind == GB_EXT_CONST ? gb_convert(p->value, p->type).d : m->args[wired++].d;
    }
    return true;
}

static void run_external(struct machine *m, const struct gb_node *node)
{
    double args[2] = {0};
    const struct gb_known_extern *known = gb_known_extern(node->ext->function, node->ext->n_params);
    if (!known || !external_args(m, node, args)) {
        raise_fault(m, GB_FAULT_none, node);
        m->error = -ENOTSUP;
        return;
    }
    double d = known->f1 ? known->f1(args[0]) : known->f2(args[0], args[1]);
    remember(m, node, gb_double(d), true);
}

static void compute(struct machine *m, const struct gb_node *node)
{
    uint32_t n = 0;
    if (is_lazy(node)) {
        const struct gb_input *in = node_inputs(m->frame, node) + chosen_input(m->frame, node);
        struct gb_value v = gb_convert(input_value(m->frame, in), node->type);
        remember(m, node, gb_hold(v), true);
    } else if (node->op == GB_OP_CALL) {
        enter_call(m, node);
    } else if (node->op == GB_OP_READ) {
        run_read(m, node);
    } else if (gather_inputs(m, node, &n)) {
        struct gb_value v = {0};
        if (node->op == GB_OP_EXTERNAL) {
            run_external(m, node);
            return;
        }
        enum gb_fault fault = gb_op_apply(node->op, node->type, m->args, n, &m->heap, &v);
        if (fault)
            raise_fault(m, fault, node);
        else
            remember(m, node, v, true);
    }
}

void step_value(struct machine *m)
{
    if (push_missing_input(m))
        return;
    const struct gb_node *node = m->tasks[m->n_tasks - 1].node;
    pop_task(m);
    if (count_step(m, node))
        compute(m, node);
}
