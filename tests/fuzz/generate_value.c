/* generate_value.c - chance, nodes and edges, and random values; see generate_parts.h. */
#include "generate_parts.h"

#include <stdio.h>

/* ---- chance --------------------------------------------------------------------------------- */

/* splitmix64. */
static uint64_t next_random(struct gen *g)
{
    uint64_t z = g->random += 0x9e3779b97f4a7c15U;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9U;
    z = (z ^ z >> 27) * 0x94d049bb133111ebU;
    return z ^ z >> 31;
}

unsigned below(struct gen *g, unsigned n)
{
    return (unsigned)(next_random(g) % n);
}

bool percent(struct gen *g, unsigned p)
{
    return below(g, 100) < p;
}

char any_type(struct gen *g)
{
    return "iiiiddbbssIDS"[below(g, 13)];
}

const char *type_name(char type)
{
    switch (type) {
    case 'i':
        return "int";
    case 'd':
        return "double";
    case 'b':
        return "bool";
    case 's':
        return "string";
    case 'I':
        return "array<int>";
    case 'D':
        return "array<double>";
    case 'S':
        return "array<string>";
    default:
        return "void";
    }
}

/* ---- writing -------------------------------------------------------------------------------- */

void comma(struct buf *b)
{
    if (b->len)
        buf_puts(b, ",\n");
}

/* A node without a label; `properties` is the inside of its bag, or "". */
uint32_t node(struct gen *g, const char *type, const char *properties)
{
    comma(&g->nodes);
    buf_printf(&g->nodes, "{\"id\":\"n%u\",\"type\":\"%s\"", g->n_nodes, type);
    if (*properties)
        buf_printf(&g->nodes, ",\"%s\":{%s}", g->bag, properties);
    buf_putc(&g->nodes, '}');
    g->budget--;
    return g->n_nodes++;
}

static void open_edge(struct gen *g, uint32_t from, uint32_t to)
{
    comma(&g->edges);
    buf_printf(&g->edges,
               g->third ? "{\"fromNode\":\"n%u\",\"toNode\":\"n%u\""
                        : "{\"from\":\"n%u\",\"to\":\"n%u\"",
               from, to);
}

void wire(struct gen *g, struct ref from, uint32_t to, const char *port, size_t n)
{
    open_edge(g, from.node, to);
    if (from.port)
        buf_printf(&g->edges, ",\"fromPort\":\"%s\"", from.port);
    buf_printf(&g->edges, ",\"toPort\":\"%.*s\"}", (int)n, port);
}

void control(struct gen *g, uint32_t from, uint32_t to, const char *port)
{
    open_edge(g, from, to);
    buf_printf(&g->edges, ",\"fromPort\":\"%s\",\"kind\":\"control\"}", port);
}

/* ---- values --------------------------------------------------------------------------------- */

/* Inputs are types, and: n a number of any kind, z an int that is rarely 0, k a shift count, x a
 * small index, r a double that is rarely large, t a text that mostly spells an int, * any type, = any
 * type twice. */
