/*
 * json.h - a JSON reader that knows where everything stands (RFC 8259).
 *
 * One pass turns a text into a flat array of values (a "tape"); every value keeps its byte range, so
 * an error can be shown with a JSON Pointer (RFC 6901) and a caret into the text. Strict: UTF-8 is
 * checked, nothing may follow the value, depth is bounded. Duplicate keys are noted, not refused.
 * Written here because jansson keeps no positions and takes several times the time a graph of
 * 20,000 nodes may take (docs/architecture.md, `make bench`).
 */
#ifndef GB_BASE_JSON_H
#define GB_BASE_JSON_H

#include "arena.h"
#include "buf.h"
#include "err.h"

#define JSON_DEPTH_MAX 64
#define JSON_DUPLICATES_MAX 100
#define JSON_NONE UINT32_MAX
#define JSON_BYTES_MAX ((size_t)1 << 28) /* so that any count fits its bits */

enum json_type {
    JSON_NULL,
    JSON_BOOL,
    JSON_INT,  /* fits int64 */
    JSON_HUGE, /* an integer beyond int64, a real beyond double; its text is text[start, end) */
    JSON_REAL, /* written with a fraction or exponent; finite */
    JSON_STRING,
    JSON_ARRAY,
    JSON_OBJECT,
};

struct jval {
    uint32_t type : 4;   /* enum json_type */
    uint32_t count : 28; /* elements of an array, members of an object, bytes of a string */
    uint32_t start, end; /* byte range in the text, quotes and brackets included; end exclusive */
    uint32_t next;       /* index of the value after this one and all it holds */
    union {
        bool b;
        int64_t i;
        double d;
        const char *s; /* a string's `count` bytes, unescaped; may hold NULs */
    };
};

/* Values in text order: an array's elements follow it; an object's members follow as key, value. The
 * root is 0. Index JSON_NONE means "absent" and is accepted by every function below. */
struct jdoc {
    const char *text; /* borrowed: must outlive the document */
    size_t len;
    struct jval *vals;
    uint32_t n_vals;
    uint32_t duplicates[JSON_DUPLICATES_MAX]; /* indices of keys that repeat an earlier one */
    uint32_t n_duplicates;
    struct arena strings; /* unescaped strings that differ from their text */
};

struct json_where {
    size_t offset;      /* byte offset of a parse error */
    uint32_t line, col; /* 1-based; col counts bytes */
};

/* Parses len bytes. 0; -EINVAL: not JSON, *ret_where (may be NULL) says
 * where; -E2BIG: nested deeper than JSON_DEPTH_MAX, or
 * longer than JSON_BYTES_MAX; -ENOMEM. Release with jdoc_free, also after a
 * failure. */
int jdoc_parse(struct jdoc *doc, const char *text, size_t len, struct json_where *ret_where,
               struct err *err);
void jdoc_free(struct jdoc *doc); /* accepts a zeroed document */

static inline const struct jval *jdoc_at(const struct jdoc *d, uint32_t v)
{
    return v < d->n_vals ? &d->vals[v] : NULL;
}

/* The type test; false for JSON_NONE. */
static inline bool jdoc_is(const struct jdoc *d, uint32_t v, enum json_type type)
{
    return v < d->n_vals && d->vals[v].type == (uint32_t)type;
}

/* The string's bytes; empty unless v is a string. */
static inline struct str jdoc_str(const struct jdoc *d, uint32_t v)
{
    if (!jdoc_is(d, v, JSON_STRING))
        return (struct str){0};
    return (struct str){d->vals[v].s, d->vals[v].count};
}

/* The member's value, or JSON_NONE (also when obj is no object). The last of duplicates wins. */
uint32_t jdoc_get(const struct jdoc *d, uint32_t obj, const char *key);

/* Iteration: for (it = jdoc_first(d, v); it != JSON_NONE; it = jdoc_next(d, v, it)). For an object
 * the iterator stands on the key, the value is it + 1. */
uint32_t jdoc_first(const struct jdoc *d, uint32_t container);
uint32_t jdoc_next(const struct jdoc *d, uint32_t container, uint32_t it);

/* Appends the JSON Pointer of v ("" for the root). */
void jdoc_pointer(const struct jdoc *d, uint32_t v, struct buf *out);
/* Line and column of a byte offset. */
struct json_where jdoc_where(const struct jdoc *d, size_t offset);
/* "null", "a boolean", "an integer", ... for messages. */
const char *json_type_name(uint32_t type);

#endif
