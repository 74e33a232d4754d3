/* ops.c - arithmetic, comparison, text and arrays on values; see ops.h. */
#include "ops.h"

#include <math.h>

/* What one computation is given; `ret` is set on success alone. */
struct call {
    enum gb_op op;
    struct gb_type type;
    const struct gb_value *a;
    uint32_t n;
    struct gb_heap *heap;
    struct gb_value *ret;
};

/* ---- whole numbers: two's complement, wrapping ---------------------------------------------- */

static int64_t wrap_add(int64_t a, int64_t b)
{
    return (int64_t)((uint64_t)a + (uint64_t)b);
}

static int64_t wrap_sub(int64_t a, int64_t b)
{
    return (int64_t)((uint64_t)a - (uint64_t)b);
}

static int64_t wrap_mul(int64_t a, int64_t b)
{
    return (int64_t)((uint64_t)a * (uint64_t)b);
}

static int64_t int_min(int64_t a, int64_t b)
{
    return b < a ? b : a;
}

static int64_t int_max(int64_t a, int64_t b)
{
    return b > a ? b : a;
}

static int64_t bit_and(int64_t a, int64_t b)
{
    return a & b;
}

static int64_t bit_or(int64_t a, int64_t b)
{
    return a | b;
}

static int64_t bit_xor(int64_t a, int64_t b)
{
    return a ^ b;
}

static int64_t (*const INT_OPS[GB_OP_COUNT])(int64_t, int64_t) = {
    [GB_OP_ADD] = wrap_add, [GB_OP_SUB] = wrap_sub,   [GB_OP_MUL] = wrap_mul,
    [GB_OP_MIN] = int_min,  [GB_OP_MAX] = int_max,    [GB_OP_BITAND] = bit_and,
    [GB_OP_BITOR] = bit_or, [GB_OP_BITXOR] = bit_xor,
};

/* b = -1 apart: the smallest int has no opposite, and the processor traps on it. */
static enum gb_fault divide(struct call *c)
{
    int64_t a = c->a[0].i, b = c->a[1].i;
    if (b == 0)
        return GB_FAULT_division_by_zero;
    if (c->op == GB_OP_INTDIV)
        *c->ret = gb_int(b == -1 ? wrap_sub(0, a) : a / b);
    else
        *c->ret = gb_int(b == -1 ? 0 : a % b);
    return GB_FAULT_none;
}

static enum gb_fault shift(struct call *c)
{
    int64_t a = c->a[0].i, count = c->a[1].i;
    if (count < 0)
        return GB_FAULT_bad_shift;
    if (c->op == GB_OP_SHL)
        *c->ret = gb_int(count > 63 ? 0 : (int64_t)((uint64_t)a << count));
    else
        *c->ret = gb_int(a >> (count > 63 ? 63 : count));
    return GB_FAULT_none;
}

/* ---- floating point: IEEE ------------------------------------------------------------------- */

static double add(double a, double b)
{
    return a + b;
}

static double sub(double a, double b)
{
    return a - b;
}

static double mul(double a, double b)
{
    return a * b;
}

/* IEEE 754-2019 minimumNumber: a NaN loses, -0 is less than +0. */
static double num_min(double a, double b)
{
    if (isnan(a) || isnan(b))
        return isnan(a) ? b : a;
    if (a == b)
        return signbit(a) ? a : b;
    return a < b ? a : b;
}

static double num_max(double a, double b)
{
    if (isnan(a) || isnan(b))
        return isnan(a) ? b : a;
    if (a == b)
        return signbit(a) ? b : a;
    return a > b ? a : b;
}

/* Division by zero is IEEE's here. */
__attribute__((no_sanitize("float-divide-by-zero"))) static double quotient(double a, double b)
{
    return a / b;
}

static double (*const DOUBLE_OPS[GB_OP_COUNT])(double, double) = {
    [GB_OP_ADD] = add,     [GB_OP_SUB] = sub,     [GB_OP_MUL] = mul,
    [GB_OP_MIN] = num_min, [GB_OP_MAX] = num_max, [GB_OP_DIV] = quotient,
    [GB_OP_MOD] = fmod,    [GB_OP_POW] = pow,     [GB_OP_ATAN2] = atan2,
};