static const struct production {
    char type;
    const char *node, *inputs, *ports, *properties;
} PRODUCTIONS[] = {
    {'i', "Add", "ii", "a b", ""},
    {'i', "Sub", "ii", "a b", ""},
    {'i', "Mul", "ii", "a b", ""},
    {'i', "IntDiv", "iz", "a b", ""},
    {'i', "Mod", "iz", "a b", ""},
    {'i', "Neg", "i", "x", ""},
    {'i', "Abs", "i", "in", ""},
    {'i', "Min", "ii", "a b", ""},
    {'i', "Max", "ii", "a b", ""},
    {'i', "BitAnd", "ii", "a b", ""},
    {'i', "BitOr", "ii", "a b", ""},
    {'i', "BitXor", "ii", "a b", ""},
    {'i', "BitNot", "i", "x", ""},
    {'i', "ShiftLeft", "ik", "a b", ""},
    {'i', "ShiftRight", "ik", "a count", ""},
    {'i', "Length", "s", "text", ""},
    {'i', "IndexOf", "ss", "text find", ""},
    {'i', "ArrayLength", "I", "array", ""},
    {'i', "ArrayLength", "S", "a", ""},
    {'i', "ArrayGet", "Ix", "array index", ""},
    {'i', "Select", "bii", "cond a b", ""},
    {'i', "Cast", "r", "in", "\"targetType\":\"int\""},
    {'i', "Cast", "b", "in", "\"targetType\":\"int\""},
    {'i', "Cast", "t", "in", "\"targetType\":\"int\""},
    {'d', "Add", "dn", "a b", ""},
    {'d', "Sub", "nd", "a b", ""},
    {'d', "Mul", "dd", "a b", ""},
    {'d', "Div", "nn", "a b", ""},
    {'d', "Mod", "dd", "a b", ""},
    {'d', "Neg", "d", "x", ""},
    {'d', "Abs", "d", "x", ""},
    {'d', "Min", "dn", "a b", ""},
    {'d', "Max", "nd", "a b", ""},
    {'d', "Pow", "nx", "a b", ""},
    {'d', "Sin", "n", "x", ""},
    {'d', "Cos", "n", "x", ""},
    {'d', "Atan", "n", "x", ""},
    {'d', "Atan2", "nn", "y x", ""},
    {'d', "Exp", "n", "x", ""},
    {'d', "Log", "n", "x", ""},
    {'d', "Sqrt", "n", "x", ""},
    {'d', "Floor", "n", "x", ""},
    {'d', "Ceil", "d", "x", ""},
    {'d', "Round", "d", "x", ""},
    {'d', "Trunc", "d", "x", ""},
    {'d', "ArrayGet", "Dx", "array index", ""},
    {'d', "Select", "bdn", "cond a b", ""},
    {'d', "Cast", "i", "in", "\"targetType\":\"double\""},
    {'d', "Cast", "b", "in", "\"targetType\":\"number\""},
    {'d', "Cast", "t", "in", "\"targetType\":\"double\""},
    {'b', "Equal", "==", "a b", ""},
    {'b', "NotEqual", "==", "a b", ""},
    {'b', "Equal", "nn", "a b", ""},
    {'b', "LessThan", "nn", "a b", ""},
    {'b', "LessEqual", "nn", "a b", ""},
    {'b', "GreaterThan", "ii", "a b", ""},
    {'b', "GreaterEqual", "nd", "a b", ""},
    {'b', "LessThan", "ss", "a b", ""},
    {'b', "GreaterEqual", "ss", "a b", ""},
    {'b', "And", "bb", "a b", ""},
    {'b', "Or", "bb", "a b", ""},
    {'b', "Xor", "bb", "a b", ""},
    {'b', "Not", "b", "x", ""},
    {'b', "Contains", "ss", "text find", ""},
    {'b', "Cast", "n", "in", "\"targetType\":\"bool\""},
    {'b', "Select", "bbb", "cond a b", ""},
    {'s', "Concat", "ss", "a b", ""},
    {'s', "Concat", "sss", "a b c", ""},
    {'s', "ToString", "*", "value", ""},
    {'s', "Substring", "sxx", "text start length", ""},
    {'s', "ToUpper", "s", "text", ""},
    {'s', "ToLower", "s", "text", ""},
    {'s', "ArrayGet", "Sx", "array index", ""},
    {'s', "Select", "bss", "cond a b", ""},
    {'s', "Cast", "*", "in", "\"targetType\":\"string\""},
    {'I', "Array", "i", "item", ""},
    {'I', "Array", "iii", "item item2 item3", ""},
    {'I', "Select", "bII", "cond a b", ""},
    {'I', "Cast", "D", "in", "\"targetType\":\"array<int>\""},
    {'D', "Array", "dn", "item item2", ""},
    {'D', "Select", "bDD", "cond a b", ""},
    {'D', "Cast", "I", "in", "\"targetType\":\"array<double>\""},
    {'S', "Array", "ss", "item item2", ""},
    {'S', "Select", "bSS", "cond a b", ""},
    {'S', "Cast", "I", "in", "\"targetType\":\"array<string>\""},
    {'S', "Cast", "D", "in", "\"targetType\":\"array<string>\""},
};

