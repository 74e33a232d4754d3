/*
 * fields.h - accepted input as tables: member, type, bounds, whether it is required.
 *
 * What a table does not name is refused by name, with the nearest known name. The OpenAPI document
 * is another expansion of the same tables.
 */
#ifndef GB_FCGI_FIELDS_H
#define GB_FCGI_FIELDS_H

#include <stddef.h>

#include "../core/base/config.h"
#include "../core/base/json.h"
#include "../core/base/jsonw.h"
#include "outcome.h"

enum field_type {
    FIELD_ANY,    /* checked elsewhere */
    FIELD_STRING, /* max: bytes */
    FIELD_WORD,   /* one of `words` */
    FIELD_BOOL,
    FIELD_INT,    /* min..max */
    FIELD_LEVEL,  /* min..max, or a boolean */
    FIELD_LIMIT,  /* an integer of at least 1; above the operator's it is lowered to it */
    FIELD_OBJECT, /* `sub` describes the members; without it any member is accepted */
    FIELD_ARRAY,  /* min..max elements; `sub` describes one */
    FIELD_MAP, /* an object of 1..max members with names of the caller's; `sub` describes a value */
};

struct field {
    const char *name; /* NULL ends a table */
    enum field_type type;
    int64_t min, max;
    /* offsetof(struct config, ...) of the operator's bound in place of max, which it is shifted by
     * max_shift to be in the unit of; 0: max it is. */
    size_t max_of;
    unsigned max_shift;
    const struct field *sub;
    const char *words; /* FIELD_WORD: separated by spaces */
    bool required;
    const char *itself; /* an object with this member in place of the field is the field's value */
    bool no_nul;        /* FIELD_STRING: without the character U+0000 */
    enum outcome missing; /* when required and absent or null */
    const char *doc;
};

extern const struct field fields_compile[];
extern const struct field fields_execute[];
extern const struct field fields_validate[];
extern const struct field fields_emit[];
extern const struct field fields_preview[];
extern const struct field fields_batch[];
extern const struct field fields_jobs_query[]; /* of the address of GET /v1/jobs */

#define FIELD_COMPLAINTS_MAX 20

struct field_complaint {
    enum outcome outcome;
    uint32_t value;         /* what is wrong, or the object that lacks something */
    const char *field;      /* the table's or (unknown members) the request's name; may be "" */
    struct str unknown;     /* the unknown member's name */
    const char *suggestion; /* the nearest known name; NULL: none is near */
    char message[160];
};

struct field_check {
    const struct config *cfg;
    struct field_complaint complaints[FIELD_COMPLAINTS_MAX];
    unsigned n;
};

/* The row of that name; NULL: none. */
const struct field *field_find(const struct field *table, struct str name);
/* The known name that an unknown one was meant to be, or NULL: the nearest, else one that it begins
 * ("memory" of "memory_mb"). */
const char *field_suggest(struct str name, const struct field *table);
/* The upper bound that is in force; cfg NULL: the table's. */
int64_t field_max(const struct field *f, const struct config *cfg);
/* Checks the object against the table; true when there is nothing to complain about. */
bool fields_check(const struct jdoc *doc, uint32_t object, const struct field *table,
                  const struct config *cfg, struct field_check *ret);
/* The complaints as a JSON array of {pointer, field, message, suggestion}. */
void fields_complaints_json(const struct jdoc *doc, const struct field_check *check,
                            struct jsonw *w);

#endif
