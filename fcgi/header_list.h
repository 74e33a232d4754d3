/*
 * header_list.h - an operator's list of the headers that C sources may include.
 */
#ifndef GB_FCGI_HEADER_LIST_H
#define GB_FCGI_HEADER_LIST_H

#include "../core/base/arena.h"
#include "../core/base/err.h"

/* Reads a JSON array of names ("stdio.h") from the file; "" is no file and gives no list. The list
 * lives in the arena. 0, or a negative errno and what is wrong. */
int header_list_load(const char *file, struct arena *arena, const struct str **ret, size_t *ret_n,
                     struct err *err);

#endif
