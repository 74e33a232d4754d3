/*
 * outcome.c - the table of outcomes.
 */
#include "outcome.h"

#include <string.h>

static const struct outcome_row rows[] = {
#define OUTCOME(name, status, word, title) {#name, status, word, title},
#include "outcome.def"
#undef OUTCOME
};

const struct outcome_row *outcome_row(enum outcome o)
{
    return (unsigned)o < OUTCOME_COUNT ? &rows[o] : &rows[OUTCOME_internal];
}

enum outcome outcome_of_word(const char *word, int status)
{
    if (status < 400)
        return OUTCOME_ok;
    for (int i = 0; i < OUTCOME_COUNT; i++)
        if (rows[i].status == status && strcmp(rows[i].word, word) == 0)
            return (enum outcome)i;
    return OUTCOME_internal;
}
