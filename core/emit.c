/* emit.c - the file: includes, prototypes, functions, main; see gb.h and emit.h. */
#include "emit.h"

#include <errno.h>

#include "base/jsonw.h"
#include "emit_runtime.h"

#define MAX_CPP ((size_t)64 << 20)

/* ---- which functions are called ------------------------------------------------------------- */

static void note_callee(struct gb_emitter *e, const struct gb_node *n, uint32_t *list,
                        uint32_t *count)
{
    if (n->op != GB_OP_CALL || e->called[n->callee])
        return;
    e->called[n->callee] = true;
    e->recursive = e->recursive || e->p->funcs[n->callee].recursive;
    list[(*count)++] = n->callee;
}

static void note_calls(struct gb_emitter *e, const struct gb_plan *plan, uint32_t *list,
                       uint32_t *count)
{
    const struct gb_node *nodes = plan->graph->nodes;
    for (uint32_t p = 0; p < plan->n_places; p++)
        if (plan->places[p].stmt)
            note_callee(e, &nodes[plan->places[p].stmt->node], list, count);
    for (uint32_t i = 0; i < plan->fold.n_order; i++) {
        uint32_t node = plan->fold.order[i];
        if (plan->uses[node] && plan->fold.stands[node] == node && !plan->fold.known[node])
            note_callee(e, &nodes[node], list, count);
    }
}

/* Plans main and, from there, every function that is still called after folding. */
static int plan_all(struct gb_emitter *e)
{
    uint32_t n = e->p->n_funcs, count = 0;
    uint32_t *list = arena_new_array(&e->arena, n, uint32_t);
    e->called = arena_new_array(&e->arena, n, bool);
    e->plans = arena_new_array(&e->arena, (size_t)n + 1, struct gb_plan);
    if (!list || !e->called || !e->plans || gb_plan(e->p, &e->p->main, &e->arena, &e->plans[0]))
        return -ENOMEM;
    note_calls(e, &e->plans[0], list, &count);
    for (uint32_t i = 0; i < count; i++) {
        struct gb_plan *plan = &e->plans[list[i] + 1];
        if (gb_plan(e->p, &e->p->funcs[list[i]].graph, &e->arena, plan))
            return -ENOMEM;
        note_calls(e, plan, list, &count);
    }
    return 0;
}

/* ---- includes ------------------------------------------------------------------------------- */

struct include_list {
    struct str *names;
    uint32_t n;
};

static void add_include(struct include_list *list, struct str name)
{
    for (uint32_t i = 0; i < list->n; i++)
        if (str_eq(list->names[i], name))
            return;
    list->names[list->n++] = name;
}

/* Whether an external function without an include of its own is used: any import may declare it. */
static bool add_externals(const struct gb_plan *plan, struct include_list *list)
{
    bool open = false;
    for (uint32_t i = 0; plan->graph && i < plan->graph->n_nodes; i++) {
        const struct gb_node *n = &plan->graph->nodes[i];
        if (n->op != GB_OP_EXTERNAL)
            continue;
        open = open || n->ext->include.n == 0;
        if (n->ext->include.n)
            add_include(list, n->ext->include);
    }
    return open;
}

static size_t most_includes(const struct gb_emitter *e)
{
    size_t n = e->p->n_imports;
    for (uint32_t i = 0; i <= e->p->n_funcs; i++)
        if (e->plans[i].graph)
            n += e->plans[i].graph->n_nodes;
    return n;
}

static int put_includes(struct gb_emitter *e)
{
    bool open = false;
    struct include_list list = {
        .names = arena_new_array(&e->arena, most_includes(e), struct str),
    };
    if (!list.names)
        return -ENOMEM;
    for (uint32_t i = 0; i <= e->p->n_funcs; i++)
        open = add_externals(&e->plans[i], &list) || open;
    for (uint32_t i = 0; open && i < e->p->n_imports; i++)
        add_include(&list, e->p->imports[i]);
    for (uint32_t i = 0; i < list.n; i++) {
        bool bare = list.names[i].s[0] != '<' && list.names[i].s[0] != '"';
        gb_puts(e, "#include ");
        gb_put(e, bare ? STR("<") : STR(""));
        gb_put(e, list.names[i]);
        gb_end_line(e, bare ? STR(">") : STR(""));
    }
    return 0;
}

