/*
 * resolve.h - between the files of the resolver (resolve*.c), and for nobody else.
 */
#ifndef GB_RESOLVE_H
#define GB_RESOLVE_H

#include "front.h"
#include "types.h"

/* The input ports of one node, wherever their names come from: a row, a function, an external. */
struct gb_sockets {
    struct gb_front *f;
    const struct gb_graph *graph;
    uint32_t node;
    const struct gb_shape *shape; /* rows; NULL for externals. A Call's inputs are the callee's */
    const struct gb_func *callee; /* Call */
    const struct gb_extern *ext;  /* External */
    uint32_t n;                   /* how many; 1 when the first repeats */
    bool repeats;
};

struct gb_sockets gb_sockets_of(struct gb_front *f, const struct gb_graph *graph, uint32_t node);
/* The name of socket i; of a repeating one, of its i-th copy (0-based). Empty when out of memory.
 */
struct str gb_socket_name(const struct gb_sockets *s, uint32_t i);
/* The index of the socket of that name (of a repeating one, the number that the name ends in, so
 * that order is kept); GB_NIL when there is none. */
uint32_t gb_socket_find(const struct gb_sockets *s, struct str name);
bool gb_socket_optional(const struct gb_sockets *s, uint32_t i);

/* Which output the port's name means, GB_NIL (and a complaint about the wire) when there is none.
 */
uint32_t gb_output_find(struct gb_front *f, const struct gb_graph *graph, const struct gb_wire *w);
/* What a node is called in messages: "Add", "Lib_sin". */
struct str gb_node_type_name(const struct gb_node *n);

/* Complaints about a wire into a node. */
void gb_no_socket(const struct gb_sockets *s, const struct gb_wire *w);
void gb_two_writers(const struct gb_sockets *s, const struct gb_wire *w, uint32_t socket);
void gb_too_many(const struct gb_sockets *s, const struct gb_wire *w, uint32_t n_wires);
/* `socket` is the first without a wire, of the n_wires that arrive. */
void gb_unwired(const struct gb_sockets *s, uint32_t socket, uint32_t n_wires);

#endif
