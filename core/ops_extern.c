/* ops_extern.c - the functions of libm that the evaluator can run for an external node. */
#include "ops.h"

#include <math.h>

static const struct gb_known_extern EXTERNS[] = {
    {"sin", 1, sin, NULL},     {"cos", 1, cos, NULL},     {"tan", 1, tan, NULL},
    {"asin", 1, asin, NULL},   {"acos", 1, acos, NULL},   {"atan", 1, atan, NULL},
    {"sinh", 1, sinh, NULL},   {"cosh", 1, cosh, NULL},   {"tanh", 1, tanh, NULL},
    {"exp", 1, exp, NULL},     {"exp2", 1, exp2, NULL},   {"log", 1, log, NULL},
    {"log2", 1, log2, NULL},   {"log10", 1, log10, NULL}, {"sqrt", 1, sqrt, NULL},
    {"cbrt", 1, cbrt, NULL},   {"fabs", 1, fabs, NULL},   {"floor", 1, floor, NULL},
    {"ceil", 1, ceil, NULL},   {"round", 1, round, NULL}, {"trunc", 1, trunc, NULL},
    {"pow", 2, NULL, pow},     {"atan2", 2, NULL, atan2}, {"fmod", 2, NULL, fmod},
    {"hypot", 2, NULL, hypot}, {"fmin", 2, NULL, fmin},   {"fmax", 2, NULL, fmax},
};

const struct gb_known_extern *gb_known_extern(struct str name, uint32_t n)
{
    if (name.n > 2 && memcmp(name.s, "::", 2) == 0)
        name = (struct str){name.s + 2, name.n - 2};
    if (name.n > 5 && memcmp(name.s, "std::", 5) == 0)
        name = (struct str){name.s + 5, name.n - 5};
    for (size_t i = 0; i < sizeof EXTERNS / sizeof *EXTERNS; i++)
        if (EXTERNS[i].n == n && str_eqc(name, EXTERNS[i].name))
            return &EXTERNS[i];
    return NULL;
}
