/*
 * decode.h - between the files of the decoder (decode*.c), and for nobody else.
 */
#ifndef GB_DECODE_H
#define GB_DECODE_H

#include "front.h"

/* What one graph needs while it is decoded. */
struct gb_decoder {
    struct gb_front *f;
    struct gb_raw_graph *raw;
    struct gb_graph *graph;
    struct strmap ids;
    uint32_t *listed; /* per node: its positional `inputs` list, JSON_NONE for none */
    uint32_t cap_lists, cap_ports, cap_constants;
    struct gb_constant *constants;
    uint32_t n_constants;
};

/* decode_value.c */

/* A constant of the document as a value, arrays too; `want` ({GB_UNKNOWN}: whatever it is) turns
 * integers into doubles where it says so. Complains as bad_literal and returns -EINVAL when it
 * cannot be one; -ENOMEM. `graph`, `node`: whom to name. */
int gb_decode_value(struct gb_front *f, const struct gb_graph *graph, uint32_t node, uint32_t jval,
                    struct gb_type want, struct gb_value *ret);
/* One pass over an object: the value of each member named (JSON_NONE: absent), the last of
 * duplicates. */
void gb_read_members(const struct jdoc *doc, uint32_t object, const struct str *names, int n,
                     uint32_t *ret_members);
/* Whether two values of the document say the same, member for member. */
bool gb_jval_equal(const struct jdoc *d, uint32_t a, uint32_t b);
/* A name: a string, not empty, no control characters, within the limit. Complains and returns false
 * when it is none; `what` names it in the message. */
bool gb_decode_name(struct gb_front *f, const struct gb_graph *graph, uint32_t node, uint32_t jval,
                    const char *what, struct str *ret);
/* A type's name. Complains as bad_type. */
bool gb_decode_type(struct gb_front *f, const struct gb_graph *graph, uint32_t node, uint32_t jval,
                    struct gb_type *ret);
/* Stops the front: the one error is this limit. */
void gb_limit(struct gb_front *f, const struct gb_graph *graph, uint32_t node, uint32_t jval,
              const char *what, uint64_t limit);
/* Room for one more behind n elements, growing twofold in the arena. NULL when out of memory. */
void *gb_grow(struct gb_front *f, void *array, uint32_t n, uint32_t *cap, size_t size);

/* decode_node.c: node number `at` from its object. */
int gb_decode_node(struct gb_decoder *d, uint32_t at, uint32_t jval);
/* decode_props.c: the merged property bags of a node whose type is known. */
int gb_decode_props(struct gb_decoder *d, uint32_t at, const uint32_t *bags, uint32_t n_bags);
/* decode_edge.c: all edges, lists of ids and positional inputs, once the nodes are known. */
int gb_decode_edges(struct gb_decoder *d, uint32_t edges);
int gb_decode_lists(struct gb_decoder *d);
int gb_decode_listed(struct gb_decoder *d);
/* The node of that id; complains about an unknown one and gives GB_NIL. `node`: whom to name. */
uint32_t gb_decode_ref(struct gb_decoder *d, uint32_t node, uint32_t jval, const char *what);

/* extern.c: node_defs into f->externs. 0 or -ENOMEM. */
int gb_decode_externs(struct gb_front *f);
/* extern_policy.c */
/* Complains as disallowed_include and returns false when the policy does not list it. */
bool gb_check_include(struct gb_front *f, uint32_t jval, struct str include);

#endif
