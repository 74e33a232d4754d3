/*
 * verdict.c - the table of verdicts.
 */
#include "verdict.h"

static const struct {
    const char *name, *error, *message;
} rows[] = {
#define VERDICT(name, error, message) {#name, error, message},
#include "verdict.def"
#undef VERDICT
};

const char *verdict_name(enum verdict v)
{
    return rows[v].name;
}

const char *verdict_error(enum verdict v)
{
    return rows[v].error;
}

const char *verdict_message(enum verdict v)
{
    return rows[v].message;
}

bool verdict_parse(struct str word, enum verdict *ret)
{
    for (int i = 0; i < VERDICT_COUNT; i++) {
        if (str_eqc(word, rows[i].name)) {
            *ret = (enum verdict)i;
            return true;
        }
    }
    return false;
}
