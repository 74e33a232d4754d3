/*
 * emit.h - the emitter's own state, shared by its parts and by nothing else.
 *
 *   emit.c           the file: includes, prototypes, functions, main
 *   emit_stmt.c      statements
 *   emit_local.c     what has to be declared before a statement
 *   emit_expr.c      expressions, driven by the table of operators
 *   emit_call.c      calls: functions of the program, external ones, casts
 *   emit_text.c      lines, columns, the map, literals
 *   emit_names.c     identifiers
 */
#ifndef GB_EMIT_H
#define GB_EMIT_H

#include "emit_names.h"
#include "gb.h"
#include "schedule.h"

struct gb_emitter {
    const struct gb_program *p;
    const struct gb_identity *id;
    struct gb_emission *out;
    struct arena arena;    /* what is only needed while emitting */
    struct gb_plan *plans; /* 0: main; 1 + i: function i, when it is called */
    bool *called;          /* by function */
    bool recursive;        /* some function calls itself: calls are counted */
    struct gb_names globals;
    struct str *func_names; /* by function */
    /* the text */
    uint32_t line;
    size_t line_start;
    uint32_t indent;
    uint32_t map_room;
    int error;
    /* the graph at hand */
    const struct gb_plan *plan;
    const struct gb_graph *g;
    const uint32_t *sites; /* by node; NULL without an identity */
    struct str function;   /* its name, empty for main */
    struct gb_schedule schedule;
    struct gb_names names;
    struct str *params, *vars; /* identifiers by parameter, by variable */
    struct str *name;          /* by node, once it is declared */
    uint8_t *named;            /* by node: enum gb_named */
    bool *mapped;              /* by node: a range of the map answers for it */
    uint32_t *brief;           /* nodes whose names end with the statement */
    uint32_t n_brief;
    struct str **outs;                  /* by node: an external's output parameters */
    uint32_t *local_first, *local_last; /* by node: the steps that are locals of its lambda */
    struct str turn;  /* the variable that counts statements, where values ask for it */
    uint32_t *folded; /* scratch for the map */
};

/* ---- emit_text.c ---------------------------------------------------------------------------- */

void gb_put(struct gb_emitter *e, struct str s);
void gb_put_u64(struct gb_emitter *e, uint64_t v);
#define gb_puts(e, literal) gb_put((e), STR(literal))
/* A line's beginning, at the current depth; a line's end. */
void gb_begin_line(struct gb_emitter *e);
void gb_end_line(struct gb_emitter *e, struct str last);
/* "gb::Int", "double", "gb::Array<gb::String>", ... */
void gb_put_type(struct gb_emitter *e, struct gb_type t);
/* A constant as an expression. Nothing in it can end the literal it stands in. */
void gb_put_value(struct gb_emitter *e, const struct gb_value *v);
void gb_put_text(struct gb_emitter *e, struct str s);

/* Opens a range of the map at the current column and gives its number; closes it before the current
 * column. port: empty for the node itself. */
uint32_t gb_open_range(struct gb_emitter *e, uint32_t node, struct str port);
void gb_close_range(struct gb_emitter *e, uint32_t range);
/* What was folded into the node: it, its inputs and what is below them get the range, too. */
void gb_map_folded(struct gb_emitter *e, uint32_t node, uint32_t range);

/* ---- emit_expr.c ---------------------------------------------------------------------------- */

/* How tightly an expression binds, loosest first. */
enum gb_level {
    GB_LEVEL_ANY,
    GB_LEVEL_CHOICE, /* ?: */
    GB_LEVEL_OR,
    GB_LEVEL_AND,
    GB_LEVEL_BIT_OR,
    GB_LEVEL_BIT_XOR,
    GB_LEVEL_BIT_AND,
    GB_LEVEL_EQUAL,
    GB_LEVEL_ORDER,
    GB_LEVEL_SHIFT,
    GB_LEVEL_ADD,
    GB_LEVEL_MUL,
    GB_LEVEL_PREFIX,
    GB_LEVEL_PRIMARY,
};

/* The value at an input of `consumer`, in parentheses unless it binds at least as tightly as
 * `level`; the ranges of the port and of the source are noted. */
void gb_put_input(struct gb_emitter *e, uint32_t consumer, uint32_t input, enum gb_level level);
/* The same, of the type `want`. */
void gb_put_input_as(struct gb_emitter *e, uint32_t consumer, uint32_t input, enum gb_level level,
                     struct gb_type want);
/* Output `out` of a node as a value of the type `want`. */
void gb_put_output(struct gb_emitter *e, uint32_t node, uint32_t out, struct gb_type want,
                   enum gb_level level);
/* A value node's own expression. */
void gb_put_value_node(struct gb_emitter *e, uint32_t node);
/* Whether the value at an input is a constant, and which. */
const struct gb_value *gb_known_at(const struct gb_emitter *e, const struct gb_input *in);
const struct gb_input *gb_input_at(const struct gb_emitter *e, uint32_t node, uint32_t input);
/* "gb::at(12)" */
void gb_put_site(struct gb_emitter *e, uint32_t node);
/* The wired inputs from `first` on, with commas between. Returns how many. */
uint32_t gb_put_inputs(struct gb_emitter *e, uint32_t node, uint32_t first);

/* ---- emit_call.c ---------------------------------------------------------------------------- */

void gb_put_call(struct gb_emitter *e, uint32_t node);
void gb_put_external(struct gb_emitter *e, uint32_t node);
void gb_put_cast(struct gb_emitter *e, uint32_t node);
enum gb_level gb_cast_level(const struct gb_emitter *e, uint32_t node);
void gb_put_read(struct gb_emitter *e, uint32_t node);
/* The type of a value's local: for a Read that of both its outputs. */
void gb_put_node_type(struct gb_emitter *e, uint32_t node);

/* ---- emit_local.c --------------------------------------------------------------------------- */

/* What the schedule at hand needs declared, and whether that is anything. */
void gb_put_prelude(struct gb_emitter *e);
bool gb_has_prelude(const struct gb_emitter *e);
/* The values that several statements share, before the first of them. */
void gb_put_anchored(struct gb_emitter *e, uint32_t place);
/* Counts a statement, where values are computed once a statement. */
void gb_put_turn(struct gb_emitter *e);
/* Volatile values are computed anew for the next statement. */
void gb_end_brief_names(struct gb_emitter *e);
/* The variables that an external function writes to. */
void gb_declare_outputs(struct gb_emitter *e, uint32_t node);
bool gb_returns_nothing(const struct gb_node *n);

/* ---- emit_stmt.c ---------------------------------------------------------------------------- */

/* The statements of the body of the graph at hand, from the emitter's plan. */
void gb_put_body(struct gb_emitter *e);

#endif
