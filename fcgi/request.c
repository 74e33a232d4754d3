/*
 * request.c - what every handler may ask of a request.
 */
#include "request.h"

#include <string.h>

const char *request_param(const struct request *q, const char *name)
{
    const char *value = q->transport->param(q->transport->data, name);
    return value ? value : "";
}

bool request_no_store(const struct request *q)
{
    return strcasestr(request_param(q, "HTTP_CACHE_CONTROL"), "no-store") != NULL;
}

double ms_since(const struct timespec *from)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)(now.tv_sec - from->tv_sec) * 1e3 + (double)(now.tv_nsec - from->tv_nsec) / 1e6;
}

void phase_end(struct request *q, enum phase phase, struct timespec *from)
{
    q->spent_ms[phase] += ms_since(from);
    clock_gettime(CLOCK_MONOTONIC, from);
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c = (char)(c | 0x20);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Percent-decoding (RFC 3986); a '+' is a space as forms have it. */
static struct str decode(struct request *q, const char *s, size_t n)
{
    char *out = arena_alloc(&q->arena, n + 1);
    size_t len = 0;
    if (!out)
        return (struct str){0};
    for (size_t i = 0; i < n; i++) {
        bool escape =
            s[i] == '%' && i + 2 < n && hex_digit(s[i + 1]) >= 0 && hex_digit(s[i + 2]) >= 0;
        if (escape) {
            out[len++] = (char)(hex_digit(s[i + 1]) * 16 + hex_digit(s[i + 2]));
            i += 2;
        } else {
            out[len++] = s[i] == '+' ? ' ' : s[i];
        }
    }
    return (struct str){out, len};
}

struct str request_query(struct request *q, const char *name)
{
    size_t name_len = strlen(name);
    for (const char *at = q->env.query; *at;) {
        size_t n = strcspn(at, "&");
        if (n > name_len && at[name_len] == '=' && strncmp(at, name, name_len) == 0)
            return decode(q, at + name_len + 1, n - name_len - 1);
        at += n + (at[n] == '&');
    }
    return (struct str){0};
}
