/* eval.c - the evaluator's machine; see eval.h and gb.h. */
#include "eval.h"

#include <errno.h>
#include <stdlib.h>

#define DEFAULT_STEPS 10000000
#define DEFAULT_MEMORY ((size_t)64 << 20)
#define DEFAULT_OUTPUT ((size_t)1 << 20)
#define FAULT_EXIT_CODE 70
/* Touching this much memory counts as one step. */
#define BYTES_PER_STEP 64

/* ---- tasks and budgets ---------------------------------------------------------------------- */

void raise_fault(struct machine *m, enum gb_fault fault, const struct gb_node *node)
{
    const struct gb_graph *g = m->frame->graph;
    m->done = true;
    m->result->fault = fault;
    m->result->exit_code = FAULT_EXIT_CODE;
    m->result->fault_func = g->func ? (uint32_t)(g->func - m->program->funcs) : GB_NIL;
    m->result->fault_node = node ? node_index(m->frame, node) : GB_NIL;
}

bool count_step(struct machine *m, const struct gb_node *node)
{
    m->result->steps += 1 + m->heap.work / BYTES_PER_STEP;
    m->heap.work %= BYTES_PER_STEP;
    if (m->result->steps <= m->max_steps)
        return true;
    raise_fault(m, GB_FAULT_step_limit, node);
    return false;
}

bool push_task(struct machine *m, struct task t, const struct gb_node *blame)
{
    if (m->n_tasks == m->task_room) {
        uint32_t room = m->task_room ? 2 * m->task_room : 64;
        struct task *grown =
            gb_heap_resize(&m->heap, m->tasks, m->task_room * sizeof *grown, room * sizeof *grown);
        if (!grown) {
            raise_fault(m, GB_FAULT_memory_limit, blame);
            return false;
        }
        m->tasks = grown;
        m->task_room = room;
    }
    m->tasks[m->n_tasks++] = t;
    return true;
}

bool push_block(struct machine *m, uint32_t block, const struct gb_node *blame)
{
    m->frame->turns[block] = ++m->stamps;
    return push_task(m, (struct task){.kind = TASK_BLOCK, .block = &m->frame->graph->blocks[block]},
                     blame);
}

void pop_task(struct machine *m)
{
    m->n_tasks--;
}

/* ---- frames --------------------------------------------------------------------------------- */

/* One piece of memory: the frame, then memos, variables, arguments and turns. */
static struct frame *frame_new(struct machine *m, const struct gb_graph *g)
{
    size_t n_args = g->func ? g->func->n_params : 0;
    size_t memos = g->n_nodes * sizeof(struct memo);
    size_t values = (g->n_vars + n_args) * sizeof(struct gb_value);
    size_t size = sizeof(struct frame) + memos + values + g->n_blocks * sizeof(uint64_t);
    struct frame *f = gb_heap_alloc(&m->heap, size);
    if (!f)
        return NULL;
    f->size = size;
    f->graph = g;
    f->trail[TRAIL_VOLATILE] = f->trail[TRAIL_FIXED] = GB_NIL;
    f->memos = (struct memo *)(void *)(f + 1);
    f->vars = (struct gb_value *)(void *)(f->memos + g->n_nodes);
    f->args = f->vars + g->n_vars;
    f->turns = (uint64_t *)(void *)(f->args + n_args);
    return f;
}

static struct frame **spare_of(struct machine *m, const struct gb_graph *g)
{
    return &m->spares[g->func ? g->func - m->program->funcs : m->program->n_funcs];
}

static struct frame *frame_take(struct machine *m, const struct gb_graph *g)
{
    struct frame **spare = spare_of(m, g);
    struct frame *f = *spare;
    if (f)
        *spare = f->caller;
    else
        f = frame_new(m, g);
    return f;
}