/* Never a NaN, never large. */
static const struct production BOUNDED = {'d', "Atan", "n", "x", ""};

static struct ref produce(struct gen *g, const struct production *p, unsigned depth);

static const char *const TEXTS[] = {"\"\"",        "\"a\"",           "\"Hello\"", "\"12\"",
                                    "\"-3.5e1\"",  "\"h\\u00e9 Z\"",  "\"x y\"",   "\"true\"",
                                    "\"\\\"\\n\"", "\"\\u0001?\?/0\""};
static const char *const INTS[] = {"0",
                                   "1",
                                   "2",
                                   "3",
                                   "-1",
                                   "7",
                                   "-5",
                                   "100",
                                   "63",
                                   "65536",
                                   "10",
                                   "9223372036854775807",
                                   "-9223372036854775808"};
static const char *const REALS[] = {"0.5", "1.0",  "-2.25", "3.0",   "1e10",
                                    "0.1", "-0.0", "1e300", "100.0", "2.5e-7"};

/* A Literal or Array of this JSON. */
static struct ref literal_of(struct gen *g, bool array, const char *value)
{
    char p[96];
    snprintf(p, sizeof p, array ? "\"values\":%s" : "\"value\":%s", value);
    return (struct ref){node(g, array ? "Array" : "Literal", p), NULL};
}

static struct ref literal(struct gen *g, char type)
{
    const char *v = type == 'i'   ? PICK(g, INTS)
                    : type == 'd' ? PICK(g, REALS)
                    : type == 's' ? PICK(g, TEXTS)
                    : type == 'b' ? (percent(g, 50) ? "true" : "false")
                    : type == 'I' ? "[4, -1, 9]"
                    : type == 'D' ? "[0.5, 2.0]"
                                  : "[\"p\", \"Q r\"]";
    return literal_of(g, type == 'I' || type == 'D' || type == 'S', v);
}

struct ref int_literal(struct gen *g, unsigned v)
{
    char text[16];
    snprintf(text, sizeof text, "%u", v);
    return literal_of(g, false, text);
}

static struct ref spelt_int(struct gen *g)
{
    static const char *const SPELT[] = {"\"12\"", "\"-7\"", "\" 3 \"", "\"+0\"", "\"0\""};
    return literal_of(g, false, PICK(g, SPELT));
}

static struct ref input(struct gen *g, char kind, unsigned depth)
{
    switch (kind) {
    case 'n':
        return value(g, percent(g, 50) ? 'i' : 'd', depth);
    case 'z':
        return percent(g, 92) ? int_literal(g, 1 + below(g, 9)) : value(g, 'i', depth);
    case 'k':
        return percent(g, 95) ? int_literal(g, below(g, 70)) : value(g, 'i', depth);
    case 'x':
        return percent(g, 95) ? int_literal(g, percent(g, 75) ? 0 : below(g, 3))
                              : value(g, 'i', depth);
    case 'r':
        return percent(g, 92) ? produce(g, &BOUNDED, depth) : value(g, 'd', depth);
    case 't':
        return percent(g, 92) ? spelt_int(g) : value(g, 's', depth);
    case '*':
        return value(g, any_type(g), depth);
    default:
        return value(g, kind, depth);
    }
}

/* Inputs first, so that a node is listed behind what it needs. */
static struct ref produce(struct gen *g, const struct production *p, unsigned depth)
{
    struct ref in[3];
    char same = any_type(g);
    size_t n = strlen(p->inputs);
    for (size_t i = 0; i < n; i++)
        in[i] = input(g, p->inputs[i] == '=' ? same : p->inputs[i], depth + 1);
    uint32_t made = node(g, p->node, p->properties);
    const char *port = p->ports;
    for (size_t i = 0; i < n; i++) {
        size_t length = strcspn(port, " ");
        wire(g, in[i], made, port, length);
        port += length + (port[length] == ' ');
    }
    return (struct ref){made, NULL};
}

