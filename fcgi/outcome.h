/*
 * outcome.h - the closed list of ways a request can end (outcome.def).
 */
#ifndef GB_FCGI_OUTCOME_H
#define GB_FCGI_OUTCOME_H

enum outcome {
#define OUTCOME(name, ...) OUTCOME_##name,
#include "outcome.def"
#undef OUTCOME
    OUTCOME_COUNT
};

struct outcome_row {
    const char *name;
    int status;
    const char *word; /* "" for what is no problem */
    const char *title;
};

/* The row of an outcome; that of OUTCOME_internal for a number out of range. */
const struct outcome_row *outcome_row(enum outcome o);
/* The outcome that a stored word and status stand for; OUTCOME_ok for a status below 400. */
enum outcome outcome_of_word(const char *word, int status);

#endif