static double (*const MATH_OPS[GB_OP_COUNT])(double) = {
    [GB_OP_SIN] = sin,     [GB_OP_COS] = cos,     [GB_OP_TAN] = tan,     [GB_OP_ASIN] = asin,
    [GB_OP_ACOS] = acos,   [GB_OP_ATAN] = atan,   [GB_OP_EXP] = exp,     [GB_OP_LOG] = log,
    [GB_OP_LOG10] = log10, [GB_OP_SQRT] = sqrt,   [GB_OP_FLOOR] = floor, [GB_OP_CEIL] = ceil,
    [GB_OP_ROUND] = round, [GB_OP_TRUNC] = trunc,
};

struct gb_value gb_convert(struct gb_value v, struct gb_type want)
{
    if (v.type.base == GB_INT && v.type.depth == 0 && want.base == GB_DOUBLE && want.depth == 0)
        return gb_double((double)v.i);
    return v;
}

static double as_double(const struct gb_value *v)
{
    return v->type.base == GB_INT ? (double)v->i : v->d;
}

/* int with int is int, anything else double. */
static enum gb_fault arith(struct call *c)
{
    if (c->a[0].type.base == GB_INT && c->a[1].type.base == GB_INT) {
        if (c->op == GB_OP_MOD)
            return divide(c);
        *c->ret = gb_int(INT_OPS[c->op](c->a[0].i, c->a[1].i));
    } else {
        *c->ret = gb_double(DOUBLE_OPS[c->op](as_double(&c->a[0]), as_double(&c->a[1])));
    }
    return GB_FAULT_none;
}

static enum gb_fault bits(struct call *c)
{
    *c->ret = gb_int(INT_OPS[c->op](c->a[0].i, c->a[1].i));
    return GB_FAULT_none;
}

static enum gb_fault real(struct call *c)
{
    *c->ret = gb_double(DOUBLE_OPS[c->op](as_double(&c->a[0]), as_double(&c->a[1])));
    return GB_FAULT_none;
}

static enum gb_fault math(struct call *c)
{
    *c->ret = gb_double(MATH_OPS[c->op](as_double(&c->a[0])));
    return GB_FAULT_none;
}

static enum gb_fault negate(struct call *c)
{
    const struct gb_value *x = &c->a[0];
    if (c->op == GB_OP_BITNOT)
        *c->ret = gb_int(~x->i);
    else if (x->type.base == GB_DOUBLE)
        *c->ret = gb_double(c->op == GB_OP_NEG ? -x->d : fabs(x->d));
    else
        *c->ret = gb_int(c->op == GB_OP_NEG || x->i < 0 ? wrap_sub(0, x->i) : x->i);
    return GB_FAULT_none;
}

/* ---- comparison and logic ------------------------------------------------------------------- */

static enum gb_order order(bool less, bool more)
{
    return less ? GB_LESS : more ? GB_MORE : GB_SAME;
}

/* Exactly, as if both were real numbers: no rounding of the int. */
static enum gb_order compare_int_double(int64_t i, double d)
{
    if (isnan(d))
        return GB_UNORDERED;
    if (d >= 0x1p63)
        return GB_LESS;
    if (d < -0x1p63)
        return GB_MORE;
    double whole = trunc(d);
    if ((int64_t)whole != i)
        return order(i < (int64_t)whole, true);
    return order(d > whole, d < whole);
}

static enum gb_order compare_texts(struct str a, struct str b)
{
    size_t n = a.n < b.n ? a.n : b.n;
    int c = n ? memcmp(a.s, b.s, n) : 0;
    return c ? order(c<0, c> 0) : order(a.n<b.n, a.n> b.n);
}

enum gb_order gb_compare(const struct gb_value *a, const struct gb_value *b)
{
    if (a->type.base == GB_STRING)
        return compare_texts(a->s, b->s);
    if (a->type.base == GB_BOOL)
        return order(a->b<b->b, a->b> b->b);
    bool real_a = a->type.base == GB_DOUBLE, real_b = b->type.base == GB_DOUBLE;
    if (!real_a && !real_b)
        return order(a->i<b->i, a->i> b->i);
    if (!real_a)
        return compare_int_double(a->i, b->d);
    if (!real_b) {
        enum gb_order o = compare_int_double(b->i, a->d);
        return o == GB_UNORDERED ? o : order(o == GB_MORE, o == GB_LESS);
    }
    if (isnan(a->d) || isnan(b->d))
        return GB_UNORDERED;
    return order(a->d<b->d, a->d> b->d);
}

bool gb_equal(const struct gb_value *a, const struct gb_value *b)
{
    if (a->type.depth == 0)
        return gb_compare(a, b) == GB_SAME;
    if (a->array.n != b->array.n)
        return false;
    for (uint32_t i = 0; i < a->array.n; i++)
        if (!gb_equal(&a->array.items[i], &b->array.items[i]))
            return false;
    return true;
}

