/*
 * outcome.c - the table of outcomes.
 */
#include "outcome.h"

static const struct outcome_row rows[] = {
#define OUTCOME(name, status, word, title) {#name, status, word, title},
#include "outcome.def"
#undef OUTCOME
};

const struct outcome_row *outcome_row(enum outcome o)
{
    return (unsigned)o < OUTCOME_COUNT ? &rows[o] : &rows[OUTCOME_internal];
}