static bool is_include(struct str line, const char *what)
{
    struct str prefix = str_c(what);
    return line.n >= prefix.n && memcmp(line.s, prefix.s, prefix.n) == 0;
}

/* A text of several lines; without those that include the runtime itself. */
static void put_lines(struct gb_emitter *e, struct str text)
{
    while (text.n) {
        const char *end = memchr(text.s, '\n', text.n);
        size_t n = end ? (size_t)(end - text.s) : text.n;
        struct str line = {text.s, n};
        if (!is_include(line, "#include \"gb.hpp\""))
            gb_end_line(e, line);
        text.s += n + (end != NULL);
        text.n -= n + (end != NULL);
    }
}

/* ---- functions ------------------------------------------------------------------------------ */

static void put_signature(struct gb_emitter *e, uint32_t func)
{
    const struct gb_func *f = &e->p->funcs[func];
    gb_puts(e, "static ");
    gb_put_type(e, f->ret);
    gb_puts(e, " ");
    gb_put(e, e->func_names[func]);
    gb_puts(e, "(");
}

static bool by_reference(struct gb_type t)
{
    return t.depth || t.base == GB_STRING;
}

static void put_param_type(struct gb_emitter *e, struct gb_type t)
{
    gb_put(e, by_reference(t) ? STR("const ") : STR(""));
    gb_put_type(e, t);
    gb_put(e, by_reference(t) ? STR(" &") : STR(""));
}

static void put_prototype(struct gb_emitter *e, uint32_t func)
{
    const struct gb_func *f = &e->p->funcs[func];
    put_signature(e, func);
    for (uint32_t i = 0; i < f->n_params; i++) {
        gb_put(e, i ? STR(", ") : STR(""));
        put_param_type(e, f->params[i].type);
    }
    if (e->recursive)
        gb_put(e, f->n_params ? STR(", gb::Site") : STR("gb::Site"));
    gb_end_line(e, STR(");"));
}

/* Marks the parameters that the body still reads. */
static void find_read_params(const struct gb_plan *plan, bool *read)
{
    for (uint32_t i = 0; i < plan->fold.n_order; i++) {
        uint32_t node = plan->fold.order[i];
        const struct gb_node *n = &plan->graph->nodes[node];
        if (n->op == GB_OP_PARAM && plan->uses[node])
            read[n->param] = true;
    }
}

static int put_params(struct gb_emitter *e, const struct gb_func *f)
{
    bool *read = arena_new_array(&e->arena, f->n_params, bool);
    if (!read)
        return -ENOMEM;
    find_read_params(e->plan, read);
    for (uint32_t i = 0; i < f->n_params; i++) {
        struct gb_type t = f->params[i].type;
        gb_put(e, i ? STR(", ") : STR(""));
        gb_put(e, read[i] ? STR("") : STR("[[maybe_unused]] "));
        put_param_type(e, t);
        gb_put(e, by_reference(t) ? STR("") : STR(" "));
        gb_put(e, e->params[i]);
    }
    if (e->recursive)
        gb_put(e, f->n_params ? STR(", gb::Site caller") : STR("gb::Site caller"));
    return 0;
}

/* ---- one graph ------------------------------------------------------------------------------ */

static int name_variables(struct gb_emitter *e)
{
    const struct gb_graph *g = e->g;
    uint32_t n_params = g->func ? g->func->n_params : 0;
    e->params = arena_new_array(&e->arena, n_params, struct str);
    e->vars = arena_new_array(&e->arena, g->n_vars, struct str);
    if (!e->params || !e->vars)
        return -ENOMEM;
    for (uint32_t i = 0; i < n_params; i++)
        if (!(e->params[i] = gb_names_take(&e->names, g->func->params[i].name, "param")).s)
            return -ENOMEM;
    for (uint32_t i = 0; i < g->n_vars; i++)
        if (!(e->vars[i] = gb_names_take(&e->names, g->vars[i].name, "variable")).s)
            return -ENOMEM;
    return 0;
}