static enum gb_fault equality(struct call *c)
{
    *c->ret = gb_bool(gb_equal(&c->a[0], &c->a[1]) == (c->op == GB_OP_EQ));
    return GB_FAULT_none;
}

static enum gb_fault ordering(struct call *c)
{
    enum gb_order o = gb_compare(&c->a[0], &c->a[1]);
    bool same = o == GB_SAME && (c->op == GB_OP_LE || c->op == GB_OP_GE);
    bool strict = o == (c->op == GB_OP_LT || c->op == GB_OP_LE ? GB_LESS : GB_MORE);
    *c->ret = gb_bool(same || strict);
    return GB_FAULT_none;
}

static enum gb_fault logic(struct call *c)
{
    bool a = c->a[0].b, b = c->n > 1 && c->a[1].b;
    if (c->op == GB_OP_AND)
        *c->ret = gb_bool(a && b);
    else if (c->op == GB_OP_OR)
        *c->ret = gb_bool(a || b);
    else
        *c->ret = gb_bool(c->op == GB_OP_XOR ? a != b : !a);
    return GB_FAULT_none;
}

static enum gb_fault choose(struct call *c)
{
    *c->ret = gb_hold(gb_convert(c->a[c->a[0].b ? 1 : 2], c->type));
    return GB_FAULT_none;
}

/* ---- text ----------------------------------------------------------------------------------- */

static enum gb_fault concat(struct call *c)
{
    size_t n = 0;
    for (uint32_t i = 0; i < c->n; i++)
        n += c->a[i].s.n;
    char *at = NULL;
    if (!gb_text_new(c->heap, n, &at, c->ret))
        return GB_FAULT_memory_limit;
    for (uint32_t i = 0; i < c->n; i++) {
        if (c->a[i].s.n)
            memcpy(at, c->a[i].s.s, c->a[i].s.n);
        at += c->a[i].s.n;
    }
    return GB_FAULT_none;
}

static enum gb_fault length(struct call *c)
{
    *c->ret = gb_int((int64_t)c->a[0].s.n);
    return GB_FAULT_none;
}

/* A view into the text it is cut from. */
static enum gb_fault substring(struct call *c)
{
    struct str s = c->a[0].s;
    int64_t start = c->a[1].i, n = c->a[2].i, size = (int64_t)s.n;
    if (start < 0)
        return GB_FAULT_index_out_of_range;
    start = int_min(start, size);
    n = int_max(0, int_min(n, size - start));
    *c->ret = gb_hold(c->a[0]);
    c->ret->s = (struct str){s.n ? s.s + start : s.s, (size_t)n};
    return GB_FAULT_none;
}

static int64_t find(struct str text, struct str needle)
{
    if (needle.n == 0)
        return 0;
    if (text.n < needle.n)
        return -1;
    const char *at = memmem(text.s, text.n, needle.s, needle.n);
    return at ? at - text.s : -1;
}

static enum gb_fault search(struct call *c)
{
    c->heap->work += c->a[0].s.n;
    int64_t at = find(c->a[0].s, c->a[1].s);
    *c->ret = c->op == GB_OP_CONTAINS ? gb_bool(at >= 0) : gb_int(at);
    return GB_FAULT_none;
}

static enum gb_fault change_case(struct call *c)
{
    struct str s = c->a[0].s;
    char first = c->op == GB_OP_TOUPPER ? 'a' : 'A';
    char *bytes = NULL;
    if (!gb_text_new(c->heap, s.n, &bytes, c->ret))
        return GB_FAULT_memory_limit;
    for (size_t i = 0; i < s.n; i++)
        bytes[i] = s.s[i] >= first && s.s[i] < first + 26 ? (char)(s.s[i] ^ 0x20) : s.s[i];
    return GB_FAULT_none;
}

static enum gb_fault to_text(struct call *c)
{
    return gb_cast(&c->a[0], (struct gb_type){GB_STRING, 0}, c->heap, c->ret);
}

static enum gb_fault parse(struct call *c)
{
    double d = 0;
    if (!gb_parse_number(c->a[0].s, &d))
        return GB_FAULT_bad_number;
    *c->ret = gb_double(d);
    return GB_FAULT_none;
}

static enum gb_fault cast(struct call *c)
{
    return gb_cast(&c->a[0], c->type, c->heap, c->ret);
}

