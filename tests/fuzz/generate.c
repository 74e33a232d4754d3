/* generate.c - random functions and graphs; see generate.h. */
#include "generate_parts.h"

#include <stdio.h>

/* ---- graphs --------------------------------------------------------------------------------- */

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
    give_back(g);
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
