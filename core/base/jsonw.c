/* jsonw.c - see jsonw.h. */
#include "jsonw.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static void separate(struct jsonw *w)
{
    if (w->comma)
        buf_putc(w->out, ',');
    w->comma = true;
}

void jw_open(struct jsonw *w, char bracket)
{
    separate(w);
    buf_putc(w->out, bracket);
    w->comma = false;
}

void jw_close(struct jsonw *w, char bracket)
{
    buf_putc(w->out, bracket);
    w->comma = true;
}

void jw_key_str(struct jsonw *w, struct str key)
{
    jw_str(w, key);
    buf_putc(w->out, ':');
    w->comma = false;
}

void jw_key(struct jsonw *w, const char *key)
{
    jw_key_str(w, str_c(key));
}

void jw_str(struct jsonw *w, struct str v)
{
    separate(w);
    buf_putc(w->out, '"');
    json_escape(w->out, v);
    buf_putc(w->out, '"');
}

void jw_cstr(struct jsonw *w, const char *v)
{
    if (v)
        jw_str(w, str_c(v));
    else
        jw_null(w);
}

void jw_int(struct jsonw *w, int64_t v)
{
    separate(w);
    buf_i64(w->out, v);
}

void jw_uint(struct jsonw *w, uint64_t v)
{
    separate(w);
    buf_u64(w->out, v);
}

void jw_real(struct jsonw *w, double v)
{
    if (!isfinite(v)) {
        jw_null(w);
        return;
    }
    separate(w);
    char text[40];
    for (int digits = 15; digits <= 17; digits++) {
        snprintf(text, sizeof text, "%.*g", digits, v);
        if (strtod(text, NULL) == v)
            break;
    }
    buf_puts(w->out, text);
    if (!strpbrk(text, ".e"))
        buf_puts(w->out, ".0");
}

void jw_fixed(struct jsonw *w, double v, int digits)
{
    if (!isfinite(v)) {
        jw_null(w);
        return;
    }
    separate(w);
    buf_printf(w->out, "%.*f", digits, v);
}

void jw_bool(struct jsonw *w, bool v)
{
    separate(w);
    buf_puts(w->out, v ? "true" : "false");
}

void jw_null(struct jsonw *w)
{
    separate(w);
    buf_puts(w->out, "null");
}

void jw_raw(struct jsonw *w, struct str json)
{
    separate(w);
    buf_str(w->out, json);
}

void jw_kstr(struct jsonw *w, const char *key, struct str v)
{
    jw_key(w, key);
    jw_str(w, v);
}

void jw_kcstr(struct jsonw *w, const char *key, const char *v)
{
    jw_key(w, key);
    jw_cstr(w, v);
}

void jw_kint(struct jsonw *w, const char *key, int64_t v)
{
    jw_key(w, key);
    jw_int(w, v);
}

void jw_kbool(struct jsonw *w, const char *key, bool v)
{
    jw_key(w, key);
    jw_bool(w, v);
}

/* RFC 3629 section 4: the well-formed byte sequences. */
size_t utf8_sequence(const char *s, size_t n)
{
    const unsigned char *p = (const unsigned char *)s;
    if (p[0] < 0x80)
        return 1;
    size_t len = p[0] >= 0xC2 && p[0] <= 0xDF   ? 2
                 : (p[0] & 0xF0) == 0xE0        ? 3
                 : p[0] >= 0xF0 && p[0] <= 0xF4 ? 4
                                                : 0;
    if (len == 0 || len > n)
        return 0;
    for (size_t i = 1; i < len; i++)
        if ((p[i] & 0xC0) != 0x80)
            return 0;
    bool overlong = (p[0] == 0xE0 && p[1] < 0xA0) || (p[0] == 0xF0 && p[1] < 0x90);
    bool surrogate = p[0] == 0xED && p[1] > 0x9F;
    bool beyond = p[0] == 0xF4 && p[1] > 0x8F;
    return overlong || surrogate || beyond ? 0 : len;
}

bool utf8_valid(struct str v)
{
    for (size_t i = 0, len; i < v.n; i += len)
        if (!(len = utf8_sequence(v.s + i, v.n - i)))
            return false;
    return true;
}

static void escape_control(struct buf *out, unsigned char c)
{
    static const char short_form[] = "\bb\tt\nn\ff\rr";
    for (size_t i = 0; i + 1 < sizeof short_form; i += 2)
        if ((unsigned char)short_form[i] == c) {
            buf_putc(out, '\\');
            buf_putc(out, short_form[i + 1]);
            return;
        }
    buf_printf(out, "\\u%04x", c);
}

void json_escape(struct buf *out, struct str v)
{
    size_t plain = 0; /* start of the run that needs no escape */
    for (size_t i = 0; i < v.n;) {
        unsigned char c = (unsigned char)v.s[i];
        size_t len = c < 0x80 ? 1 : utf8_sequence(v.s + i, v.n - i);
        if (len && c >= 0x20 && c != '"' && c != '\\' && c != 0x7F) {
            i += len;
            continue;
        }
        buf_put(out, v.s + plain, i - plain);
        if (!len) {
            buf_puts(out, "\xEF\xBF\xBD");
        } else if (c == '"' || c == '\\') {
            buf_putc(out, '\\');
            buf_putc(out, (char)c);
        } else {
            escape_control(out, c);
        }
        plain = ++i;
    }
    buf_put(out, v.s + plain, v.n - plain);
}
