/*
 * front.h - the front's own state, shared by its steps and by nothing else.
 *
 *   decode.c     JSON of any dialect → nodes, edges, control edges, lists (limits first)
 *   resolve.c    edges and positional wiring → node inputs, by the catalogue's ports
 *   structure.c  control edges, body lists and topological order → the statement tree
 *   check.c      variables and scopes, types, effects, functions' results
 *
 * Each step adds its errors to the report and goes on; a later step skips what an earlier one could
 * not make sense of, so that one mistake gives one error.
 */
#ifndef GB_FRONT_H
#define GB_FRONT_H

#include "gb.h"

/* A control port, after its spellings. */
enum gb_cport {
    GB_CPORT_NEXT, /* also done, after */
    GB_CPORT_THEN,
    GB_CPORT_ELSE,
    GB_CPORT_BODY,
    GB_CPORT_SEQUENCE, /* `number` tells which: 1, 2, ... */
};

struct gb_control_edge {
    uint32_t from, to; /* nodes */
    enum gb_cport port;
    uint32_t number;
    uint32_t jval; /* the edge's object */
};

/* A `then`/`else`/`body` list of a property bag. */
struct gb_body_list {
    uint32_t owner; /* the If, While or For */
    enum gb_cport port;
    uint32_t *nodes; /* in list order */
    uint32_t n_nodes;
    uint32_t jval;
};

/* A data edge, or an entry of a positional `inputs` list (then `to_port` is empty and `listed` set).
 * An end that names no node is GB_NIL and reported already. */
struct gb_wire {
    uint32_t from, to;
    struct str from_port, to_port; /* empty: not named */
    uint32_t jval;                 /* the edge's object, or the id in the list */
    bool listed;
};

/* A type that the graph itself declares for a port of a node (`inputs`/`outputs` lists of objects). */
struct gb_declared_port {
    uint32_t node;
    bool output;
    struct str name;
    struct gb_type type; /* never GB_UNKNOWN: such declarations say nothing and are dropped */
};

/* What decoding leaves beside the model, per graph. */
struct gb_raw_graph {
    struct gb_graph *graph;
    uint32_t n_declared; /* nodes of the JSON; nodes behind them (with an empty id) are Literals made
                            for constants in properties: For's start, end, step */
    struct gb_wire *wires; /* data edges in edge order, listed inputs behind them; resolve.c binds them */
    uint32_t n_wires;
    struct gb_declared_port *ports; /* in node order; resolve.c moves the types of inputs into
                                       gb_input.want (else {GB_UNKNOWN}, check.c decides) */
    uint32_t n_ports;
    struct gb_control_edge *controls; /* in edge order */
    uint32_t n_controls;
    struct gb_body_list *lists;
    uint32_t n_lists;
    uint32_t result_jval;   /* the value of `return`, JSON_NONE when absent; resolve.c sets
                               graph->result by it, check.c when it is absent */
    bool declares_ret;      /* functions: returnType or a signature gives func->ret; else check.c
                               infers it. A parameter without a type (or `any`) is {GB_UNKNOWN} */
    struct gb_node_names *names; /* per node; what only the checks need by name */
    bool *broken;           /* per node: already reported, say nothing more about it */
};

/* Per node. Names the checks resolve: a variable's, a function's, declared types. */
struct gb_node_names {
    struct str name;             /* VarDecl VarGet VarSet ArraySet ArrayPush: the variable; Call: the
                                    function; Param: the parameter. Resolved by check.c into
                                    node->var; by resolve.c into node->callee, node->param */
    uint32_t name_jval;          /* for the pointer */
    struct gb_type declared;     /* VarDecl `type`; Array `elementType`; {GB_UNKNOWN} for none */
    struct gb_type declared_out; /* the type the graph declares for output 0; {GB_UNKNOWN} for none */
    bool has_init;               /* VarDecl `initialValue` */
    struct gb_value init;
};

struct gb_front {
    struct gb_program *program;
    struct gb_report *report;
    const struct gb_policy *policy;
    const struct jdoc *doc;
    uint32_t ir, node_defs;
    struct gb_raw_graph *raw; /* 0: main; 1 + i: function i */
    struct gb_extern *externs; /* of node_defs and the plugins */
    uint32_t n_externs;
    struct gb_error scratch; /* what gb_complain() gives past the cap */
    struct gb_catalogue *catalogue;
    bool stop; /* a limit is exceeded: nothing after this step runs */
    int error; /* 0 or -ENOMEM; sticky */
};

/* Steps. Each returns 0 or -ENOMEM; refusals are in the report. */
int gb_decode(struct gb_front *f);
int gb_resolve(struct gb_front *f);
int gb_structure(struct gb_front *f, struct gb_raw_graph *raw);
int gb_check(struct gb_front *f);

/* report.c: starts an error (or warning) about a value of the document; the caller fills in the rest.
 * Never NULL: past the cap it is a scratch one and the suppressed count rises. */
struct gb_error *gb_complain(struct gb_front *f, enum gb_code code, const struct gb_graph *graph,
                             uint32_t node, uint32_t jval, const char *fmt, ...)
    __attribute__((format(printf, 6, 7)));
struct gb_error *gb_warn(struct gb_front *f, enum gb_code code, const struct gb_graph *graph,
                         uint32_t node, uint32_t jval, const char *fmt, ...)
    __attribute__((format(printf, 6, 7)));
/* The nearest of n names within a third of its length in edits, or empty ("did you mean"). */
struct str gb_nearest(struct str wrong, const struct str *names, uint32_t n);

/* catalogue.c: rows of nodes.def, by name or alias. */
enum gb_typing {
    GB_TY_LITERAL, GB_TY_PARAM, GB_TY_ARITH, GB_TY_DOUBLE, GB_TY_INT, GB_TY_EQUALITY, GB_TY_ORDER,
    GB_TY_BOOL, GB_TY_SELECT, GB_TY_STRING, GB_TY_INT_OF_TEXT, GB_TY_SUBSTRING, GB_TY_BOOL_OF_TEXT,
    GB_TY_TOSTRING, GB_TY_DOUBLE_OF_TEXT, GB_TY_ARRAY, GB_TY_ARRAYGET, GB_TY_ARRAYLENGTH,
    GB_TY_ARRAYSET, GB_TY_ARRAYPUSH, GB_TY_VARDECL, GB_TY_VARGET, GB_TY_VARSET, GB_TY_PRINT,
    GB_TY_READ, GB_TY_CONTROL, GB_TY_FOR, GB_TY_RETURN, GB_TY_CALL, GB_TY_CAST,
};
struct gb_kind {
    enum gb_op op;
    const char *name, *aliases, *group, *inputs, *outputs, *properties, *doc;
    enum gb_typing typing;
    uint8_t fx;
};
const struct gb_kind *gb_kind_of(enum gb_op op);          /* not for GB_OP_EXTERNAL */
const struct gb_kind *gb_kind_named(struct str name);     /* NULL when unknown */

#endif
