/*
 * buf.h - the two string types: a view and a growing buffer.
 *
 * A view never owns. A buffer has a hard limit; a write past it (or one for which there is no
 * memory) is dropped and sets `error`, which stays set: write on, look once at the end.
 */
#ifndef GB_BASE_BUF_H
#define GB_BASE_BUF_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct str {
    const char *s; /* not NUL-terminated; may be NULL when n is 0 */
    size_t n;      /* bytes */
};

#define STR(literal) ((struct str){"" literal, sizeof(literal) - 1})
#define STR_ARG(v) (int)(v).n, (v).s /* for "%.*s" */

static inline struct str str_c(const char *s)
{
    return (struct str){s, s ? strlen(s) : 0};
}

static inline bool str_eq(struct str a, struct str b)
{
    return a.n == b.n && (a.n == 0 || memcmp(a.s, b.s, a.n) == 0);
}

static inline bool str_eqc(struct str a, const char *b)
{
    return str_eq(a, str_c(b));
}

struct buf {
    char *data;   /* NUL-terminated when len > 0 or after buf_cstr(); NULL when empty and new */
    size_t len;   /* bytes, without the NUL */
    size_t cap;   /* bytes allocated */
    size_t limit; /* most bytes of content ever held; 0: no limit */
    int error;    /* 0, -E2BIG (limit reached) or -ENOMEM; sticky */
};

#define BUF_INIT(max) ((struct buf){.limit = (max)})

/* Append. A piece that does not fit whole is dropped whole. */
void buf_put(struct buf *b, const void *data, size_t n);
void buf_puts(struct buf *b, const char *s);
void buf_putc(struct buf *b, char c);
void buf_str(struct buf *b, struct str v);
void buf_i64(struct buf *b, int64_t v);
void buf_u64(struct buf *b, uint64_t v);
void buf_printf(struct buf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void buf_vprintf(struct buf *b, const char *fmt, va_list ap) __attribute__((format(printf, 2, 0)));

/* Makes room for n more bytes; 0, -E2BIG or -ENOMEM (also left in b->error). */
int buf_reserve(struct buf *b, size_t n);

/* The content as a C string, "" when empty; valid until the next write. Never NULL. */
const char *buf_cstr(struct buf *b);

static inline struct str buf_view(const struct buf *b)
{
    return (struct str){b->data, b->len};
}

/* Empties, keeps the memory and the limit, clears error. */
void buf_clear(struct buf *b);
/* Releases the memory; accepts NULL and an already free buffer. */
void buf_free(struct buf *b);
/* Hands the (NUL-terminated) memory to the caller, who frees it; the buffer is empty after. */
char *buf_steal(struct buf *b);

#define cleanup_buf __attribute__((cleanup(buf_free)))

#endif