/* Drops what the frame holds and keeps its memory for the next call. */
static void frame_release(struct machine *m, struct frame *f)
{
    uint32_t n_args = f->graph->func ? f->graph->func->n_params : 0;
    forget_trail(m, f, TRAIL_VOLATILE);
    forget_trail(m, f, TRAIL_FIXED);
    for (uint32_t i = 0; i < f->graph->n_vars; i++)
        gb_drop(&m->heap, &f->vars[i]);
    for (uint32_t i = 0; i < n_args; i++)
        gb_drop(&m->heap, &f->args[i]);
    f->caller = *spare_of(m, f->graph);
    *spare_of(m, f->graph) = f;
}

static bool run_body(struct machine *m, const struct gb_node *blame)
{
    return push_task(m, (struct task){.kind = TASK_BODY}, blame) && push_block(m, 0, blame);
}

void enter_call(struct machine *m, const struct gb_node *call)
{
    const struct gb_func *func = &m->program->funcs[call->callee];
    struct frame *caller = m->frame;
    if (m->depth == m->max_depth) {
        raise_fault(m, GB_FAULT_recursion_limit, call);
        return;
    }
    struct frame *f = frame_take(m, &func->graph);
    if (!f) {
        raise_fault(m, GB_FAULT_memory_limit, call);
        return;
    }
    const struct gb_input *in = node_inputs(caller, call);
    for (uint32_t i = 0; i < func->n_params; i++)
        f->args[i] = gb_hold(gb_convert(input_value(caller, &in[i]), func->params[i].type));
    f->caller = caller;
    f->call = node_index(caller, call);
    m->depth++;
    m->frame = f;
    run_body(m, NULL);
}

void leave_frame(struct machine *m, struct gb_value value)
{
    struct frame *f = m->frame;
    do
        pop_task(m);
    while (m->tasks[m->n_tasks].kind != TASK_BODY);
    if (!f->caller) {
        gb_drop(&m->heap, &value);
        m->done = true;
        return;
    }
    m->frame = f->caller;
    m->depth--;
    remember(m, &m->frame->graph->nodes[f->call], gb_convert(value, f->graph->func->ret), true);
    frame_release(m, f);
}

/* ---- the run -------------------------------------------------------------------------------- */

static void machine_free(struct machine *m)
{
    while (m->frame) {
        struct frame *f = m->frame;
        m->frame = f->caller;
        frame_release(m, f);
    }
    for (uint32_t i = 0; m->spares && i <= m->program->n_funcs; i++)
        while (m->spares[i]) {
            struct frame *f = m->spares[i];
            m->spares[i] = f->caller;
            gb_heap_free(&m->heap, f, f->size);
        }
    free(m->spares);
    free(m->tasks);
    free(m->args);
}

static void run(struct machine *m)
{
    static void (*const STEP[TASK_KINDS])(struct machine *) = {
        [TASK_BODY] = step_body, [TASK_BLOCK] = step_block, [TASK_STMT] = step_stmt,
        [TASK_FOR] = step_for,   [TASK_VALUE] = step_value,
    };
    run_body(m, NULL);
    while (!m->done)
        STEP[m->tasks[m->n_tasks - 1].kind](m);
}

int gb_eval(const struct gb_program *p, const struct gb_eval_options *options,
            struct gb_eval_result *ret)
{
    struct gb_eval_result result = {
        .output = BUF_INIT(options->max_output ? options->max_output : DEFAULT_OUTPUT),
        .fault_func = GB_NIL,
        .fault_node = GB_NIL,
    };
    struct machine m = {
        .program = p,
        .result = &result,
        .heap = {.limit = options->max_memory ? options->max_memory : DEFAULT_MEMORY},
        .input = options->input,
        .max_steps = options->max_steps ? options->max_steps : DEFAULT_STEPS,
        .max_depth = options->max_depth ? options->max_depth : GB_MAX_CALL_DEPTH,
        .spares = calloc((size_t)p->n_funcs + 1, sizeof(struct frame *)),
    };
    if (m.spares)
        m.frame = frame_new(&m, &p->main);
    if (!m.frame) {
        machine_free(&m);
        return -ENOMEM;
    }
    run(&m);
    machine_free(&m);
    *ret = result;
    return m.error;
}