static int enter_graph(struct gb_emitter *e, uint32_t index)
{
    const struct gb_graph *g = index ? &e->p->funcs[index - 1].graph : &e->p->main;
    size_t n = g->n_nodes;
    e->g = g;
    e->plan = &e->plans[index];
    e->function = index ? e->p->funcs[index - 1].name : (struct str){0};
    e->sites = NULL;
    if (e->id && e->id->main_number)
        e->sites = index ? e->id->func_number[index - 1] : e->id->main_number;
    e->n_brief = 0;
    e->name = arena_new_array(&e->arena, n, struct str);
    e->named = arena_new_array(&e->arena, n, uint8_t);
    e->mapped = arena_new_array(&e->arena, n, bool);
    e->brief = arena_new_array(&e->arena, n, uint32_t);
    e->outs = arena_new_array(&e->arena, n, struct str *);
    e->folded = arena_new_array(&e->arena, n + 1, uint32_t);
    e->local_first = arena_new_array(&e->arena, n, uint32_t);
    e->local_last = arena_new_array(&e->arena, n, uint32_t);
    if (!e->name || !e->named || !e->mapped || !e->brief || !e->outs || !e->folded ||
        !e->local_first || !e->local_last || gb_names_init(&e->names, &e->globals, 16, &e->arena) ||
        gb_schedule_init(&e->schedule, e->plan, e->named, &e->arena))
        return -ENOMEM;
    memset(e->local_first, 0xff, n * sizeof *e->local_first);
    return name_variables(e);
}

/* Counts the call. A function that can only call itself gets a way out, as compilers want it. */
static int put_frame(struct gb_emitter *e, const struct gb_func *f)
{
    bool endless = false;
    if (gb_plan_never_ends(e->plan, &e->arena, &endless))
        return -ENOMEM;
    gb_begin_line(e);
    gb_end_line(e, STR("const gb::Frame frame(caller);"));
    if (!endless)
        return 0;
    gb_begin_line(e);
    gb_end_line(e, STR("if (frame.too_deep())"));
    gb_begin_line(e);
    gb_end_line(e, f->ret.base == GB_VOID ? STR("    return;") : STR("    return {};"));
    return 0;
}

static int put_function(struct gb_emitter *e, uint32_t func)
{
    const struct gb_func *f = &e->p->funcs[func];
    if (enter_graph(e, func + 1))
        return -ENOMEM;
    gb_end_line(e, STR(""));
    put_signature(e, func);
    if (put_params(e, f))
        return -ENOMEM;
    gb_end_line(e, STR(")"));
    gb_end_line(e, STR("{"));
    e->indent = 1;
    if (e->recursive && put_frame(e, f))
        return -ENOMEM;
    gb_put_body(e);
    e->indent = 0;
    gb_end_line(e, STR("}"));
    return e->error;
}

static int put_main(struct gb_emitter *e)
{
    if (enter_graph(e, 0))
        return -ENOMEM;
    gb_end_line(e, STR(""));
    gb_end_line(e, STR("int main()"));
    gb_end_line(e, STR("{"));
    e->indent = 1;
    if (e->recursive || e->plan->fresh) {
        gb_begin_line(e);
        gb_end_line(e, STR("gb::deep_stack();"));
    }
    gb_put_body(e);
    e->indent = 0;
    gb_end_line(e, STR("}"));
    return e->error;
}

/* ---- the file ------------------------------------------------------------------------------- */

/* The first identifier of a qualified name. */
static struct str head_of(struct str qualified)
{
    size_t n = 0;
    while (n < qualified.n && qualified.s[n] != ':')
        n++;
    return (struct str){qualified.s, n};
}

