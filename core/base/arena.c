/* arena.c - see arena.h. */
#include "arena.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#if defined(__SANITIZE_ADDRESS__)
#define ARENA_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define ARENA_ASAN 1
#endif
#endif

#ifdef ARENA_ASAN
#include <sanitizer/asan_interface.h>
#define REDZONE 16
#define POISON(p, n) ASAN_POISON_MEMORY_REGION(p, n)
#define UNPOISON(p, n) ASAN_UNPOISON_MEMORY_REGION(p, n)
#else
#define REDZONE 0
#define POISON(p, n) ((void)0)
#define UNPOISON(p, n) ((void)0)
#endif

#define CHUNK_BYTES ((size_t)64 * 1024)
#define ALIGNMENT 16

struct arena_chunk {
    struct arena_chunk *older;
    size_t size, used;
    _Alignas(ALIGNMENT) unsigned char bytes[];
};

static struct arena_chunk *chunk_for(struct arena *a, size_t n)
{
    struct arena_chunk *c = a->chunks;
    if (c && c->size - c->used >= n)
        return c;
    size_t size = c ? c->size * 2 : CHUNK_BYTES;
    if (size > 64 * CHUNK_BYTES)
        size = 64 * CHUNK_BYTES;
    if (size < n)
        size = n;
    c = malloc(sizeof *c + size);
    if (!c)
        return NULL;
    c->size = size;
    c->used = 0;
    c->older = a->chunks;
    a->chunks = c;
    POISON(c->bytes, size);
    return c;
}

void *arena_alloc(struct arena *a, size_t n)
{
    if (n > SIZE_MAX / 2 || (a->limit && n > a->limit - a->used))
        return NULL;
    size_t rounded = (n + REDZONE + ALIGNMENT - 1) & ~(size_t)(ALIGNMENT - 1);
    struct arena_chunk *c = chunk_for(a, rounded);
    if (!c)
        return NULL;
    void *p = c->bytes + c->used;
    c->used += rounded;
    a->used += n;
    UNPOISON(p, n);
    return memset(p, 0, n); /* here and not by the chunk: it is about to be used */
}

void *arena_array(struct arena *a, size_t count, size_t size)
{
    size_t bytes;
    if (__builtin_mul_overflow(count, size, &bytes))
        return NULL;
    return arena_alloc(a, bytes);
}

struct str arena_str(struct arena *a, struct str v)
{
    char *copy = arena_alloc(a, v.n + 1);
    if (!copy)
        return (struct str){0};
    if (v.n)
        memcpy(copy, v.s, v.n);
    return (struct str){copy, v.n};
}

struct str arena_printf(struct arena *a, const char *fmt, ...)
{
    va_list ap, again;
    va_start(ap, fmt);
    va_copy(again, ap);
    int n = vsnprintf(NULL, 0, fmt, ap);
    va_end(ap);
    char *text = n < 0 ? NULL : arena_alloc(a, (size_t)n + 1);
    if (text)
        vsnprintf(text, (size_t)n + 1, fmt, again);
    va_end(again);
    return (struct str){text, text ? (size_t)n : 0};
}

void arena_free(struct arena *a)
{
    if (!a)
        return;
    for (struct arena_chunk *c = a->chunks, *older; c; c = older) {
        older = c->older;
        UNPOISON(c->bytes, c->size);
        free(c);
    }
    *a = (struct arena){.limit = a->limit};
}
