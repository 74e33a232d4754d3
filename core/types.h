/*
 * types.h - types by name and signatures, as declarations spell them (docs/language.md, Types).
 */
#ifndef GB_TYPES_H
#define GB_TYPES_H

#include "model.h"

#define GB_MAX_PARAMS 256 /* of one function; C++ promises no more ([implimits]) */
#define GB_MAX_PORTS (GB_MAX_PARAMS + 1)

/* "int", "number", "std::vector<double>", "const string&", ... `any` gives {GB_UNKNOWN}. 0 or
 * -EINVAL. */
int gb_type_parse(struct str name, struct gb_type *ret);

struct gb_signature {
    struct gb_type ret;
    struct str name;         /* possibly qualified */
    struct gb_param *params; /* an unnamed one has an empty name */
    uint32_t n_params;
};
/* "double f(const std::string& s, int)". 0, -EINVAL (no signature), -E2BIG (over GB_MAX_PARAMS) or
 * -ENOMEM. */
int gb_signature_parse(struct str text, struct arena *a, struct gb_signature *ret);

/* An ASCII C++ identifier, with "::" between such when `qualified`. */
bool gb_is_name(struct str s, bool qualified);

#endif
