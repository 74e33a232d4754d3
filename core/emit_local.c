/* emit_local.c - what has to be declared before a statement; see emit.h. */
#include <errno.h>

#include "emit.h"

static void name_node(struct gb_emitter *e, uint32_t node, enum gb_named how)
{
    e->name[node] = gb_names_take(&e->names, e->g->nodes[node].id, "value");
    if (!e->name[node].s)
        e->error = -ENOMEM;
    e->named[node] = (uint8_t)how;
    if (e->plan->flags[node] & GB_PLAN_VOLATILE && e->plan->form[node] != GB_FORM_FRESH)
        e->brief[e->n_brief++] = node;
}

/* Volatile values are computed anew for the next statement. */
void gb_end_brief_names(struct gb_emitter *e)
{
    while (e->n_brief)
        e->named[e->brief[--e->n_brief]] = GB_UNNAMED;
}

void gb_declare_outputs(struct gb_emitter *e, uint32_t node)
{
    const struct gb_extern *x = e->g->nodes[node].ext;
    uint32_t n = 0;
    for (uint32_t i = 0; i < x->n_params; i++)
        n += x->params[i].kind == GB_EXT_OUTPUT;
    if (n == 0)
        return;
    e->outs[node] = arena_new_array(&e->arena, n, struct str);
    if (!e->outs[node]) {
        e->error = -ENOMEM;
        return;
    }
    n = 0;
    for (uint32_t i = 0; i < x->n_params; i++) {
        if (x->params[i].kind != GB_EXT_OUTPUT)
            continue;
        struct str name = gb_names_take(&e->names, x->params[i].name, "output");
        e->outs[node][n++] = name;
        gb_begin_line(e);
        gb_puts(e, "gb::Output<");
        gb_put_type(e, x->params[i].type);
        gb_puts(e, "> ");
        gb_put(e, name);
        gb_end_line(e, STR(";"));
    }
}

bool gb_returns_nothing(const struct gb_node *n)
{
    return n->op == GB_OP_EXTERNAL && n->ext->ret.base == GB_VOID;
}

/* const T name = ...; */
static void declare_local(struct gb_emitter *e, uint32_t node)
{
    const struct gb_node *n = &e->g->nodes[node];
    bool known = e->plan->fold.known[node] != NULL;
    if (n->op == GB_OP_EXTERNAL && !known)
        gb_declare_outputs(e, node);
    gb_begin_line(e);
    bool first = !e->mapped[node];
    uint32_t range = gb_open_range(e, node, (struct str){0});
    name_node(e, node, GB_NAMED_LOCAL);
    if (!gb_returns_nothing(n)) {
        gb_puts(e, "const ");
        gb_put_node_type(e, node);
        gb_puts(e, " ");
        gb_put(e, e->name[node]);
        gb_puts(e, " = ");
    }
    gb_put_value_node(e, node);
    gb_puts(e, ";");
    gb_close_range(e, range);
    if (known && first)
        gb_map_folded(e, node, range);
    gb_end_line(e, STR(""));
}

static void put_force(struct gb_emitter *e, uint32_t node)
{
    gb_begin_line(e);
    gb_put(e, e->name[node]);
    gb_end_line(e, STR("();"));
}

static void put_local(struct gb_emitter *e, const struct gb_step *step)
{
    if (step->kind == GB_STEP_FORCE)
        put_force(e, step->node);
    else
        declare_local(e, step->node);
}

static void put_return_value(struct gb_emitter *e, uint32_t node)
{
    gb_puts(e, "return ");
    gb_put_value_node(e, node);
    gb_puts(e, ";");
}

/* const auto name = gb::lazy<T>([&] { return ...; });  or  const auto name = [&]() -> T { ... }; */
static void open_lambda(struct gb_emitter *e, uint32_t node, bool lazy)
{
    bool fresh = e->plan->form[node] == GB_FORM_FRESH;
    gb_puts(e, "const auto ");
    gb_put(e, e->name[node]);
    gb_put(e, !lazy ? STR(" = [&]() -> ") : fresh ? STR(" = gb::fresh<") : STR(" = gb::lazy<"));
    gb_put_node_type(e, node);
    gb_put(e, lazy ? STR(">(") : STR(" {"));
    if (lazy && fresh) {
        gb_put(e, e->turn);
        gb_puts(e, ", ");
    }
    gb_put(e, lazy ? STR("[&] {") : STR(""));
}

static void declare_lambda(struct gb_emitter *e, const struct gb_step *step)
{
    uint32_t node = step->node, local = e->local_first[node];
    bool lazy = step->kind == GB_STEP_LAZY;
    gb_begin_line(e);
    uint32_t range = gb_open_range(e, node, (struct str){0});
    name_node(e, node, GB_NAMED_LAZY);
    open_lambda(e, node, lazy);
    if (local == GB_NIL) {
        gb_puts(e, " ");
        put_return_value(e, node);
        gb_puts(e, " ");
    } else {
        gb_end_line(e, STR(""));
        e->indent++;
        for (; local != GB_NIL; local = e->schedule.steps[local].next)
            put_local(e, &e->schedule.steps[local]);
        gb_begin_line(e);
        put_return_value(e, node);
        gb_end_line(e, STR(""));
        e->indent--;
        gb_begin_line(e);
    }
    gb_put(e, lazy ? STR("});") : STR("};"));
    gb_close_range(e, range);
    gb_end_line(e, STR(""));
    e->local_first[node] = GB_NIL;
}

/* A local of a lambda waits for the lambda. */
static void keep_for_lambda(struct gb_emitter *e, uint32_t step)
{
    uint32_t unit = e->schedule.steps[step].unit;
    if (e->local_first[unit] == GB_NIL)
        e->local_first[unit] = step;
    else
        e->schedule.steps[e->local_last[unit]].next = step;
    e->local_last[unit] = step;
}

void gb_put_turn(struct gb_emitter *e)
{
    gb_begin_line(e);
    gb_puts(e, "++");
    gb_put(e, e->turn);
    gb_end_line(e, STR(";"));
}

/* What the scheduled expression needs declared. */
void gb_put_prelude(struct gb_emitter *e)
{
    for (uint32_t i = 0; i < e->schedule.n_steps; i++) {
        const struct gb_step *step = &e->schedule.steps[i];
        if (step->kind == GB_STEP_INLINE)
            continue;
        if (step->kind == GB_STEP_LAMBDA || step->kind == GB_STEP_LAZY)
            declare_lambda(e, step);
        else if (step->unit != GB_NIL)
            keep_for_lambda(e, i);
        else
            put_local(e, step);
    }
}

bool gb_has_prelude(const struct gb_emitter *e)
{
    if (e->schedule.fresh)
        return true;
    for (uint32_t i = 0; i < e->schedule.n_steps; i++)
        if (e->schedule.steps[i].kind != GB_STEP_INLINE)
            return true;
    return false;
}

/* Values that several statements share. */
void gb_put_anchored(struct gb_emitter *e, uint32_t place)
{
    const struct gb_plan *plan = e->plan;
    for (uint32_t node = plan->anchored[place]; node != GB_NIL; node = plan->next[node]) {
        bool lazy = plan->form[node] != GB_FORM_LOCAL;
        if (e->named[node])
            continue;
        if (!lazy) {
            declare_local(e, node);
            continue;
        }
        gb_schedule_value(&e->schedule, node, true);
        gb_put_prelude(e);
    }
}
