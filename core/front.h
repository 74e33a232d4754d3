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

#include "catalogue.h"
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
    uint32_t number; /* GB_NIL: the edge names no port; it runs after those that do */
    uint32_t jval;   /* the edge's object */
};

/* A `then`/`else`/`body` list of a property bag. */
struct gb_body_list {
    uint32_t owner; /* the If, While or For */
    enum gb_cport port;
    uint32_t *nodes; /* in list order */
    uint32_t n_nodes;
    uint32_t jval;
};

/* A data edge, or an entry of a positional `inputs` list (then `to_port` is empty and `listed`
 * set). An end that names no node is GB_NIL and reported already. */
struct gb_wire {
    uint32_t from, to;
    struct str from_port, to_port; /* empty: not named */
    uint32_t jval;                 /* the edge's object, or the id in the list */
    bool listed;
};

/* A type that the graph itself declares for a port (`inputs`, `outputs` lists of objects). */
struct gb_declared_port {
    uint32_t node;
    bool output;
    struct str name;
    struct gb_type type; /* never GB_UNKNOWN: such declarations say nothing and are dropped */
};

/* A property that stands for an input which is not wired: For's start, end, step. */
struct gb_constant {
    uint32_t node; /* whose input */
    uint32_t port; /* which: an index into the inputs of its shape */
    uint32_t jval;
    uint32_t literal; /* the node made for it */
};

/* What decoding leaves beside the model, per graph. */
struct gb_raw_graph {
    struct gb_graph *graph;
    uint32_t n_declared;   /* nodes of the JSON; nodes behind them (with an empty id) are Literals
                              made for constants in properties: For's start, end, step */
    struct gb_wire *wires; /* data edges in order, listed inputs behind; resolve.c binds them */
    uint32_t n_wires;
    struct gb_declared_port *ports; /* in node order; resolve.c moves the types of inputs into
                                       gb_input.want (else {GB_UNKNOWN}, check.c decides) */
    uint32_t n_ports;
    struct gb_constant *constants;
    uint32_t n_constants;
    struct gb_control_edge *controls; /* in edge order */
    uint32_t n_controls;
    struct gb_body_list *lists;
    uint32_t n_lists;
    uint32_t result_jval; /* the value of `return`, JSON_NONE when absent; resolve.c sets
                             graph->result by it, check.c when it is absent */
    bool declares_ret;    /* functions: returnType or a signature gives func->ret; else check.c
                             infers it. A parameter without a type (or `any`) is {GB_UNKNOWN} */
    bool unread_params;   /* functions: the signature, and with it the parameters, cannot be
                                    read; that has been said */
    struct gb_node_names *names; /* per node; what only the checks need by name */
    bool *broken;                /* per node: already reported, say nothing more about it */
};

/* Per node. Names the checks resolve: a variable's, a function's, declared types. */
struct gb_node_names {
    struct str name;         /* VarDecl VarGet VarSet ArraySet ArrayPush: the variable; Call: the
                                function; Param: the parameter. Resolved by check.c into
                                node->var; by resolve.c into node->callee, node->param */
    uint32_t name_jval;      /* for the pointer */
    struct gb_type declared; /* VarDecl `type`; Array `elementType`; {GB_UNKNOWN} for none */
    struct gb_type declared_out; /* of output 0, by the graph; {GB_UNKNOWN} for none */
    bool has_init;               /* VarDecl `initialValue` */
    struct gb_value init;
};

struct gb_front {
    struct gb_program *program;
    struct gb_report *report;
    const struct gb_policy *policy;
    const struct jdoc *doc;
    uint32_t ir, node_defs;
    struct gb_raw_graph *raw;  /* 0: main; 1 + i: function i */
    struct gb_extern *externs; /* of node_defs and the plugins */
    uint32_t n_externs;
    struct gb_error scratch; /* what gb_complain() gives past the cap */
    struct gb_catalogue *catalogue;
    struct strmap functions; /* by name, into program->funcs */
    uint32_t n_edges;        /* of the whole program, with listed inputs */
    bool stop;               /* a limit is exceeded: nothing after this step runs */
    int error;               /* 0 or -ENOMEM; sticky */
};

/* Steps. Each returns 0 or -ENOMEM; refusals are in the report. */
int gb_decode(struct gb_front *f);
int gb_resolve(struct gb_front *f);
int gb_structure(struct gb_front *f, struct gb_raw_graph *raw);
int gb_check(struct gb_front *f);

/* report.c: starts an error (or warning) about a value of the document; the caller fills in the
 * rest. Never NULL: past the cap it is a scratch one and the suppressed count rises. */
struct gb_error *gb_complain(struct gb_front *f, enum gb_code code, const struct gb_graph *graph,
                             uint32_t node, uint32_t jval, const char *fmt, ...)
    __attribute__((format(printf, 6, 7)));
struct gb_error *gb_warn(struct gb_front *f, enum gb_code code, const struct gb_graph *graph,
                         uint32_t node, uint32_t jval, const char *fmt, ...)
    __attribute__((format(printf, 6, 7)));
/* Copies what errors and warnings name into the report's arena, before the program is released. */
void gb_report_keep(struct gb_report *r);
/* The nearest of n names within a third of its length in edits, or empty ("did you mean"). */
struct str gb_nearest(struct str wrong, const struct str *names, uint32_t n);
/* The same, one name after another. */
struct gb_guess {
    struct str wrong, best;
    uint32_t distance; /* of best; start with GB_GUESS() */
    uint32_t tried;
};
#define GB_GUESS(name) ((struct gb_guess){.wrong = (name), .distance = GB_NIL})
void gb_guess_try(struct gb_guess *g, struct str name);

#endif
