/* generate.c - see generate.h. Types are letters: i d b s, and I D S for arrays of i, d, s. */
#include "generate.h"

#include <stdio.h>

#define POOL_MAX 256
#define VARS_MAX 64
#define FUNCS_MAX 4
#define PARAMS_MAX 3
#define BLOCK_DEPTH 3
#define VALUE_DEPTH 4

/* A value that a node gives: "n12", or its output `port`. */
struct ref {
    uint32_t node;
    const char *port;
};

struct pooled {
    struct ref ref;
    char type;
    unsigned level;
};

struct variable {
    uint32_t number;
    char type;
    unsigned level;
};

struct function {
    char params[PARAMS_MAX + 1]; /* types */
    char ret;                    /* 'v': none */
    bool recursive;              /* its first parameter counts down */
};

struct gen {
    uint64_t random;
    struct buf nodes, edges, functions;
    uint32_t n_nodes;
    int budget; /* nodes that may still be made; then only leaves */
    struct pooled pool[POOL_MAX];
    unsigned n_pool;
    struct variable vars[VARS_MAX];
    unsigned n_vars, n_var_names;
    unsigned level, loops;
    struct function funcs[FUNCS_MAX];
    unsigned n_funcs;
    const struct function *inside; /* NULL: the main graph */
    const char *bag;               /* "properties", "props" or "params" */
    bool third;                    /* fromNode, toNode */
};

/* ---- chance -----------------------------------------------------------------------------------
 */

/* splitmix64. */
static uint64_t next_random(struct gen *g)
{
    uint64_t z = g->random += 0x9e3779b97f4a7c15U;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9U;
    z = (z ^ z >> 27) * 0x94d049bb133111ebU;
    return z ^ z >> 31;
}

static unsigned below(struct gen *g, unsigned n)
{
    return (unsigned)(next_random(g) % n);
}

static bool percent(struct gen *g, unsigned p)
{
    return below(g, 100) < p;
}

static char any_type(struct gen *g)
{
    return "iiiiddbbssIDS"[below(g, 13)];
}

static const char *type_name(char type)
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

static char item_type(char array)
{
    return array == 'I' ? 'i' : array == 'D' ? 'd' : 's';
}

/* ---- writing ----------------------------------------------------------------------------------
 */

static void comma(struct buf *b)
{
    if (b->len)
        buf_puts(b, ",\n");
}

/* A node without a label; `properties` is the inside of its bag, or "". */
static uint32_t node(struct gen *g, const char *type, const char *properties)
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

static void wire(struct gen *g, struct ref from, uint32_t to, const char *port, size_t n)
{
    open_edge(g, from.node, to);
    if (from.port)
        buf_printf(&g->edges, ",\"fromPort\":\"%s\"", from.port);
    buf_printf(&g->edges, ",\"toPort\":\"%.*s\"}", (int)n, port);
}

static void control(struct gen *g, uint32_t from, uint32_t to, const char *port)
{
    open_edge(g, from, to);
    buf_printf(&g->edges, ",\"fromPort\":\"%s\",\"kind\":\"control\"}", port);
}

/* ---- values -----------------------------------------------------------------------------------
 */

/* Inputs are types, and: n a number of any kind, z an int that is rarely 0, k a shift count, x a
 * small index, r a double that is
 * rarely large, * any type, = any type twice. */
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
    {'D', "Array", "dn", "item item2", ""},
    {'D', "Select", "bDD", "cond a b", ""},
    {'S', "Array", "ss", "item item2", ""},
    {'S', "Select", "bSS", "cond a b", ""},
};

/* Never a NaN, never large. */
static const struct production BOUNDED = {'d', "Atan", "n", "x", ""};

static struct ref value(struct gen *g, char type, unsigned depth);
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
#define PICK(g, list) (list)[below(g, sizeof(list) / sizeof *(list))]

