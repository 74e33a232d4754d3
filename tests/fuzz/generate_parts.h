/*
 * generate_parts.h - the generator's own state, shared by its parts and by nothing else.
 *
 *   generate.c        functions and whole graphs
 *   generate_stmt.c   statements and bodies
 *   generate_value.c  chance, nodes and edges, values
 *
 * Types are letters: i d b s, and I D S for arrays of i, d, s; v for none.
 */
#ifndef GB_TESTS_GENERATE_PARTS_H
#define GB_TESTS_GENERATE_PARTS_H

#include "generate.h"

#define POOL_MAX 256
#define VARS_MAX 64
#define FUNCS_MAX 4
#define PARAMS_MAX 3
#define BLOCK_DEPTH 3
#define VALUE_DEPTH 4

/* A value that a node gives: "n12", or its output `port`. */
struct ref {
    uint32_t node;
    const char *port;
};

struct pooled {
    struct ref ref;
    char type;
    unsigned level;
};

struct variable {
    uint32_t number;
    char type;
    unsigned level;
};

struct function {
    char params[PARAMS_MAX + 1]; /* types */
    char ret;                    /* 'v': none */
    bool recursive;              /* its first parameter counts down */
};

struct gen {
    uint64_t random;
    struct buf nodes, edges, functions;
    uint32_t n_nodes;
    int budget; /* nodes that may still be made; then only leaves */
    struct pooled pool[POOL_MAX];
    unsigned n_pool;
    struct variable vars[VARS_MAX];
    unsigned n_vars, n_var_names;
    unsigned level, loops;
    struct function funcs[FUNCS_MAX];
    unsigned n_funcs;
    const struct function *inside; /* NULL: the main graph */
    const char *bag;               /* "properties", "props" or "params" */
    bool third;                    /* fromNode, toNode */
};

/* ---- generate_value.c ------------------------------------------------------------------------- */

unsigned below(struct gen *g, unsigned n);
bool percent(struct gen *g, unsigned p);
#define PICK(g, list) (list)[below(g, sizeof(list) / sizeof *(list))]
char any_type(struct gen *g);
const char *type_name(char type);

/* A node without a label; `properties` is the inside of its bag, or "". */
uint32_t node(struct gen *g, const char *type, const char *properties);
void comma(struct buf *b);
void wire(struct gen *g, struct ref from, uint32_t to, const char *port, size_t n);
void control(struct gen *g, uint32_t from, uint32_t to, const char *port);

/* A value of the type, new or one that is there; nested `depth` deep in its statement. */
struct ref value(struct gen *g, char type, unsigned depth);
struct ref small_index(struct gen *g);
struct ref int_literal(struct gen *g, unsigned v);
/* Lets later values of this scope use it. */
void keep(struct gen *g, struct ref ref, char type);
/* A Call of function `f`; its first argument is small when it counts down. */
struct ref call(struct gen *g, unsigned f, unsigned depth);

/* ---- generate_stmt.c -------------------------------------------------------------------------- */

/* One statement; *ret_first is where its chain begins. */
uint32_t statement(struct gen *g, unsigned depth, uint32_t *ret_first);
/* A Return. */
uint32_t give_back(struct gen *g);

#endif
