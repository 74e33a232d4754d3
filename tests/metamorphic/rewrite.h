/*
 * rewrite.h - graphs written differently: what must not change their meaning, and what must.
 *
 * A rewrite works on the JSON of an IR, with the model of the same program at hand where it has to
 * know what a node is. Node i of a graph's `nodes` is node i of the model.
 */
#ifndef GB_TESTS_REWRITE_H
#define GB_TESTS_REWRITE_H

/* Both JSON libraries name the types of values; the graphs are rewritten with jansson's. */
#define JSON_NULL GB_JSON_NULL
#define JSON_STRING GB_JSON_STRING
#define JSON_REAL GB_JSON_REAL
#define JSON_ARRAY GB_JSON_ARRAY
#define JSON_OBJECT GB_JSON_OBJECT
#include "gb.h"
#undef JSON_NULL
#undef JSON_STRING
#undef JSON_REAL
#undef JSON_ARRAY
#undef JSON_OBJECT

#include <jansson.h>

struct rewriting {
    const struct gb_program *p; /* of the IR as it was */
    const struct gb_identity *id;
    uint64_t random; /* state of the generator */
    bool applied;    /* set when something was changed */
};

struct rewrite {
    const char *name;
    void (*apply)(struct rewriting *r, json_t *ir);
};

/* Meaning is kept. The list ends with a NULL name. */
extern const struct rewrite gb_neutral[];
/* Meaning is changed, in one place; applied stays false where there is no such place. */
extern const struct rewrite gb_changing[];

/* A number below n. */
uint32_t rewriting_random(struct rewriting *r, uint32_t n);

#endif
