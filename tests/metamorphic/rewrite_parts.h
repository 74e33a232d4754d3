/*
 * rewrite_parts.h - finding one's way in the JSON of an IR of any dialect; shared by rewrite*.c and by
 * nothing else.
 */
#ifndef GB_TESTS_REWRITE_PARTS_H
#define GB_TESTS_REWRITE_PARTS_H

#include "rewrite.h"

#include "catalogue.h"

#include <stdio.h>
#include <stdlib.h>

/* The names of a node's property bags. */
#define GB_N_BAGS 3
extern const char *const gb_bags[GB_N_BAGS];

typedef void gb_graph_fn(struct rewriting *r, json_t *graph, const struct gb_graph *g);

/* Calls fn for the main graph and each function's. */
void gb_each_graph(struct rewriting *r, json_t *ir, gb_graph_fn *fn);
json_t *gb_node_at(json_t *graph, size_t i);
size_t gb_count_nodes(json_t *graph);
const char *gb_id_of(json_t *node);
/* The end of an edge, whatever it is called; NULL when absent. */
const char *gb_edge_end(json_t *edge, const char *name, const char *other);
bool gb_is_control_edge(json_t *edge);
/* Replaces a string by what the map says of it, in an object and in a list. */
void gb_map_member(json_t *object, const char *key, json_t *map);
void gb_map_list(json_t *list, json_t *map);

#endif
