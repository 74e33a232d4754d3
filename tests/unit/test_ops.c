/* test_ops.c - the meaning of the pure nodes, row by row. */
#include "ops.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#define I(v) gb_int(v)
#define D(v) gb_double(v)
#define B(v) gb_bool(v)
#define S(v) gb_text(STR(v))

#define GIVES(o, text, ...)                                                                        \
    {                                                                                              \
        .op = GB_OP_##o, .a = {__VA_ARGS__}, .out = text                                           \
    }
#define FAULTS(o, kind, ...)                                                                       \
    {                                                                                              \
        .op = GB_OP_##o, .a = {__VA_ARGS__}, .fault = GB_FAULT_##kind                              \
    }
#define CASTS(to, text, ...)                                                                       \
    {                                                                                              \
        .op = GB_OP_CAST, .a = {__VA_ARGS__}, .out = text, .type = { GB_##to, 0 }                  \
    }
#define CAST_FAULTS(to, kind, ...)                                                                 \
    {                                                                                              \
        .op = GB_OP_CAST, .a = {__VA_ARGS__}, .fault = GB_FAULT_##kind, .type = { GB_##to, 0 }     \
    }

struct row {
    enum gb_op op;
    struct gb_value a[3];
    const char *out; /* as Print writes the result */
    enum gb_fault fault;
    struct gb_type type; /* Cast's target */
};

static void run_row(const struct row *row, size_t number)
{
    struct gb_heap heap = {0};
    struct gb_value got = {0};
    uint32_t n = 0;
    while (n < 3 && row->a[n].type.base != GB_UNKNOWN)
        n++;
    enum gb_fault fault = gb_op_apply(row->op, row->type, row->a, n, &heap, &got);
    struct buf b = BUF_INIT(0);
    if (!fault)
        gb_write(&got, true, &b);
    if (fault != row->fault || (!fault && strcmp(buf_cstr(&b), row->out) != 0))
        fail_msg("row %zu: fault %d, result '%s', expected %d, '%s'", number, (int)fault,
                 buf_cstr(&b), (int)row->fault, row->out ? row->out : "");
    buf_free(&b);
    gb_drop(&heap, &got);
    assert_int_equal(heap.used, 0);
}

static void run_rows(const struct row *rows, size_t n)
{
    for (size_t i = 0; i < n; i++)
        run_row(&rows[i], i);
}

#define RUN(rows) run_rows(rows, sizeof(rows) / sizeof *(rows))

static void whole_numbers_wrap_and_fault(void **state)
{
    (void)state;
    const struct row rows[] = {
        GIVES(ADD, "-9223372036854775808", I(INT64_MAX), I(1)),
        GIVES(SUB, "9223372036854775807", I(INT64_MIN), I(1)),
        GIVES(INTDIV, "-3", I(-7), I(2)),
        GIVES(MOD, "-1", I(-7), I(2)),
        GIVES(INTDIV, "-9223372036854775808", I(INT64_MIN), I(-1)),
        GIVES(MOD, "0", I(INT64_MIN), I(-1)),
        FAULTS(MOD, division_by_zero, I(1), I(0)),
        GIVES(MUL, "-2", I(INT64_MAX), I(2)),
        GIVES(NEG, "-9223372036854775808", I(INT64_MIN)),
        GIVES(ABS, "-9223372036854775808", I(INT64_MIN)),
        GIVES(ABS, "5", I(-5)),
        FAULTS(INTDIV, division_by_zero, I(1), I(0)),
        GIVES(SHL, "-9223372036854775808", I(1), I(63)),
        GIVES(SHL, "0", I(1), I(64)),
        GIVES(SHR, "-4", I(-8), I(1)),
        GIVES(SHR, "-1", I(-8), I(64)),
        GIVES(SHR, "0", I(8), I(1000)),
        FAULTS(SHL, bad_shift, I(1), I(-1)),
        GIVES(BITAND, "8", I(12), I(10)),
        GIVES(BITOR, "14", I(12), I(10)),
        GIVES(BITXOR, "6", I(12), I(10)),
        GIVES(BITNOT, "-1", I(0)),
        GIVES(MIN, "-3", I(3), I(-3)),
        GIVES(MAX, "3", I(3), I(-3)),
    };
    RUN(rows);
}

static void doubles_follow_ieee(void **state)
{
    (void)state;
    const struct row rows[] = {
        GIVES(DIV, "3.5", D(7), D(2)),
        GIVES(DIV, "inf", D(1), D(0)),
        GIVES(DIV, "-inf", D(-1), D(0)),
        GIVES(DIV, "nan", D(0), D(0)),
        GIVES(NEG, "nan", D(NAN)),
        GIVES(NEG, "-0", D(0)),
        GIVES(MIN, "-0", D(-0.0), D(0.0)),
        GIVES(MIN, "-0", D(0.0), D(-0.0)),
        GIVES(MAX, "0", D(-0.0), D(0.0)),
        GIVES(MIN, "1", D(NAN), D(1)),
        GIVES(MAX, "1", D(1), D(NAN)),
        GIVES(MOD, "-1.5", D(-7.5), D(2)),
        GIVES(MOD, "nan", D(1), D(0)),
        GIVES(ADD, "1.5", I(1), D(0.5)),
        GIVES(POW, "1024", D(2), D(10)),
        GIVES(ROUND, "-3", D(-2.5)),
        GIVES(FLOOR, "-3", D(-2.5)),
        GIVES(CEIL, "-2", D(-2.5)),
        GIVES(TRUNC, "-2", D(-2.5)),
        GIVES(SIN, "0.479426", D(0.5)),
        GIVES(MUL, "1e+06", D(1000), D(1000)),
        GIVES(ATAN2, "1.5708", D(1), D(0)),
    };
    RUN(rows);
}

static void comparison_is_exact(void **state)
{
    (void)state;
    const struct row rows[] = {
        GIVES(EQ, "false", I((1LL << 53) + 1), D(0x1p53)),
        GIVES(GT, "true", I((1LL << 53) + 1), D(0x1p53)),
        GIVES(LT, "true", D(0x1p53), I((1LL << 53) + 1)),
        GIVES(LT, "true", I(INT64_MAX), D(0x1p63)),
        GIVES(EQ, "true", I(INT64_MIN), D(-0x1p63)),
        GIVES(GT, "true", I(INT64_MIN), D(-INFINITY)),
        GIVES(LE, "true", I(-1), D(-0.5)),
        GIVES(GE, "true", D(-0.5), I(-1)),
        GIVES(EQ, "false", D(NAN), D(NAN)),
        GIVES(NE, "true", D(NAN), I(0)),
        GIVES(LE, "false", D(NAN), D(0)),
        GIVES(GE, "false", D(NAN), D(0)),
        GIVES(EQ, "true", D(0.0), D(-0.0)),
        GIVES(LT, "true", S("ab"), S("abc")),
        GIVES(LT, "false", S("b"), S("abc")),
        GIVES(LT, "true", S("z"), S("\xC3\xA9")),
        GIVES(EQ, "true", S(""), S("")),
        GIVES(XOR, "false", B(true), B(true)),
        GIVES(NOT, "true", B(false)),
    };
    RUN(rows);
}

static void text_is_bytes(void **state)
{
    (void)state;
    const struct row rows[] = {
        GIVES(CONCAT, "abc", S("a"), S(""), S("bc")),
        GIVES(LENGTH, "3", S("h\xC3\xA9")),
        GIVES(SUBSTRING, "ell", S("hello"), I(1), I(3)),
        GIVES(SUBSTRING, "lo", S("hello"), I(3), I(99)),
        GIVES(SUBSTRING, "", S("hello"), I(9), I(1)),
        GIVES(SUBSTRING, "", S("hello"), I(1), I(-1)),
        GIVES(SUBSTRING, "ello", S("hello"), I(1), I(INT64_MAX)),
        FAULTS(SUBSTRING, index_out_of_range, S("hello"), I(-1), I(1)),
        GIVES(INDEXOF, "2", S("hello"), S("l")),
        GIVES(INDEXOF, "-1", S("hello"), S("z")),
        GIVES(INDEXOF, "0", S(""), S("")),
        GIVES(CONTAINS, "true", S("hello"), S("ell")),
        GIVES(TOUPPER, "A\xC3\xA9Z[", S("a\xC3\xA9z[")),
        GIVES(TOLOWER, "az@", S("AZ@")),
        GIVES(TOSTRING, "1e+06", D(1e6)),
        GIVES(TOSTRING, "1", B(true)),
        GIVES(PARSENUMBER, "-25", S(" \t-2.5e1 \n")),
        GIVES(PARSENUMBER, "0.5", S("+.5")),
        GIVES(PARSENUMBER, "5", S("5.")),
        GIVES(PARSENUMBER, "inf", S("1e999")),
        FAULTS(PARSENUMBER, bad_number, S("")),
        FAULTS(PARSENUMBER, bad_number, S("0x10")),
        FAULTS(PARSENUMBER, bad_number, S("inf")),
        FAULTS(PARSENUMBER, bad_number, S("1e")),
        FAULTS(PARSENUMBER, bad_number, S(".")),
        FAULTS(PARSENUMBER, bad_number, S("1 2")),
        FAULTS(PARSENUMBER, bad_number, S("1\0")),
    };
    RUN(rows);
}

static void casts_convert_or_fault(void **state)
{
    (void)state;
    const struct row rows[] = {
        CASTS(INT, "-2", D(-2.9)),
        CASTS(INT, "-9223372036854775808", D(-0x1p63)),
        CAST_FAULTS(INT, bad_cast, D(0x1p63)),
        CAST_FAULTS(INT, bad_cast, D(NAN)),
        CASTS(BOOL, "true", D(NAN)),
        CASTS(INT, "1", B(true)),
        CASTS(DOUBLE, "1", B(true)),
        CASTS(STRING, "7", I(7)),
        CASTS(BOOL, "true", I(2)),
        CASTS(INT, "9223372036854775807", S("9223372036854775807")),
        CASTS(INT, "-9223372036854775808", S("-9223372036854775808")),
        CAST_FAULTS(INT, bad_cast, S("9223372036854775808")),
        CASTS(INT, "2", S("2.9")),
        CAST_FAULTS(INT, bad_number, S("x")),
        CASTS(DOUBLE, "2.5", S("2.5")),
        CASTS(BOOL, "true", S("true")),
        CASTS(BOOL, "false", S("0")),
        CAST_FAULTS(BOOL, bad_cast, S("yes")),
    };
    RUN(rows);
}

static void arrays_are_values(void **state)
{
    (void)state;
    struct gb_heap heap = {0};
    struct gb_type ints = {GB_INT, 1}, nested = {GB_INT, 2};
    struct gb_value one = {0}, copy = {0}, both = {0}, text = {0};
    const struct gb_value items[] = {I(1), I(2)};
    assert_int_equal(gb_op_apply(GB_OP_ARRAY, ints, items, 2, &heap, &one), GB_FAULT_none);
    copy = gb_hold(one);
    assert_true(gb_array_put(&heap, &copy, 0, I(9)));
    assert_true(gb_array_push(&heap, &copy, I(3)));
    assert_false(gb_equal(&one, &copy));
    const struct gb_value pair[] = {one, copy};
    assert_int_equal(gb_op_apply(GB_OP_ARRAY, nested, pair, 2, &heap, &both), GB_FAULT_none);
    assert_int_equal(gb_cast(&both, (struct gb_type){GB_STRING, 0}, &heap, &text), GB_FAULT_none);
    assert_int_equal(text.s.n, strlen("[[1, 2], [9, 2, 3]]"));
    assert_memory_equal(text.s.s, "[[1, 2], [9, 2, 3]]", text.s.n);
    struct gb_value got = {0}, args[] = {one, I(2)};
    assert_int_equal(gb_op_apply(GB_OP_ARRAYGET, (struct gb_type){GB_INT, 0}, args, 2, &heap, &got),
                     GB_FAULT_index_out_of_range);
    gb_drop(&heap, &one);
    gb_drop(&heap, &copy);
    gb_drop(&heap, &both);
    gb_drop(&heap, &text);
    assert_int_equal(heap.used, 0);
}

static void the_budget_holds(void **state)
{
    (void)state;
    struct gb_heap heap = {.limit = 64};
    const struct gb_value a[] = {S("0123456789012345678901234567890123456789")};
    const struct gb_value twice[] = {a[0], a[0]};
    struct gb_value got = {0};
    assert_int_equal(gb_op_apply(GB_OP_CONCAT, a[0].type, twice, 2, &heap, &got),
                     GB_FAULT_memory_limit);
    assert_int_equal(heap.used, 0);
}

static void a_heap_on_an_arena_needs_no_release(void **state)
{
    (void)state;
    struct arena arena = ARENA_INIT(0);
    struct gb_heap heap = {.arena = &arena};
    const struct gb_value a[] = {S("x"), S("y")};
    struct gb_value got = {0};
    assert_int_equal(gb_op_apply(GB_OP_CONCAT, a[0].type, a, 2, &heap, &got), GB_FAULT_none);
    assert_true(str_eqc(got.s, "xy"));
    assert_null(got.mem);
    arena_free(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(whole_numbers_wrap_and_fault),
        cmocka_unit_test(doubles_follow_ieee),
        cmocka_unit_test(comparison_is_exact),
        cmocka_unit_test(text_is_bytes),
        cmocka_unit_test(casts_convert_or_fault),
        cmocka_unit_test(arrays_are_values),
        cmocka_unit_test(the_budget_holds),
        cmocka_unit_test(a_heap_on_an_arena_needs_no_release),
    };
    return cmocka_run_group_tests(tests, NULL, NULL) != 0;
}
