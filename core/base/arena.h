/*
 * arena.h - memory that lives and dies together.
 *
 * Everything a compilation makes comes from one arena and is released at once. Under
 * AddressSanitizer each allocation stands in poisoned surroundings, so overruns are seen.
 */
#ifndef GB_BASE_ARENA_H
#define GB_BASE_ARENA_H

#include "buf.h"

struct arena_chunk;

struct arena {
    struct arena_chunk *chunks; /* newest first */
    size_t used;                /* bytes handed out */
    size_t limit;               /* most bytes handed out; 0: no limit */
};

#define ARENA_INIT(max) ((struct arena){.limit = (max)})

/* n zeroed bytes aligned for any type; NULL when the limit or the memory is exhausted. n 0 gives a
 * valid pointer. */
void *arena_alloc(struct arena *a, size_t n);
/* count * size zeroed bytes, overflow-checked. */
void *arena_array(struct arena *a, size_t count, size_t size);
/* A copy with a NUL behind it; .s is NULL on failure. */
struct str arena_str(struct arena *a, struct str v);
struct str arena_printf(struct arena *a, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
/* Releases everything; the arena can be used again. Accepts NULL. */
void arena_free(struct arena *a);

#define arena_new(a, type) ((type *)arena_alloc((a), sizeof(type)))
#define arena_new_array(a, count, type) ((type *)arena_array((a), (count), sizeof(type)))

#endif
