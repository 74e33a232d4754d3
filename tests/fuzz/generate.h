/*
 * generate.h - random well-typed graphs.
 *
 * The same seed always gives the same graph. Graphs have nested loops and branches, functions (some
 * of them recursive, printing or reading), variables, arrays and text; every one must be accepted,
 * ends, and faults now and then.
 */
#ifndef GB_TESTS_GENERATE_H
#define GB_TESTS_GENERATE_H

#include "base/buf.h"

/* Writes {"ir": ...} to ret_graph and what the program reads to ret_input. */
void generate_graph(uint64_t seed, struct buf *ret_graph, struct buf *ret_input);

#endif