/* Something of the type that is already there: true when there was. */
static bool reuse(struct gen *g, char type, struct ref *ret)
{
    unsigned start = g->n_pool ? below(g, g->n_pool) : 0;
    for (unsigned i = 0; i < g->n_pool; i++) {
        const struct pooled *p = &g->pool[(start + i) % g->n_pool];
        if (p->type == type) {
            *ret = p->ref;
            return true;
        }
    }
    return false;
}

void keep(struct gen *g, struct ref ref, char type)
{
    if (g->n_pool < POOL_MAX)
        g->pool[g->n_pool++] = (struct pooled){ref, type, g->level};
}

static bool read_variable(struct gen *g, char type, struct ref *ret)
{
    unsigned start = g->n_vars ? below(g, g->n_vars) : 0;
    char p[32];
    for (unsigned i = 0; i < g->n_vars; i++) {
        const struct variable *v = &g->vars[(start + i) % g->n_vars];
        if (v->type == type) {
            snprintf(p, sizeof p, "\"name\":\"v%u\"", v->number);
            *ret = (struct ref){node(g, "VarGet", p), NULL};
            return true;
        }
    }
    return false;
}

static bool read_param(struct gen *g, char type, struct ref *ret)
{
    char p[32];
    for (unsigned i = 0; g->inside && g->inside->params[i]; i++)
        if (g->inside->params[i] == type && percent(g, 60)) {
            snprintf(p, sizeof p, "\"name\":\"p%u\"", i);
            *ret = (struct ref){node(g, "Param", p), NULL};
            return true;
        }
    return false;
}

/* A Call of function `f`; its first argument is small when it counts down. */
struct ref call(struct gen *g, unsigned f, unsigned depth)
{
    const struct function *fn = &g->funcs[f];
    struct ref in[PARAMS_MAX];
    char p[32], port[8];
    for (unsigned i = 0; fn->params[i]; i++)
        in[i] = i == 0 && fn->recursive ? int_literal(g, below(g, 5))
                                        : value(g, fn->params[i], depth + 1);
    snprintf(p, sizeof p, "\"name\":\"f%u\"", f);
    uint32_t made = node(g, "Call", p);
    for (unsigned i = 0; fn->params[i]; i++) {
        int n = snprintf(port, sizeof port, "p%u", i);
        wire(g, in[i], made, port, (size_t)n);
    }
    return (struct ref){made, NULL};
}

static bool call_for(struct gen *g, char type, unsigned depth, struct ref *ret)
{
    for (unsigned f = 0; f < g->n_funcs; f++)
        if (g->funcs[f].ret == type && percent(g, 50)) {
            *ret = call(g, f, depth);
            return true;
        }
    return false;
}

static struct ref read_input(struct gen *g, char type)
{
    if (type == 'b')
        return (struct ref){node(g, "Read", "\"kind\":\"word\""), "ok"};
    return (struct ref){node(g, "Read",
                             type == 'i'      ? "\"kind\":\"int\""
                             : type == 'd'    ? "\"kind\":\"number\""
                             : percent(g, 50) ? "\"kind\":\"word\""
                                              : "\"kind\":\"line\""),
                        "value"};
}

struct ref value(struct gen *g, char type, unsigned depth)
{
    struct ref ref;
    unsigned dice = below(g, 100);
    if (dice < 20 && reuse(g, type, &ref))
        return ref;
    if (dice < 40 && read_variable(g, type, &ref))
        return ref;
    if (dice < 50 && read_param(g, type, &ref))
        return ref;
    if (dice < 56 && depth < VALUE_DEPTH && g->budget > 0 && call_for(g, type, depth, &ref))
        return ref;
    if (dice < 57 && type >= 'a')
        return read_input(g, type);
    if (depth >= VALUE_DEPTH || g->budget <= 0 || dice < 68)
        return literal(g, type);
    const struct production *p;
    do
        p = &PICK(g, PRODUCTIONS);
    while (p->type != type);
    ref = produce(g, p, depth);
    keep(g, ref, type);
    return ref;
}

struct ref small_index(struct gen *g)
{
    return input(g, 'x', 0);
}
