/*
 * emit_names.h - C++ identifiers made of the names people gave.
 *
 * An identifier keeps the letters, digits and single underscores of the name. What C++ or the
 * runtime knows already, for a function what the C library does, and what was given before, gets a
 * number behind it. The same names in the
 * same order always give the same identifiers.
 */
#ifndef GB_EMIT_NAMES_H
#define GB_EMIT_NAMES_H

#include "base/arena.h"

struct gb_name_slot;

struct gb_names {
    const struct gb_names *outer; /* names that count as given, too; NULL: these are global */
    struct arena *arena;
    struct gb_name_slot *slots;
    uint32_t mask, used;
};

/* Room for about n names; `outer` may be NULL. 0 or -ENOMEM. */
int gb_names_init(struct gb_names *names, const struct gb_names *outer, uint32_t n,
                  struct arena *arena);
/* A new identifier for a name (any bytes); `fallback` when nothing of it is left. .s is NULL
 * without memory. */
struct str gb_names_take(struct gb_names *names, struct str name, const char *fallback);
/* Gives away an identifier that must stay free. */
void gb_names_reserve(struct gb_names *names, struct str identifier);
/* Reserves what no program may define: keywords, the runtime, macros. */
void gb_names_reserve_common(struct gb_names *names);

#endif
