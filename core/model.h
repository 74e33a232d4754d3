/*
 * model.h - the typed graph model: what the front makes and everything behind it reads.
 *
 *   text ──decode──▶ nodes, edges (raw) ──resolve──▶ inputs bound to sources
 *        ──structure──▶ statement tree ──check──▶ variables, types, effects
 *        ──▶ { hash, plan ▶ emit, evaluate }
 *
 * A program is the main graph plus functions, each a struct gb_graph. Nodes, inputs, statements and
 * variables are arrays in the program's arena; they refer to each other by index. GB_NIL is "none".
 * Once gb_front() has returned 0 a model is complete and never changes again.
 */
#ifndef GB_MODEL_H
#define GB_MODEL_H

#include "base/arena.h"
#include "base/json.h"

#define GB_NIL UINT32_MAX

/* ---- types (docs/language.md, Types) ------------------------------------------------------- */

enum gb_base {
    GB_UNKNOWN, /* not inferred yet, or `any` */
    GB_VOID,
    GB_INT,    /* 64-bit two's complement, wraps */
    GB_DOUBLE, /* IEEE 754 binary64 */
    GB_BOOL,
    GB_STRING, /* bytes */
};

/* array<array<int>> is {GB_INT, 2}. */
struct gb_type {
    uint8_t base;  /* enum gb_base */
    uint8_t depth; /* how many array<> stand around it */
};

static inline bool gb_type_eq(struct gb_type a, struct gb_type b)
{
    return a.base == b.base && a.depth == b.depth;
}

/* ---- node kinds: one row each in nodes.def ------------------------------------------------- */

enum gb_op {
#define NODE(op, ...) GB_OP_##op,
#include "nodes.def"
#undef NODE
    GB_OP_EXTERNAL, /* a node of node_defs or of a plugin */
    GB_OP_COUNT
};

/* What computing a node may do. The *_DEEP bits are the union over the node and everything its value
 * depends on, through data edges and called functions. */
enum gb_fx {
    GB_FX_FAULT = 1,    /* may fault or not end (a recursive call) */
    GB_FX_VOLATILE = 2, /* differs from one time to the next: VarGet, Read, an impure external */
    GB_FX_EFFECT = 4,   /* reads or prints: a call that does, Read */
    GB_FX_FAULT_DEEP = 8,
    GB_FX_VOLATILE_DEEP = 16,
    GB_FX_EFFECT_DEEP = 32,
};

/* A value: a literal, what folding gives, or what the evaluator computes. */
struct gb_value {
    struct gb_type type;
    struct gb_mem *mem; /* the counted memory behind s or items (value.h); NULL: the model's or an
                           arena's, which outlives the value */
    union {
        int64_t i;
        double d;
        bool b;
        struct str s;
        struct {
            const struct gb_value *items; /* each of type {base, depth - 1} */
            uint32_t n;
        } array;
    };
};

struct gb_input {
    struct str port;     /* the name the node declares for it ("a", "value2", a parameter's name) */
    uint32_t src;        /* the node it comes from, GB_NIL when an optional port is not wired */
    uint32_t src_out;    /* which of that node's outputs: 0, or 1 for Read's `ok` ... */
    struct gb_type want; /* the type the node needs here; int → double is converted on the way */
    uint32_t jval; /* where it is wired in the JSON: the edge object or the string in `inputs` */
};

struct gb_node {
    struct str id;
    struct str label;    /* for people; never reaches the C++ as code */
    uint32_t jval;       /* the node's object in the JSON */
    enum gb_op op;       /* after aliases */
    uint8_t fx;          /* GB_FX_* */
    bool statement;      /* stands in the statement tree (else it is a value) */
    bool used;           /* a value that a reachable statement needs */
    struct gb_type type; /* of output 0; {GB_VOID} when it has none */
    uint32_t inputs;     /* first of n_inputs in graph->inputs, in port order */
    uint32_t n_inputs;
    uint32_t block; /* statements: the block it stands in. Values: the innermost block whose
                                turn fixes it (the loop body for what depends on For's index, else
                                the graph's body) */
    union {
        struct gb_value literal; /* Literal; Array without wires (its `values`) */
        uint32_t param;          /* Param: index into func->params */
        uint32_t var;            /* VarDecl VarGet VarSet ArraySet ArrayPush: into graph->vars */
        uint32_t callee;         /* Call: into program->funcs */
        const struct gb_extern *ext; /* External */
        struct gb_type target;       /* Cast; Array: its type is `type` */
        uint32_t read_kind;          /* Read: enum gb_read */
        struct {                     /* Print */
            struct str text;         /* printed first when has_text */
            struct str separator;
            bool has_text, newline, boolalpha;
        } print;
    };
};

