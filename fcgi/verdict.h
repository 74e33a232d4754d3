/*
 * verdict.h - the closed list of verdicts (verdict.def).
 */
#ifndef GB_FCGI_VERDICT_H
#define GB_FCGI_VERDICT_H

#include "../core/base/buf.h"

enum verdict {
#define VERDICT(name, ...) VERDICT_##name,
#include "verdict.def"
#undef VERDICT
    VERDICT_COUNT
};

const char *verdict_name(enum verdict v);
const char *verdict_error(enum verdict v); /* the `error` member; "" for ok */
const char *verdict_message(enum verdict v);
/* True when the word is one of the list. */
bool verdict_parse(struct str word, enum verdict *ret);

#endif
