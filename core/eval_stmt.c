/* eval_stmt.c - statements: what each does once its inputs are there. */
#include "eval.h"

/* What was volatile for the last statement is gone. */
static void next_statement(struct machine *m)
{
    forget_trail(m, m->frame, TRAIL_VOLATILE);
    m->frame->statement = ++m->stamps;
}

/* Once for each time that a task asks for its inputs. */
static void begin(struct machine *m, struct task *t)
{
    if (!t->begun)
        next_statement(m);
    t->begun = true;
}

static struct gb_value first_input(struct machine *m, const struct gb_node *node)
{
    return input_value(m->frame, node_inputs(m->frame, node));
}

static bool is_wired(struct machine *m, const struct gb_node *node, uint32_t input)
{
    return input < node->n_inputs && node_inputs(m->frame, node)[input].src != GB_NIL;
}

/* ---- variables ------------------------------------------------------------------------------ */

/* The statement's own hold on the variable's memory is given up first, so that a change in place
 * need not copy it. */
static void assign(struct machine *m, uint32_t var, struct gb_value v)
{
    struct gb_value *slot = &m->frame->vars[var];
    v = gb_hold(gb_convert(v, m->frame->graph->vars[var].type));
    next_statement(m);
    gb_drop(&m->heap, slot);
    *slot = v;
}

static void run_vardecl(struct machine *m, const struct gb_node *node)
{
    const struct gb_var *var = &m->frame->graph->vars[node->var];
    if (is_wired(m, node, 0))
        assign(m, node->var, first_input(m, node));
    else
        assign(m, node->var, var->has_init ? var->init : gb_zero(var->type));
}

static void run_varset(struct machine *m, const struct gb_node *node)
{
    assign(m, node->var, first_input(m, node));
}

static void run_arrayset(struct machine *m, const struct gb_node *node)
{
    const struct gb_input *in = node_inputs(m->frame, node);
    struct gb_value *array = &m->frame->vars[node->var];
    int64_t at = input_value(m->frame, &in[0]).i;
    struct gb_value item = gb_hold(input_value(m->frame, &in[1]));
    next_statement(m);
    if (at < 0 || at >= (int64_t)array->array.n) {
        gb_drop(&m->heap, &item);
        raise_fault(m, GB_FAULT_index_out_of_range, node);
    } else if (!gb_array_put(&m->heap, array, (uint32_t)at, item)) {
        raise_fault(m, GB_FAULT_memory_limit, node);
    }
}

static void run_arraypush(struct machine *m, const struct gb_node *node)
{
    struct gb_value item = gb_hold(first_input(m, node));
    next_statement(m);
    if (!gb_array_push(&m->heap, &m->frame->vars[node->var], item))
        raise_fault(m, GB_FAULT_memory_limit, node);
}

/* ---- control -------------------------------------------------------------------------------- */

static void run_if(struct machine *m, const struct gb_stmt *stmt)
{
    const struct gb_node *node = &m->frame->graph->nodes[stmt->node];
    uint32_t block = stmt->blocks[first_input(m, node).b ? 0 : 1];
    if (block != GB_NIL)
        push_block(m, block, node);
}

/* The statement stays below its body and asks for its condition again when that has run. */
static void run_while(struct machine *m, const struct gb_stmt *stmt)
{
    const struct gb_node *node = &m->frame->graph->nodes[stmt->node];
    if (!first_input(m, node).b)
        return;
    push_task(m, (struct task){.kind = TASK_STMT, .node = node, .stmt = stmt}, node);
    if (!m->done && stmt->blocks[0] != GB_NIL)
        push_block(m, stmt->blocks[0], node);
}

static void run_for(struct machine *m, const struct gb_stmt *stmt)
{
    const struct gb_node *node = &m->frame->graph->nodes[stmt->node];
    const struct gb_input *in = node_inputs(m->frame, node);
    struct task t = {.kind = TASK_FOR, .node = node};
    t.loop.body = stmt->blocks[0];
    t.loop.index = input_value(m->frame, &in[0]).i;
    t.loop.end = input_value(m->frame, &in[1]).i;
    t.loop.step = is_wired(m, node, 2) ? input_value(m->frame, &in[2]).i : 1;
    if (t.loop.step == 0)
        raise_fault(m, GB_FAULT_zero_step, node);
    else
        push_task(m, t, node);
}