enum gb_read { GB_READ_NUMBER, GB_READ_INT, GB_READ_WORD, GB_READ_LINE };

struct gb_var {
    struct str name;
    struct gb_type type; /* after widening */
    uint32_t decl;       /* the VarDecl node */
    uint32_t block;      /* its scope */
    bool has_init;       /* `initialValue` is given (used when the VarDecl's input is not wired) */
    struct gb_value init;
};

/* ---- the statement tree -------------------------------------------------------------------- */

/* A statement: a node and, for If (then, else), While and For (body), its blocks. A Sequence is
 * dissolved: what it orders stands in the block itself. */
struct gb_stmt {
    uint32_t node;
    uint32_t blocks[2]; /* GB_NIL when absent */
};

struct gb_block {
    uint32_t parent;       /* the block around it; GB_NIL for a graph's body */
    uint32_t owner;        /* the If, While or For node; GB_NIL for a graph's body */
    struct gb_stmt *stmts; /* in the order they run */
    uint32_t n_stmts;      /* those that can be reached; they are all that counts */
    uint32_t n_all;        /* with the unreachable ones behind them, for pictures and formatting */
};

struct gb_param {
    struct str name;
    struct gb_type type;
};

struct gb_graph {
    struct gb_func *func; /* NULL for the main graph */
    struct gb_node *nodes;
    uint32_t n_nodes;
    struct gb_input *inputs;
    uint32_t n_inputs;
    struct gb_var *vars;
    uint32_t n_vars;
    struct gb_block *blocks; /* 0 is the body */
    uint32_t n_blocks;
    uint32_t result;     /* functions: the node whose value is returned when the end is reached;
                            GB_NIL: the type's zero, or nothing for void */
    uint32_t result_out; /* which output of it */
};

struct gb_func {
    struct str name;
    uint32_t jval;
    struct gb_param *params;
    uint32_t n_params;
    struct gb_type ret; /* {GB_VOID} for none */
    uint8_t fx;         /* GB_FX_FAULT | VOLATILE | EFFECT of calling it */
    bool reachable;     /* from the main graph's statements */
    bool recursive;     /* can call itself, directly or not */
    struct gb_graph graph;
};

/* ---- external nodes ------------------------------------------------------------------------ */

enum gb_ext_kind { GB_EXT_INPUT, GB_EXT_CONST, GB_EXT_OUTPUT };

struct gb_ext_param {
    struct str name;
    struct gb_type type;
    enum gb_ext_kind kind;
    struct gb_value value; /* GB_EXT_CONST */
};

struct gb_extern {
    struct str type;             /* the node's type name: "Lib_sin" */
    struct str function;         /* a checked, possibly qualified, C++ identifier */
    struct str include;          /* "<cmath>" or "\"x.h\""; empty for none; on the allowlist */
    struct gb_ext_param *params; /* in the order of the C++ call */
    uint32_t n_params;
    struct gb_type ret; /* what the C++ function returns; {GB_VOID}: nothing that anybody wants */
    struct str out;     /* the port of the returned value. Outputs are numbered: the returned value
                           (unless void), then the GB_EXT_OUTPUT parameters in order */
    bool pure;
};

/* ---- the program --------------------------------------------------------------------------- */

struct gb_program {
    struct arena arena;
    const struct jdoc *doc; /* borrowed */
    uint32_t root;          /* the IR's object in doc */
    struct gb_graph main;
    struct gb_func *funcs;
    uint32_t n_funcs;
    struct str *imports; /* `imports` of the IR, as written, all allowed */
    uint32_t n_imports;
    struct str name; /* metadata.name, or empty */
};

#endif
