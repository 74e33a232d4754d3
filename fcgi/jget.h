/*
 * jget.h - reading members of a document that one of our own parts wrote: absent or of another type
 * gives the default.
 */
#ifndef GB_FCGI_JGET_H
#define GB_FCGI_JGET_H

#include "../core/base/json.h"

static inline struct str jget_str(const struct jdoc *d, uint32_t obj, const char *key)
{
    return jdoc_str(d, jdoc_get(d, obj, key));
}

static inline int64_t jget_int(const struct jdoc *d, uint32_t obj, const char *key,
                               int64_t otherwise)
{
    uint32_t v = jdoc_get(d, obj, key);
    return jdoc_is(d, v, JSON_INT) ? d->vals[v].i : otherwise;
}

static inline double jget_real(const struct jdoc *d, uint32_t obj, const char *key)
{
    uint32_t v = jdoc_get(d, obj, key);
    if (jdoc_is(d, v, JSON_REAL))
        return d->vals[v].d;
    return jdoc_is(d, v, JSON_INT) ? (double)d->vals[v].i : 0;
}

static inline bool jget_bool(const struct jdoc *d, uint32_t obj, const char *key, bool otherwise)
{
    uint32_t v = jdoc_get(d, obj, key);
    return jdoc_is(d, v, JSON_BOOL) ? d->vals[v].b : otherwise;
}

/* The member's text as it stands; empty when it is absent or null. */
static inline struct str jget_raw(const struct jdoc *d, uint32_t obj, const char *key)
{
    uint32_t v = jdoc_get(d, obj, key);
    if (v == JSON_NONE || jdoc_is(d, v, JSON_NULL))
        return (struct str){0};
    return (struct str){d->text + d->vals[v].start, d->vals[v].end - d->vals[v].start};
}

#endif
