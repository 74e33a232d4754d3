/*
 * strmap.h - names to numbers: a fixed-size hash table that does not own its names.
 *
 * The value of a name is its index in the caller's array, where the table reads the name again when
 * it compares. Probing is keyed with a secret of the process, so that nobody can choose names that
 * collide; nothing observable depends on the order.
 */
#ifndef GB_STRMAP_H
#define GB_STRMAP_H

#include "base/arena.h"

struct strmap_slot {
    uint32_t hash;
    uint32_t value; /* index + 1; 0: free */
};

struct strmap {
    struct strmap_slot *slots;
    uint32_t mask;
    const char *names; /* the first struct str; the others follow `stride` bytes apart */
    size_t stride;
    uint64_t key;
};

#define STRMAP_NONE UINT32_MAX

/* Room for max names, names[i] standing at (char *)names + i * stride. 0 or -ENOMEM. */
int strmap_init(struct strmap *m, struct arena *a, uint32_t max, const struct str *names,
                size_t stride);
/* Adds names[index]. Gives the index that already bears this name (and changes nothing), or
 * STRMAP_NONE when it was new. */
uint32_t strmap_add(struct strmap *m, uint32_t index);
/* The index of the name, or STRMAP_NONE. Accepts a zeroed table. */
uint32_t strmap_find(const struct strmap *m, struct str name);

#endif