/* ---- arrays --------------------------------------------------------------------------------- */

static enum gb_fault array(struct call *c)
{
    struct gb_type item = {c->type.base, (uint8_t)(c->type.depth - 1)};
    struct gb_value *items = NULL;
    if (!gb_array_new(c->heap, c->type, c->n, &items, c->ret))
        return GB_FAULT_memory_limit;
    for (uint32_t i = 0; i < c->n; i++)
        items[i] = gb_hold(gb_convert(c->a[i], item));
    return GB_FAULT_none;
}

static enum gb_fault array_get(struct call *c)
{
    int64_t at = c->a[1].i;
    if (at < 0 || at >= (int64_t)c->a[0].array.n)
        return GB_FAULT_index_out_of_range;
    *c->ret = gb_hold(c->a[0].array.items[at]);
    return GB_FAULT_none;
}

static enum gb_fault array_length(struct call *c)
{
    *c->ret = gb_int((int64_t)c->a[0].array.n);
    return GB_FAULT_none;
}

/* ---- the table ------------------------------------------------------------------------------ */

static enum gb_fault (*const APPLY[GB_OP_COUNT])(struct call *) = {
    [GB_OP_ADD] = arith,
    [GB_OP_SUB] = arith,
    [GB_OP_MUL] = arith,
    [GB_OP_MIN] = arith,
    [GB_OP_MAX] = arith,
    [GB_OP_MOD] = arith,
    [GB_OP_INTDIV] = divide,
    [GB_OP_DIV] = real,
    [GB_OP_POW] = real,
    [GB_OP_ATAN2] = real,
    [GB_OP_NEG] = negate,
    [GB_OP_ABS] = negate,
    [GB_OP_BITNOT] = negate,
    [GB_OP_BITAND] = bits,
    [GB_OP_BITOR] = bits,
    [GB_OP_BITXOR] = bits,
    [GB_OP_SHL] = shift,
    [GB_OP_SHR] = shift,
    [GB_OP_EQ] = equality,
    [GB_OP_NE] = equality,
    [GB_OP_LT] = ordering,
    [GB_OP_LE] = ordering,
    [GB_OP_GT] = ordering,
    [GB_OP_GE] = ordering,
    [GB_OP_AND] = logic,
    [GB_OP_OR] = logic,
    [GB_OP_NOT] = logic,
    [GB_OP_XOR] = logic,
    [GB_OP_SELECT] = choose,
    [GB_OP_CONCAT] = concat,
    [GB_OP_LENGTH] = length,
    [GB_OP_SUBSTRING] = substring,
    [GB_OP_CONTAINS] = search,
    [GB_OP_INDEXOF] = search,
    [GB_OP_TOUPPER] = change_case,
    [GB_OP_TOLOWER] = change_case,
    [GB_OP_TOSTRING] = to_text,
    [GB_OP_PARSENUMBER] = parse,
    [GB_OP_CAST] = cast,
    [GB_OP_ARRAY] = array,
    [GB_OP_ARRAYGET] = array_get,
    [GB_OP_ARRAYLENGTH] = array_length,
    [GB_OP_SIN] = math,
    [GB_OP_COS] = math,
    [GB_OP_TAN] = math,
    [GB_OP_ASIN] = math,
    [GB_OP_ACOS] = math,
    [GB_OP_ATAN] = math,
    [GB_OP_EXP] = math,
    [GB_OP_LOG] = math,
    [GB_OP_LOG10] = math,
    [GB_OP_SQRT] = math,
    [GB_OP_FLOOR] = math,
    [GB_OP_CEIL] = math,
    [GB_OP_ROUND] = math,
    [GB_OP_TRUNC] = math,
};

bool gb_op_pure(enum gb_op op)
{
    return APPLY[op] != NULL;
}

/* sqrt and the rounding functions are exact by IEEE 754, fmod by its definition. */
bool gb_op_exact(enum gb_op op)
{
    if (op == GB_OP_POW || op == GB_OP_ATAN2)
        return false;
    return !MATH_OPS[op] || op == GB_OP_SQRT || op == GB_OP_FLOOR || op == GB_OP_CEIL ||
           op == GB_OP_ROUND || op == GB_OP_TRUNC;
}

enum gb_fault gb_op_apply(enum gb_op op, struct gb_type type, const struct gb_value *args,
                          uint32_t n, struct gb_heap *heap, struct gb_value *ret)
{
    struct call c = {op, type, args, n, heap, ret};
    return APPLY[op](&c);
}