void step_for(struct machine *m)
{
    struct task *t = &m->tasks[m->n_tasks - 1];
    int64_t index = t->loop.index;
    bool more = t->loop.step > 0 ? index < t->loop.end : index > t->loop.end;
    if (!more) {
        pop_task(m);
        return;
    }
    if (!count_step(m, t->node))
        return;
    if (__builtin_add_overflow(index, t->loop.step, &t->loop.index))
        t->loop.index = t->loop.end; /* the next one would be past any end */
    m->frame->memos[node_index(m->frame, t->node)].value = gb_int(index);
    if (t->loop.body != GB_NIL)
        push_block(m, t->loop.body, t->node);
}

static bool is_loop(const struct task *t)
{
    return t->kind == TASK_FOR || (t->kind == TASK_STMT && t->node->op == GB_OP_WHILE);
}

static void unwind_to_loop(struct machine *m)
{
    while (!is_loop(&m->tasks[m->n_tasks - 1]))
        pop_task(m);
}

static void run_return(struct machine *m, const struct gb_node *node)
{
    struct gb_value v = gb_zero((struct gb_type){GB_VOID, 0});
    if (is_wired(m, node, 0))
        v = gb_hold(first_input(m, node));
    if (!m->frame->caller && v.type.base == GB_INT && v.type.depth == 0)
        m->result->exit_code = (int)(v.i & 0xff);
    leave_frame(m, v);
}

/* ---- steps ---------------------------------------------------------------------------------- */

static void run_stmt(struct machine *m, const struct gb_stmt *stmt)
{
    const struct gb_node *node = &m->frame->graph->nodes[stmt->node];
    if (node->op == GB_OP_PRINT)
        run_print(m, node);
    else if (node->op == GB_OP_VARDECL)
        run_vardecl(m, node);
    else if (node->op == GB_OP_VARSET)
        run_varset(m, node);
    else if (node->op == GB_OP_ARRAYSET)
        run_arrayset(m, node);
    else if (node->op == GB_OP_ARRAYPUSH)
        run_arraypush(m, node);
    else if (node->op == GB_OP_IF)
        run_if(m, stmt);
    else if (node->op == GB_OP_WHILE)
        run_while(m, stmt);
    else if (node->op == GB_OP_FOR)
        run_for(m, stmt);
    else if (node->op == GB_OP_RETURN)
        run_return(m, node);
    else if (node->op == GB_OP_BREAK || node->op == GB_OP_CONTINUE)
        unwind_to_loop(m);
    else /* a value nobody uses, run for its effects */
        push_task(m, (struct task){.kind = TASK_VALUE, .node = node}, node);
    if (node->op == GB_OP_BREAK)
        pop_task(m);
}

void step_stmt(struct machine *m)
{
    struct task *t = &m->tasks[m->n_tasks - 1];
    begin(m, t);
    if (push_missing_input(m))
        return;
    t = &m->tasks[m->n_tasks - 1];
    const struct gb_stmt *stmt = t->stmt;
    const struct gb_node *node = t->node;
    pop_task(m);
    if (count_step(m, node))
        run_stmt(m, stmt);
}

void step_block(struct machine *m)
{
    struct task *t = &m->tasks[m->n_tasks - 1];
    if (t->at == t->block->n_stmts) {
        pop_task(m);
        return;
    }
    const struct gb_stmt *stmt = &t->block->stmts[t->at++];
    const struct gb_node *node = &m->frame->graph->nodes[stmt->node];
    push_task(m, (struct task){.kind = TASK_STMT, .node = node, .stmt = stmt}, node);
}

/* The body has run to its end: the graph's result is asked for as by a statement of its own. */
void step_body(struct machine *m)
{
    struct task *t = &m->tasks[m->n_tasks - 1];
    const struct gb_graph *g = m->frame->graph;
    begin(m, t);
    struct gb_type ret = g->func ? g->func->ret : (struct gb_type){GB_VOID, 0};
    if (ret.base == GB_VOID || g->result == GB_NIL)
        leave_frame(m, gb_zero(ret));
    else if (value_ready(m->frame, g->result))
        leave_frame(m, gb_hold(value_of(m->frame, g->result, g->result_out)));
    else
        push_task(m, (struct task){.kind = TASK_VALUE, .node = &g->nodes[g->result]}, NULL);
}
