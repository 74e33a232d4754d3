/*
 * hash.h - the canonical stream, shared by hash*.c and by nothing else.
 *
 * A program is walked from its first statement, statement by statement, each behind the values it
 * needs, in port order. Whatever is met for the first time gets the next number and its definition
 * is written to the stream: type of node, what its properties mean, the numbers of its inputs. A
 * value without effects whose definition was written before is that value again. So neither names,
 * ids and positions nor the order of nodes and edges enter, unless they change the tree or the
 * wiring; and sharing a value equals repeating it, but for what reads or calls.
 */
#ifndef GB_HASH_H
#define GB_HASH_H

#include "gb.h"

#include <sodium.h>

/* A definition that was written, in the texts' buffer. */
struct gb_definition {
    uint64_t hash;
    size_t at, len;
    uint32_t number; /* 0: a free slot */
};

struct gb_canon {
    const struct gb_program *p;
    struct arena *out, *tmp;
    struct gb_identity *id;
    crypto_hash_sha256_state sha;
    struct buf text;  /* the definition being made */
    struct buf texts; /* all definitions that may come again */
    struct gb_definition *table;
    uint32_t mask;
    unsigned char key[crypto_shorthash_KEYBYTES];

    uint32_t *func_order, n_funcs; /* functions in the order they are met */
    uint32_t *func_number;         /* by function: place in func_order + 1; 0: not met */
    bool externs;                  /* an external node is used */

    /* the graph at hand */
    uint32_t func; /* GB_NIL: main */
    const struct gb_graph *g;
    uint32_t *number;     /* by node, the identity's own array */
    uint32_t *var_number; /* by variable, from 1 */
    uint32_t n_vars;
    uint32_t *stack, *at; /* the walk through values, and by node the next input to look at */
    uint32_t *refs;       /* room for the numbers of one node's inputs */
    uint32_t result;      /* the function's, as the graph or a Return at its end says it */
    uint32_t result_out;
};

/* hash_encode.c: unambiguous pieces of definitions, appended to canon->text. */
void gb_encode_u32(struct gb_canon *c, uint32_t v);
void gb_encode_str(struct gb_canon *c, struct str v);
void gb_encode_type(struct gb_canon *c, struct gb_type t);
void gb_encode_value(struct gb_canon *c, const struct gb_value *v);
/* What a node is and what its properties mean, without its inputs. */
void gb_encode_node(struct gb_canon *c, const struct gb_node *node);
/* The place of a function in the order they are met. */
uint32_t gb_canon_func(struct gb_canon *c, uint32_t func);

#endif