static void reserve_externals(struct gb_emitter *e, const struct gb_graph *g)
{
    for (uint32_t i = 0; i < g->n_nodes; i++)
        if (g->nodes[i].op == GB_OP_EXTERNAL)
            gb_names_reserve(&e->globals, head_of(g->nodes[i].ext->function));
}

static int name_functions(struct gb_emitter *e)
{
    uint32_t n = e->p->n_funcs;
    e->func_names = arena_new_array(&e->arena, n, struct str);
    if (!e->func_names || gb_names_init(&e->globals, NULL, n + 512, &e->arena))
        return -ENOMEM;
    gb_names_reserve_common(&e->globals);
    reserve_externals(e, &e->p->main);
    for (uint32_t i = 0; i < n; i++)
        reserve_externals(e, &e->p->funcs[i].graph);
    for (uint32_t i = 0; i < n; i++) {
        if (!e->called[i])
            continue;
        e->func_names[i] = gb_names_take(&e->globals, e->p->funcs[i].name, "function");
        if (!e->func_names[i].s)
            return -ENOMEM;
    }
    return 0;
}

static uint32_t count_called(const struct gb_emitter *e)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < e->p->n_funcs; i++)
        n += e->called[i];
    return n;
}

/* Room for a range of every node and input; there may be more, but seldom are. */
static int make_room(struct gb_emitter *e)
{
    uint32_t n = 16;
    for (uint32_t i = 0; i <= e->p->n_funcs; i++)
        if (e->plans[i].graph)
            n += e->plans[i].graph->n_nodes + e->plans[i].graph->n_inputs;
    e->map_room = n;
    e->out->map = arena_new_array(&e->out->arena, n, struct gb_range);
    buf_reserve(&e->out->cpp, (size_t)16 * n);
    return e->out->map ? 0 : -ENOMEM;
}

static int put_file(struct gb_emitter *e, bool standalone)
{
    if (plan_all(e) || make_room(e) || name_functions(e) || put_includes(e))
        return -ENOMEM;
    if (standalone) {
        put_lines(e, gb_runtime_header());
        put_lines(e, gb_runtime_source());
    } else {
        gb_end_line(e, STR("#include \"gb.hpp\""));
    }
    if (count_called(e) > 1) {
        gb_end_line(e, STR(""));
        for (uint32_t i = 0; i < e->p->n_funcs; i++)
            if (e->called[i])
                put_prototype(e, i);
    }
    for (uint32_t i = 0; i < e->p->n_funcs; i++)
        if (e->called[i] && put_function(e, i))
            return -ENOMEM;
    return put_main(e);
}

int gb_emit(const struct gb_program *p, const struct gb_identity *id,
            const struct gb_emit_options *options, struct gb_emission *ret)
{
    *ret = (struct gb_emission){.cpp = BUF_INIT(MAX_CPP)};
    struct gb_emitter e = {.p = p, .id = id, .out = ret, .line = 1};
    int r = put_file(&e, options && options->standalone);
    arena_free(&e.arena);
    if (r == 0)
        r = ret->cpp.error;
    if (r)
        gb_emission_free(ret);
    else
        buf_cstr(&ret->cpp);
    return r;
}

void gb_emission_free(struct gb_emission *e)
{
    if (!e)
        return;
    buf_free(&e->cpp);
    arena_free(&e->arena);
    *e = (struct gb_emission){0};
}

/* ---- the map -------------------------------------------------------------------------------- */

void gb_map_json(const struct gb_emission *e, struct jsonw *w)
{
    jw_open(w, '[');
    for (uint32_t i = 0; i < e->n_map; i++) {
        const struct gb_range *r = &e->map[i];
        jw_open(w, '{');
        jw_kstr(w, "node_id", r->node_id);
        jw_kstr(w, "function", r->function);
        jw_kstr(w, "port", r->port);
        jw_kint(w, "start_line", r->start_line);
        jw_kint(w, "start_col", r->start_col);
        jw_kint(w, "end_line", r->end_line);
        jw_kint(w, "end_col", r->end_col);
        jw_close(w, '}');
    }
    jw_close(w, ']');
}
