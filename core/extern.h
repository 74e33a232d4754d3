/*
 * extern.h - external nodes: definitions of a request and plugin manifests. All of it is hostile
 * text that is to stand in C++, so only what these functions accept ever gets there.
 */
#ifndef GB_EXTERN_H
#define GB_EXTERN_H

#include "decode.h"

/* A definition on its way in. `name` is the node type's, from the key or the definition's own
 * member; jval the definition's object. */
struct gb_definition {
    struct gb_front *f;
    struct str name;
    uint32_t jval;
    struct gb_extern ext;
};

/* extern_lib.c: {"inputs", "outputs", "lib": {"name", "include", "signature", "pure"}}.
 * extern_manifest.c: {"name", "nodeType", "include", "function", "params", "returns"}.
 * Fill def->ext; false: refused, the report says why. def->f->error is set when out of memory. */
bool gb_read_lib(struct gb_definition *def);
bool gb_read_manifest(struct gb_definition *def);
/* The type name a manifest defines, for one that stands alone (a plugin's file). */
struct str gb_manifest_type(struct gb_front *f, uint32_t jval);

/* extern_policy.c */

/* Why a function may not be called by a node, NULL when it may: it is no identifier, or denied. */
enum gb_function_verdict { GB_FUNCTION_FINE, GB_FUNCTION_NO_NAME, GB_FUNCTION_DENIED };
enum gb_function_verdict gb_function_verdict(struct str name);
/* Whether the function is known to give different results from call to call. */
bool gb_function_impure(struct str name);
/* The function's name into def->ext.function, or a complaint. */
bool gb_read_function(struct gb_definition *def, uint32_t jval);
/* The include into def->ext.include (none when absent), or a complaint. */
bool gb_read_include(struct gb_definition *def, uint32_t jval);
/* The `pure` member of the object; what the function is known for wins over a claim. */
void gb_read_pure(struct gb_definition *def, uint32_t object);

/* A complaint about a definition. */
struct gb_error *gb_complain_definition(struct gb_definition *def, enum gb_code code, uint32_t jval,
                                        const char *fmt, ...) __attribute__((format(printf, 4, 5)));

#endif
