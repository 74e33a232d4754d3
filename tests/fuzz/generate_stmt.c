/* generate_stmt.c - random statements and bodies; see generate_parts.h. */
#include "generate_parts.h"

#include <stdio.h>

static char item_type(char array)
{
    return array == 'I' ? 'i' : array == 'D' ? 'd' : 's';
}

/* ---- statements ----------------------------------------------------------------------------- */

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
        in[i] = percent(g, 4) ? int_literal(g, 0) : value(g, any_type(g), 0);
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
        index = small_index(g);
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

uint32_t give_back(struct gen *g)
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

/* Break, Continue or Return. */
static uint32_t way_out(struct gen *g)
{
    unsigned dice = below(g, 10);
    return g->loops && dice < 8 ? node(g, dice < 4 ? "Break" : "Continue", "") : give_back(g);
}

/* If (cond) one of these; seldom without the If, so that what follows is never reached. */
static uint32_t leave(struct gen *g)
{
    if (percent(g, 10))
        return way_out(g);
    struct ref cond = value(g, 'b', 1);
    uint32_t made = node(g, "If", "");
    wire(g, cond, made, "cond", 4);
    control(g, made, way_out(g), percent(g, 50) ? "then" : "else");
    return made;
}

/* One statement; *ret_first is where its chain begins. */
uint32_t statement(struct gen *g, unsigned depth, uint32_t *ret_first)
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
