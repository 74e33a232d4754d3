/*
 * eval.h - the evaluator's machine, shared by its parts and by nothing else.
 *
 *   eval.c        the machine: tasks, frames, budgets, gb_eval
 *   eval_value.c  values on demand
 *   eval_stmt.c   statements
 *   eval_io.c     Print and Read
 *
 * The machine is a stack of tasks, so that neither a long chain of nodes nor a deep recursion of
 * the program uses the C stack. A statement asks for its inputs in port order; an input that is not
 * there becomes a task of its own. A computed value stays in its node's memo and is stamped: with
 * the turn of the block that fixes it, or, when it is volatile, with the statement that consumes
 * it. Every turn of every block and every statement run gets a number of its own, so an old stamp
 * never matches.
 */
#ifndef GB_EVAL_H
#define GB_EVAL_H

#include "ops.h"

enum task_kind {
    TASK_BODY,  /* a graph's body, below all it runs: at its end gives the function's result */
    TASK_BLOCK, /* runs the statements of a block */
    TASK_STMT,  /* gathers a statement's inputs and runs it; a While stays to run again */
    TASK_FOR,   /* a For whose bounds are read */
    TASK_VALUE, /* gathers a value node's inputs and computes it */
    TASK_KINDS
};

struct task {
    enum task_kind kind;
    uint32_t at;                /* the next input (STMT, VALUE) or statement (BLOCK) */
    bool begun;                 /* BODY, STMT: asks for its inputs already */
    const struct gb_node *node; /* STMT, FOR, VALUE */
    union {
        const struct gb_stmt *stmt;   /* STMT */
        const struct gb_block *block; /* BLOCK */
        struct {
            uint32_t body;
            int64_t index, end, step;
        } loop; /* FOR */
    };
};

/* A node's computed value. */
struct memo {
    struct gb_value value;
    uint64_t stamp; /* 0: nothing here */
    uint32_t next;  /* the next memo on its trail */
    bool ok;        /* Read's second output */
    bool trailed;   /* stands on a trail */
};

/* One run of a graph. The memos that hold memory form two trails, so that leaving a statement or a
 * frame costs what was computed in it, not the size of its graph. */
struct frame {
    struct frame *caller; /* or the next spare one */
    const struct gb_graph *graph;
    uint32_t call;         /* the Call in the caller's graph */
    uint32_t trail[2];     /* of the volatile, of the fixed memos; GB_NIL ends one */
    uint64_t statement;    /* the stamp of volatile values */
    uint64_t *turns;       /* by block: the stamp of the values it fixes */
    struct gb_value *args; /* by parameter */
    struct gb_value *vars; /* by variable */
    struct memo *memos;    /* by node */
    size_t size;
};

enum { TRAIL_VOLATILE, TRAIL_FIXED };

struct machine {
    const struct gb_program *program;
    struct gb_eval_result *result;
    struct gb_heap heap;
    struct task *tasks;
    uint32_t n_tasks, task_room;
    struct frame *frame;   /* the innermost call */
    struct frame **spares; /* by function: frames to be used again */
    struct gb_value *args; /* scratch for one computation */
    uint32_t arg_room;
    struct str input;
    size_t input_at;
    uint64_t stamps; /* the newest stamp */
    uint64_t max_steps;
    uint32_t depth, max_depth;
    bool done;
    int error; /* -ENOTSUP */
};

/* ---- eval.c ---------------------------------------------------------------------------------- */

static inline uint32_t node_index(const struct frame *f, const struct gb_node *node)
{
    return (uint32_t)(node - f->graph->nodes);
}

static inline const struct gb_input *node_inputs(const struct frame *f, const struct gb_node *node)
{
    return f->graph->inputs + node->inputs;
}

/* False: out of memory, and the machine has stopped with a fault. The new task is on top. */
bool push_task(struct machine *m, struct task t, const struct gb_node *blame);
bool push_block(struct machine *m, uint32_t block, const struct gb_node *blame);
void pop_task(struct machine *m);
/* Stops the program with a fault at a node (NULL: none) of the innermost frame's graph. */
void raise_fault(struct machine *m, enum gb_fault fault, const struct gb_node *node);
/* Counts one step and the memory touched since the last; false when the budget is used up. */
bool count_step(struct machine *m, const struct gb_node *node);

/* Opens a frame for a function; the Call's inputs, all computed, become its arguments. */
void enter_call(struct machine *m, const struct gb_node *call);
/* Ends the innermost frame. The value is taken and becomes the Call's. */
void leave_frame(struct machine *m, struct gb_value value);

/* ---- eval_value.c ---------------------------------------------------------------------------- */

void step_value(struct machine *m);
/* Advances the top task to its first input that is not computed and pushes a task for it. False
 * when all that are needed are there. */
bool push_missing_input(struct machine *m);
bool value_ready(const struct frame *f, uint32_t node);
/* A computed value, borrowed, as output `out` of a node. */
struct gb_value value_of(const struct frame *f, uint32_t node, uint32_t out);
/* The same of a statement's or value's input, converted to what it wants. */
struct gb_value input_value(const struct frame *f, const struct gb_input *in);
/* Keeps a value, which is taken, in the node's memo. */
void remember(struct machine *m, const struct gb_node *node, struct gb_value value, bool ok);
/* Forgets every value of a trail. */
void forget_trail(struct machine *m, struct frame *f, int trail);

/* ---- eval_stmt.c ----------------------------------------------------------------------------- */

void step_body(struct machine *m);
void step_block(struct machine *m);
void step_stmt(struct machine *m);
void step_for(struct machine *m);

/* ---- eval_io.c ------------------------------------------------------------------------------- */

void run_print(struct machine *m, const struct gb_node *node);
/* Reads what the node asks for and remembers it. */
void run_read(struct machine *m, const struct gb_node *node);

#endif
