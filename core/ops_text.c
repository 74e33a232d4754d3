/* ops_text.c - values as text and text as values: printing, parsing, casts. */
#include "base/cleanup.h"
#include "ops.h"

#include <math.h>
#include <stdio.h>

/* ---- values as text ------------------------------------------------------------------------ */

size_t gb_write_double(double d, char out[32])
{
    if (isnan(d)) {
        memcpy(out, "nan", 4);
        return 3;
    }
    return (size_t)snprintf(out, 32, "%.6g", d);
}

static void write_scalar(const struct gb_value *v, bool boolalpha, struct buf *out)
{
    char digits[32];
    if (v->type.base == GB_INT)
        buf_i64(out, v->i);
    else if (v->type.base == GB_DOUBLE)
        buf_put(out, digits, gb_write_double(v->d, digits));
    else if (v->type.base == GB_BOOL)
        buf_puts(out, boolalpha ? (v->b ? "true" : "false") : (v->b ? "1" : "0"));
    else if (v->type.base == GB_STRING)
        buf_str(out, v->s);
}

/* As deep as the type, which is bounded. */
void gb_write(const struct gb_value *v, bool boolalpha, struct buf *out)
{
    if (v->type.depth == 0) {
        write_scalar(v, boolalpha, out);
        return;
    }
    buf_putc(out, '[');
    for (uint32_t i = 0; i < v->array.n && !out->error; i++) {
        if (i)
            buf_puts(out, ", ");
        gb_write(&v->array.items[i], boolalpha, out);
    }
    buf_putc(out, ']');
}

/* ---- text as values ------------------------------------------------------------------------ */

bool gb_is_blank(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

static struct str trim(struct str t)
{
    while (t.n && gb_is_blank(t.s[0]))
        t.s++, t.n--;
    while (t.n && gb_is_blank(t.s[t.n - 1]))
        t.n--;
    return t;
}

static size_t digits_at(struct str t, size_t at)
{
    size_t n = 0;
    while (at + n < t.n && t.s[at + n] >= '0' && t.s[at + n] <= '9')
        n++;
    return n;
}

static size_t sign_at(struct str t, size_t at)
{
    return at < t.n && (t.s[at] == '+' || t.s[at] == '-');
}

/* Whether all of t is [sign] digits[.digits] or .digits, then [e[sign]digits]. */
static bool spells_number(struct str t)
{
    size_t at = sign_at(t, 0);
    size_t whole = digits_at(t, at), fraction = 0;
    at += whole;
    if (at < t.n && t.s[at] == '.') {
        fraction = digits_at(t, at + 1);
        at += 1 + fraction;
    }
    if (whole + fraction == 0)
        return false;
    if (at < t.n && (t.s[at] == 'e' || t.s[at] == 'E')) {
        at++;
        at += sign_at(t, at);
        size_t exponent = digits_at(t, at);
        if (exponent == 0)
            return false;
        at += exponent;
    }
    return at == t.n;
}

bool gb_parse_number(struct str text, double *ret)
{
    struct str t = trim(text);
    if (!spells_number(t))
        return false;
    char shorter[64];
    cleanup_free char *longer = NULL;
    char *copy = shorter;
    if (t.n >= sizeof shorter)
        copy = longer = malloc(t.n + 1);
    if (!copy)
        return false;
    memcpy(copy, t.s, t.n);
    copy[t.n] = '\0';
    *ret = strtod(copy, NULL);
    return true;
}

bool gb_parse_int(struct str text, int64_t *ret)
{
    struct str t = trim(text);
    size_t sign = sign_at(t, 0);
    if (t.n == sign || digits_at(t, sign) != t.n - sign)
        return false;
    bool negative = sign && t.s[0] == '-';
    int64_t value = 0; /* gathered below zero, where there is room for one more */
    for (size_t i = sign; i < t.n; i++)
        if (__builtin_mul_overflow(value, 10, &value) ||
            __builtin_sub_overflow(value, t.s[i] - '0', &value))
            return false;
    if (!negative && value == INT64_MIN)
        return false;
    *ret = negative ? value : -value;
    return true;
}

/* ---- casts ----------------------------------------------------------------------------------- */

static enum gb_fault double_to_int(double d, struct gb_value *ret)
{
    if (!(d >= -0x1p63 && d < 0x1p63))
        return GB_FAULT_bad_cast;
    *ret = gb_int((int64_t)d);
    return GB_FAULT_none;
}

static enum gb_fault cast_text(struct str s, enum gb_base target, struct gb_value *ret)
{
    double d = 0;
    int64_t i = 0;
    if (target == GB_BOOL) {
        bool yes = str_eqc(s, "true") || str_eqc(s, "1");
        if (!yes && !str_eqc(s, "false") && !str_eqc(s, "0"))
            return GB_FAULT_bad_cast;
        *ret = gb_bool(yes);
        return GB_FAULT_none;
    }
    if (target == GB_INT && gb_parse_int(s, &i)) {
        *ret = gb_int(i);
        return GB_FAULT_none;
    }
    if (!gb_parse_number(s, &d))
        return GB_FAULT_bad_number;
    if (target == GB_INT)
        return double_to_int(d, ret);
    *ret = gb_double(d);
    return GB_FAULT_none;
}

static enum gb_fault cast_number(const struct gb_value *v, enum gb_base target,
                                 struct gb_value *ret)
{
    bool is_double = v->type.base == GB_DOUBLE;
    int64_t i = v->type.base == GB_BOOL ? v->b : v->i;
    if (target == GB_BOOL)
        *ret = gb_bool(is_double ? v->d != 0 : i != 0);
    else if (target == GB_DOUBLE)
        *ret = gb_double(is_double ? v->d : (double)i);
    else if (is_double)
        return double_to_int(v->d, ret);
    else
        *ret = gb_int(i);
    return GB_FAULT_none;
}

static enum gb_fault cast_to_text(const struct gb_value *v, struct gb_heap *heap,
                                  struct gb_value *ret)
{
    cleanup_buf struct buf b = BUF_INIT(heap->limit ? heap->limit - heap->used : 0);
    char *bytes = NULL;
    gb_write(v, false, &b);
    if (b.error || !gb_text_new(heap, b.len, &bytes, ret))
        return GB_FAULT_memory_limit;
    if (b.len)
        memcpy(bytes, b.data, b.len);
    return GB_FAULT_none;
}

static enum gb_fault cast_items(const struct gb_value *v, struct gb_type target,
                                struct gb_heap *heap, struct gb_value *ret)
{
    struct gb_type item = {target.base, (uint8_t)(target.depth - 1)};
    struct gb_value *items = NULL;
    struct gb_value made;
    if (!gb_array_new(heap, target, v->array.n, &items, &made))
        return GB_FAULT_memory_limit;
    for (uint32_t i = 0; i < v->array.n; i++) {
        enum gb_fault fault = gb_cast(&v->array.items[i], item, heap, &items[i]);
        if (fault) {
            gb_drop(heap, &made);
            return fault;
        }
    }
    *ret = made;
    return GB_FAULT_none;
}

enum gb_fault gb_cast(const struct gb_value *v, struct gb_type target, struct gb_heap *heap,
                      struct gb_value *ret)
{
    if (gb_type_eq(v->type, target)) {
        *ret = gb_hold(*v);
        return GB_FAULT_none;
    }
    if (target.depth == 0 && target.base == GB_STRING)
        return cast_to_text(v, heap, ret);
    if (target.depth)
        return cast_items(v, target, heap, ret);
    if (v->type.base == GB_STRING)
        return cast_text(v->s, target.base, ret);
    return cast_number(v, target.base, ret);
}