static struct ref literal(struct gen *g, char type)
{
    char p[96];
    const char *v = type == 'i'   ? PICK(g, INTS)
                    : type == 'd' ? PICK(g, REALS)
                    : type == 's' ? PICK(g, TEXTS)
                    : type == 'b' ? (percent(g, 50) ? "true" : "false")
                    : type == 'I' ? "[4, -1, 9]"
                    : type == 'D' ? "[0.5, 2.0]"
                                  : "[\"p\", \"Q r\"]";
    bool array = type == 'I' || type == 'D' || type == 'S';
    snprintf(p, sizeof p, array ? "\"values\":%s" : "\"value\":%s", v);
    return (struct ref){node(g, array ? "Array" : "Literal", p), NULL};
}

static struct ref int_literal(struct gen *g, unsigned v)
{
    char p[32];
    snprintf(p, sizeof p, "\"value\":%u", v);
    return (struct ref){node(g, "Literal", p), NULL};
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

static void keep(struct gen *g, struct ref ref, char type)
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
static struct ref call(struct gen *g, unsigned f, unsigned depth)
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

static struct ref value(struct gen *g, char type, unsigned depth)
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

/* ---- statements -------------------------------------------------------------------------------
 */

static uint32_t block(struct gen *g, uint32_t owner, const char *port, unsigned depth);

static uint32_t print(struct gen *g)
{
    static const char *const PROPERTIES[] = {"",
                                             "",
                                             "",
                                             "\"text\":\"t:\"",
                                             "\"separator\":\", \"",
                                             "\"newline\":false",
                                             "\"boolalpha\":true",
                                             "\"text\":\"%d \\\\ \",\"separator\":\"\""};
    struct ref in[3];
    unsigned n = 1 + below(g, 3);
    for (unsigned i = 0; i < n; i++)
        in[i] = value(g, any_type(g), 0);
    uint32_t made = node(g, "Print", PICK(g, PROPERTIES));
    static const char *const PORTS[] = {"value", "value2", "value3"};
    for (unsigned i = 0; i < n; i++)
        wire(g, in[i], made, PORTS[i], strlen(PORTS[i]));
    return made;
}

static void add_variable(struct gen *g, uint32_t number, char type)
{
    if (g->n_vars < VARS_MAX)
        g->vars[g->n_vars++] = (struct variable){number, type, g->level};
}

static uint32_t declare(struct gen *g)
{
    char p[80], type = any_type(g);
    uint32_t number = g->n_var_names++;
    bool wired = percent(g, 70);
    struct ref in = {0};
    if (wired)
        in = value(g, type, 0);
    snprintf(p, sizeof p, "\"name\":\"v%u\",\"type\":\"%s\"", number, type_name(type));
    uint32_t made = node(g, "VarDecl", p);
    if (wired)
        wire(g, in, made, "value", 5);
    add_variable(g, number, type);
    return made;
}

/* A write to a variable; to an array, often to an item of it. */
static uint32_t assign(struct gen *g)
{
    if (!g->n_vars)
        return declare(g);
    struct variable v = g->vars[below(g, g->n_vars)];
    bool array = v.type < 'a';
    unsigned dice = array ? below(g, 10) : 0;
    char p[32], type = dice > 2 ? item_type(v.type) : v.type;
    struct ref index = {0}, in = value(g, type, 0);
    if (dice > 7)
        index = input(g, 'x', 0);
    snprintf(p, sizeof p, "\"name\":\"v%u\"", v.number);
    uint32_t made = node(g, dice > 7 ? "ArraySet" : dice > 2 ? "ArrayPush" : "VarSet", p);
    if (dice > 7)
        wire(g, index, made, "index", 5);
    wire(g, in, made, "value", 5);
    return made;
}

static uint32_t branch(struct gen *g, unsigned depth)
{
    struct ref cond = value(g, 'b', 0);
    uint32_t made = node(g, "If", "");
    wire(g, cond, made, "cond", 4);
    block(g, made, "then", depth + 1);
    if (percent(g, 60))
        block(g, made, "else", depth + 1);
    return made;
}

static uint32_t count(struct gen *g, unsigned depth)
{
    static const char *const BOUNDS[] = {
        "\"start\":0,\"end\":3", "\"start\":3,\"end\":0,\"step\":-1",
        "\"start\":-2,\"end\":5,\"step\":3", "\"start\":1,\"end\":1",
        "\"start\":9223372036854775805,\"end\":9223372036854775807,\"step\":2"};
    uint32_t made;
    if (percent(g, 30)) {
        struct ref end = value(g, 'i', 1);
        uint32_t mod = node(g, "Mod", "");
        wire(g, end, mod, "a", 1);
        wire(g, int_literal(g, 4), mod, "b", 1);
        made = node(g, "For", "\"start\":0");
        wire(g, (struct ref){mod, NULL}, made, "end", 3);
    } else {
        made = node(g, "For", PICK(g, BOUNDS));
    }
    g->loops++;
    block(g, made, "body", depth + 1);
    g->loops--;
    return made;
}

/* A While whose counter is the first thing its body changes, so that it ends. */
static uint32_t repeat(struct gen *g, unsigned depth, uint32_t *ret_decl)
{
    char name[40], p[80];
    uint32_t number = g->n_var_names++;
    snprintf(name, sizeof name, "\"name\":\"v%u\"", number);
    snprintf(p, sizeof p, "%s,\"type\":\"int\",\"initialValue\":%u", name, below(g, 2));
    *ret_decl = node(g, "VarDecl", p);
    uint32_t read = node(g, "VarGet", name), less = node(g, "LessThan", "");
    wire(g, (struct ref){read, NULL}, less, "a", 1);
    wire(g, int_literal(g, 1 + below(g, 4)), less, "b", 1);
    struct ref cond = {less, NULL};
    if (percent(g, 30)) {
        struct ref other = value(g, 'b', 1);
        uint32_t both = node(g, "And", "");
        wire(g, cond, both, "a", 1);
        wire(g, other, both, "b", 1);
        cond.node = both;
    }
    uint32_t made = node(g, "While", "");
    wire(g, cond, made, "cond", 4);
    uint32_t sum = node(g, "Add", ""), set = node(g, "VarSet", name);
    wire(g, (struct ref){read, NULL}, sum, "a", 1);
    wire(g, int_literal(g, 1), sum, "b", 1);
    wire(g, (struct ref){sum, NULL}, set, "value", 5);
    control(g, made, set, "body");
    g->loops++;
    uint32_t rest = block(g, made, NULL, depth + 1);
    control(g, set, rest, "next");
    g->loops--;
    return made;
}

static uint32_t give_back(struct gen *g)
{
    char type = g->inside ? g->inside->ret : 'i';
    bool has_value = type != 'v' && (g->inside || percent(g, 50));
    struct ref in = {0};
    if (has_value)
        in = value(g, type, 0);
    uint32_t made = node(g, "Return", "");
    if (has_value)
        wire(g, in, made, "value", 5);
    return made;
}

/* If (cond) Break, Continue or Return. */
static uint32_t leave(struct gen *g)
{
    struct ref cond = value(g, 'b', 1);
    uint32_t made = node(g, "If", "");
    wire(g, cond, made, "cond", 4);
    unsigned dice = below(g, 10);
    uint32_t out =
        g->loops && dice < 8 ? node(g, dice < 4 ? "Break" : "Continue", "") : give_back(g);
    control(g, made, out, percent(g, 50) ? "then" : "else");
    return made;
}

/* One statement; *ret_first is where its chain begins. */
static uint32_t statement(struct gen *g, unsigned depth, uint32_t *ret_first)
{
    unsigned dice = below(g, 100);
    uint32_t made;
    *ret_first = UINT32_MAX;
    if (depth < BLOCK_DEPTH && g->budget > 0 && dice < 12)
        made = branch(g, depth);
    else if (depth < BLOCK_DEPTH && g->budget > 0 && dice < 22)
        made = count(g, depth);
    else if (depth < BLOCK_DEPTH && g->budget > 0 && dice < 28)
        made = repeat(g, depth, ret_first);
    else if (dice < 33 && g->n_funcs)
        made = call(g, below(g, g->n_funcs), 1).node;
    else if (dice < 38 && g->level)
        made = leave(g);
    else if (dice < 55)
        made = declare(g);
    else if (dice < 75)
        made = assign(g);
    else
        made = print(g);
    if (*ret_first == UINT32_MAX)
        *ret_first = made;
    else
        control(g, *ret_first, made, "next");
    return made;
}

static void close_scope(struct gen *g)
{
    g->level--;
    while (g->n_pool && g->pool[g->n_pool - 1].level > g->level)
        g->n_pool--;
    while (g->n_vars && g->vars[g->n_vars - 1].level > g->level)
        g->n_vars--;
}

static bool is_loop_port(const char *port)
{
    return port && strcmp(port, "body") == 0;
}

/* A body behind `port` of its owner (NULL: the caller hangs it somewhere). Returns its first
 * statement. */
static uint32_t block(struct gen *g, uint32_t owner, const char *port, unsigned depth)
{
    uint32_t head = UINT32_MAX, last = UINT32_MAX;
    unsigned n = 1 + below(g, 4);
    g->level++;
    if (is_loop_port(port))
        keep(g, (struct ref){owner, "index"}, 'i');
    for (unsigned i = 0; i < n; i++) {
        uint32_t first, made = statement(g, depth, &first);
        if (last != UINT32_MAX)
            control(g, last, first, "next");
        else
            head = first;
        last = made;
    }
    if (port)
        control(g, owner, head, port);
    close_scope(g);
    return head;
}

/* ---- graphs -----------------------------------------------------------------------------------
 */

/* A body of the graph itself, as one chain or as statements in the order of the nodes. */
static void body(struct gen *g, unsigned n)
{
    bool chained = percent(g, 70);
    uint32_t last = UINT32_MAX;
    for (unsigned i = 0; i < n; i++) {
        uint32_t first, made = statement(g, 0, &first);
        if (chained && last != UINT32_MAX)
            control(g, last, first, "next");
        last = made;
    }
}

/* if (p0 <= 0) return value; then the rest may call itself with p0 - 1. */
static void countdown(struct gen *g, unsigned number)
{
    const struct function *fn = g->inside;
    uint32_t p0 = node(g, "Param", "\"name\":\"p0\"");
    uint32_t test = node(g, "LessEqual", ""), stop = node(g, "If", "");
    wire(g, (struct ref){p0, NULL}, test, "a", 1);
    wire(g, int_literal(g, 0), test, "b", 1);
    wire(g, (struct ref){test, NULL}, stop, "cond", 4);
    control(g, stop, give_back(g), "then");
    uint32_t less = node(g, "Sub", "");
    wire(g, (struct ref){p0, NULL}, less, "a", 1);
    wire(g, int_literal(g, 1), less, "b", 1);
    struct ref in[PARAMS_MAX] = {{less, NULL}};
    char p[32], port[8];
    for (unsigned i = 1; fn->params[i]; i++)
        in[i] = value(g, fn->params[i], 1);
    snprintf(p, sizeof p, "\"name\":\"f%u\"", number);
    uint32_t again = node(g, "Call", p);
    for (unsigned i = 0; fn->params[i]; i++) {
        int n = snprintf(port, sizeof port, "p%u", i);
        wire(g, in[i], again, port, (size_t)n);
    }
    if (fn->ret != 'v') {
        uint32_t kept = node(g, "Print", "\"text\":\"again\"");
        wire(g, (struct ref){again, NULL}, kept, "value", 5);
        control(g, stop, kept, "next");
    } else {
        control(g, stop, again, "next");
    }
}

static void function_signature(struct gen *g, struct function *fn)
{
    unsigned n = below(g, PARAMS_MAX + 1);
    fn->recursive = percent(g, 30);
    if (fn->recursive && n == 0)
        n = 1;
    for (unsigned i = 0; i < n; i++)
        fn->params[i] = i == 0 && fn->recursive ? 'i' : any_type(g);
    fn->ret = percent(g, 15) ? 'v' : any_type(g);
}

static void write_function(struct gen *g, unsigned number, const struct function *fn)
{
    comma(&g->functions);
    buf_printf(&g->functions, "{\"name\":\"f%u\",\"params\":[", number);
    for (unsigned i = 0; fn->params[i]; i++)
        buf_printf(&g->functions, "%s{\"name\":\"p%u\",\"type\":\"%s\"}", i ? "," : "", i,
                   type_name(fn->params[i]));
    buf_printf(&g->functions, "],\"returnType\":\"%s\",\"graph\":{\"nodes\":[\n",
               type_name(fn->ret));
    buf_str(&g->functions, buf_view(&g->nodes));
    buf_puts(&g->functions, "],\n\"edges\":[\n");
    buf_str(&g->functions, buf_view(&g->edges));
    buf_puts(&g->functions, "]}}");
}

static void start_graph(struct gen *g)
{
    buf_clear(&g->nodes);
    buf_clear(&g->edges);
    g->n_nodes = 0;
    g->n_pool = g->n_vars = g->n_var_names = g->level = g->loops = 0;
}

/* Its own calls come from countdown() alone: it joins the callable ones when it is done. */
static void function(struct gen *g)
{
    unsigned number = g->n_funcs;
    struct function *fn = &g->funcs[number];
    function_signature(g, fn);
    start_graph(g);
    g->inside = fn;
    g->budget = 20 + (int)below(g, 30);
    if (fn->recursive)
        countdown(g, number);
    body(g, 1 + below(g, 3));
    uint32_t end = give_back(g);
    (void)end;
    write_function(g, number, fn);
    g->inside = NULL;
    g->n_funcs++;
}

/* Mostly whole numbers, so that reads seldom fault. */
static void write_input(struct gen *g, struct buf *ret)
{
    static const char *const TOKENS[] = {"1 ",    "-7\n", "2.5 ", "12\n",  "3 4 5 ",
                                         "word ", "1e2 ", "0\n",  "a b\n", "\r\n"};
    static const char *const NUMBERS[] = {"1 ", "-7\n", "12 ", "3 4\n", "0 ", "\r\n", "9 "};
    bool numbers = percent(g, 85);
    for (unsigned n = below(g, 60); n; n--)
        buf_puts(ret, numbers ? PICK(g, NUMBERS) : PICK(g, TOKENS));
}

void generate_graph(uint64_t seed, struct buf *ret_graph, struct buf *ret_input)
{
    static const char *const BAGS[] = {"properties", "props", "params"};
    struct gen g = {.random = seed};
    unsigned dialect = below(&g, 3);
    g.bag = BAGS[dialect];
    g.third = dialect == 2;
    for (unsigned n = below(&g, FUNCS_MAX + 1); n; n--)
        function(&g);
    start_graph(&g);
    g.budget = 30 + (int)below(&g, 120);
    body(&g, 2 + below(&g, 8));
    buf_puts(ret_graph, "{\"ir\":{\"nodes\":[\n");
    buf_str(ret_graph, buf_view(&g.nodes));
    buf_puts(ret_graph, "],\n\"edges\":[\n");
    buf_str(ret_graph, buf_view(&g.edges));
    buf_puts(ret_graph, "],\n\"functions\":[\n");
    buf_str(ret_graph, buf_view(&g.functions));
    buf_puts(ret_graph, "]}}\n");
    write_input(&g, ret_input);
    buf_free(&g.nodes);
    buf_free(&g.edges);
    buf_free(&g.functions);
}
