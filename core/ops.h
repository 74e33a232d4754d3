/*
 * ops.h - what every pure node computes.
 *
 * The one place of the language's arithmetic: the evaluator runs it, the emitter folds constants
 * with it, and the runtime of the compiled program (gb.hpp) is held against it by the tests.
 */
#ifndef GB_OPS_H
#define GB_OPS_H

#include "gb.h"
#include "value.h"

/* Computes a value node from its arguments, one for each wired input in port order, each already of
 * the type the input wants (gb_convert). `type` is the type of the node's output: a Cast's target,
 * an Array's type. And, Or and Select take all their arguments here; being lazy is the caller's.
 * Returns GB_FAULT_none and *ret (the caller drops it), or the fault. The arguments are borrowed.
 * memory_limit means that the heap's budget is used up. Only for ops where gb_op_pure() holds. */
enum gb_fault gb_op_apply(enum gb_op op, struct gb_type type, const struct gb_value *args,
                          uint32_t n, struct gb_heap *heap, struct gb_value *ret);
/* Whether gb_op_apply knows the op: a value node that needs nothing but its arguments. */
bool gb_op_pure(enum gb_op op);
/* Whether the op gives the same bits on every machine; false for what libm may round differently.
 */
bool gb_op_exact(enum gb_op op);

/* A function of the catalogue that the evaluator can run for an external node: all of double to
 * double. `name` as in the C++ ("sin", "std::sin"). NULL when there is none with n arguments. */
struct gb_known_extern {
    const char *name;
    uint32_t n;
    double (*f1)(double);
    double (*f2)(double, double);
};
const struct gb_known_extern *gb_known_extern(struct str name, uint32_t n);

/* int to double where `want` asks for it; every other value as it is. */
struct gb_value gb_convert(struct gb_value v, struct gb_type want);

/* Order of two numbers (int against double exactly), texts (by bytes), truth values. */
enum gb_order { GB_LESS = -1, GB_SAME = 0, GB_MORE = 1, GB_UNORDERED = 2 };
enum gb_order gb_compare(const struct gb_value *a, const struct gb_value *b);
/* Equality of any one type, arrays too. */
bool gb_equal(const struct gb_value *a, const struct gb_value *b);

/* A Cast: double to int truncates (bad_cast out of range); a number is a bool when it is not 0; a
 * text is a number by gb_parse_number (bad_number), a bool by "true", "false", "1", "0" (bad_cast);
 * an integer text is cast to int exactly; arrays are cast item by item. */
enum gb_fault gb_cast(const struct gb_value *v, struct gb_type target, struct gb_heap *heap,
                      struct gb_value *ret);

/* Appends v as Print writes it: int in decimal, double as "%.6g" (nan, inf, -inf), bool as 1 or 0
 * (true or false with boolalpha), text as it is, arrays as [1, 2]. */
void gb_write(const struct gb_value *v, bool boolalpha, struct buf *out);
/* A double as Print writes it; returns its length (at most 24). */
size_t gb_write_double(double d, char out[32]);

/* Blanks, a sign, digits with an optional point and exponent, blanks; nothing else. Too large gives
 * an infinity, too small 0 or a subnormal. False: no number. */
bool gb_parse_number(struct str text, double *ret);
/* Blanks, a sign, decimal digits, blanks. False: no integer, or beyond 64 bits. */
bool gb_parse_int(struct str text, int64_t *ret);
bool gb_is_blank(char c); /* space, \t \n \v \f \r */

#endif
