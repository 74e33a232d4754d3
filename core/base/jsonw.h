/*
 * jsonw.h - JSON written straight into a buffer; commas and escapes are the writer's business.
 *
 *     struct jsonw w = {.out = &b};
 *     jw_open(&w, '{'); jw_key(&w, "n"); jw_int(&w, 1); jw_close(&w, '}');
 *
 * Invalid UTF-8 in a string is written as U+FFFD (RFC 3629), so a reply is always valid JSON.
 */
#ifndef GB_BASE_JSONW_H
#define GB_BASE_JSONW_H

#include "buf.h"

struct jsonw {
    struct buf *out;
    bool comma; /* a value stands before the next one */
};

void jw_open(struct jsonw *w, char bracket);  /* '{' or '[' */
void jw_close(struct jsonw *w, char bracket); /* '}' or ']' */
void jw_key(struct jsonw *w, const char *key);
void jw_key_str(struct jsonw *w, struct str key);
void jw_str(struct jsonw *w, struct str v);
void jw_cstr(struct jsonw *w, const char *v); /* NULL writes null */
void jw_int(struct jsonw *w, int64_t v);
void jw_uint(struct jsonw *w, uint64_t v);
void jw_real(struct jsonw *w, double v); /* shortest form that reads back; null when not finite */
void jw_fixed(struct jsonw *w, double v, int digits);
void jw_bool(struct jsonw *w, bool v);
void jw_null(struct jsonw *w);
/* Text that is JSON already, taken as it is. */
void jw_raw(struct jsonw *w, struct str json);

/* jw_key and a value in one. */
void jw_kstr(struct jsonw *w, const char *key, struct str v);
void jw_kcstr(struct jsonw *w, const char *key, const char *v);
void jw_kint(struct jsonw *w, const char *key, int64_t v);
void jw_kbool(struct jsonw *w, const char *key, bool v);

/* Appends v to out, escaped for a JSON string, without quotes. */
void json_escape(struct buf *out, struct str v);
/* Length of the valid UTF-8 sequence (1..4) at s (n > 0 bytes left), or 0 (RFC 3629). */
size_t utf8_sequence(const char *s, size_t n);
bool utf8_valid(struct str v);

#endif
