/*
 * nearest.h - "did you mean": how far apart two names are.
 */
#ifndef GB_FCGI_NEAREST_H
#define GB_FCGI_NEAREST_H

#include "../core/base/buf.h"

#define NEAREST_MAX 2 /* edits apart and still the same word to a person */

/* Edits (insert, delete, replace, swap of neighbours) between two names, case not counted; anything
 * over NEAREST_MAX, or as long as the name itself, is given as NEAREST_MAX + 1. */
unsigned nearest_distance(struct str a, struct str b);

/* Whether `word` is one of the words in `words`, which are separated by single spaces. */
bool nearest_has_word(const char *words, struct str word);

#endif
