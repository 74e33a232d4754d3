/*
 * value.h - the memory behind values that are made while a program runs.
 *
 * Texts and arrays share counted memory; a write copies it first unless it has one holder only, so
 * arrays are values and a loop that pushes stays linear. All of it is charged to a heap with a
 * budget. A heap on an arena (for folding) never counts holders: its values live as long as the
 * arena.
 */
#ifndef GB_VALUE_H
#define GB_VALUE_H

#include "model.h"

struct gb_heap {
    struct arena *arena; /* NULL: counted memory, released by gb_drop */
    size_t used, limit;  /* bytes; limit 0: none */
    uint64_t work;       /* bytes touched so far, for a budget of steps */
};

/* Charges and releases plain zeroed memory; NULL when the budget or the memory is used up. */
void *gb_heap_alloc(struct gb_heap *h, size_t n);
void *gb_heap_resize(struct gb_heap *h, void *p, size_t old, size_t n);
void gb_heap_free(struct gb_heap *h, void *p, size_t n);

/* One more holder of v. Returns v. */
struct gb_value gb_hold(struct gb_value v);
/* One holder less; v may no longer be used. */
void gb_drop(struct gb_heap *h, struct gb_value *v);

struct gb_value gb_int(int64_t i);
struct gb_value gb_double(double d);
struct gb_value gb_bool(bool b);
struct gb_value gb_text(struct str s); /* a borrowed text */
/* 0, 0.0, false, "" or an array without items. */
struct gb_value gb_zero(struct gb_type type);

/* A new text of n bytes for the caller to fill through *ret_bytes. False: out of budget. */
bool gb_text_new(struct gb_heap *h, size_t n, char **ret_bytes, struct gb_value *ret);
/* A new array of n items, all zero values until the caller fills *ret_items. */
bool gb_array_new(struct gb_heap *h, struct gb_type type, uint32_t n, struct gb_value **ret_items,
                  struct gb_value *ret);

/* Replaces item `at` (at < n) or appends one; `item` is taken, also on failure. */
bool gb_array_put(struct gb_heap *h, struct gb_value *array, uint32_t at, struct gb_value item);
bool gb_array_push(struct gb_heap *h, struct gb_value *array, struct gb_value item);

#endif
