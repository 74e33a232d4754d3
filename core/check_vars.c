/*
 * check_vars.c - variables: declarations, scopes, and which variable a name means where.
 *
 * One sweep over the places in the order of the text keeps, for each name, the declarations that
 * are in force, innermost on top. Each use is a question put at the place of a statement: VarSet
 * and its like at their own, a VarGet at those of the statements that need it. Where a name is
 * declared once the first and the last of them are enough, since scopes are ranges of places.
 */
#include "check.h"

#include <errno.h>

static bool uses_variable(enum gb_op op)
{
    return op == GB_OP_VARGET || op == GB_OP_VARSET || op == GB_OP_ARRAYSET ||
           op == GB_OP_ARRAYPUSH;
}

/* ---- declarations ---------------------------------------------------------------------------- */

static void declare(struct gb_scan *s, uint32_t node)
{
    const struct gb_node_names *names = &s->raw->names[node];
    uint32_t var = s->g->n_vars++;
    s->g->nodes[node].var = var;
    s->untyped_vars[var] = names->declared.base == GB_UNKNOWN;
    s->g->vars[var] = (struct gb_var){
        .name = names->name,
        .type = names->declared,
        .decl = node,
        .block = s->g->nodes[node].block,
        .has_init = names->has_init,
        .init = names->init,
    };
}

static void complain_unknown(struct gb_checking *c, struct gb_scan *s, uint32_t node)
{
    const struct gb_node_names *names = &s->raw->names[node];
    struct gb_error *e = gb_complain(c->f, GB_E_unknown_variable, s->g, node, names->name_jval,
                                     "No VarDecl declares variable '%.*s'", STR_ARG(names->name));
    struct str *known = arena_new_array(c->tmp, s->g->n_vars, struct str);
    for (uint32_t i = 0; known && i < s->g->n_vars; i++)
        known[i] = s->g->vars[i].name;
    if (known)
        e->suggestion = gb_nearest(names->name, known, s->g->n_vars);
}

int gb_declare_vars(struct gb_checking *c, struct gb_scan *s)
{
    uint32_t n = s->g->n_nodes, n_decls = 0;
    struct strmap map;
    for (uint32_t v = 0; v < n; v++)
        n_decls += s->g->nodes[v].op == GB_OP_VARDECL;
    s->g->vars = arena_new_array(&c->f->program->arena, n_decls, struct gb_var);
    s->untyped_vars = arena_new_array(c->tmp, n_decls, bool);
    s->names = arena_new_array(c->tmp, n, uint32_t);
    s->name_of = arena_new_array(c->tmp, n_decls, uint32_t);
    s->several = arena_new_array(c->tmp, n_decls, bool);
    s->in_body = arena_new_array(c->tmp, n_decls, bool);
    if (!s->g->vars || !s->untyped_vars || !s->names || !s->name_of || !s->several || !s->in_body ||
        strmap_init(&map, c->tmp, n_decls, &s->g->vars->name, sizeof *s->g->vars))
        return -ENOMEM;
    for (uint32_t v = 0; v < n; v++) {
        if (s->g->nodes[v].op != GB_OP_VARDECL)
            continue;
        uint32_t var = s->g->n_vars;
        declare(s, v);
        uint32_t first = strmap_add(&map, var);
        s->name_of[var] = first == STRMAP_NONE ? var : first;
        s->several[s->name_of[var]] |= first != STRMAP_NONE;
        s->in_body[s->name_of[var]] |= s->g->vars[var].block == 0;
    }
    for (uint32_t v = 0; v < n; v++) {
        s->names[v] = GB_NIL;
        if (!uses_variable(s->g->nodes[v].op))
            continue;
        s->g->nodes[v].var = s->names[v] = strmap_find(&map, s->raw->names[v].name);
        if (s->names[v] == GB_NIL && !s->raw->broken[v] && s->raw->names[v].name.n)
            complain_unknown(c, s, v);
    }
    return 0;
}

/* ---- which variable a name means ------------------------------------------------------------- */

struct sweep {
    struct gb_checking *c;
    struct gb_scan *s;
    uint32_t *top;   /* by first variable of a name: the one in force, or GB_NIL */
    uint32_t *below; /* by variable: the one it shadows */
    uint32_t *open;  /* variables in force, the last declared on top */
    uint32_t n_open;
    bool *asked;       /* by node: has an answer */
    bool *wrong;       /* by node: reported */
    uint32_t *decl_at; /* by place: the VarDecl node there, or GB_NIL */
};

static void complain_scope(struct sweep *w, uint32_t node, uint32_t place)
{
    struct gb_scan *s = w->s;
    const struct gb_var *var = &s->g->vars[s->names[node]];
    struct str decl = s->g->nodes[var->decl].id;
    bool before = !s->several[s->names[node]] && place <= s->place[var->decl];
    struct gb_error *e =
        gb_complain(w->c->f, GB_E_unknown_variable, s->g, node, s->raw->names[node].name_jval,
                    before ? "Variable '%.*s' is used before its declaration '%.*s' has run"
                           : "Variable '%.*s' is used where its declaration '%.*s' is not in scope",
                    STR_ARG(var->name), STR_ARG(decl));
    e->from = decl;
    w->wrong[node] = true;
}

/* Which variable `node` means when the statement at `place` needs it. */
static void ask(struct sweep *w, uint32_t node, uint32_t place)
{
    struct gb_scan *s = w->s;
    uint32_t var = w->top[s->names[node]];
    if (w->wrong[node])
        return;
    if (var == GB_NIL) {
        complain_scope(w, node, place);
    } else if (!w->asked[node]) {
        w->asked[node] = true;
        s->g->nodes[node].var = var;
    } else if (s->g->nodes[node].var != var) {
        gb_complain(w->c->f, GB_E_unknown_variable, s->g, node, s->raw->names[node].name_jval,
                    "'%.*s' is needed in two scopes where '%.*s' means two variables ('%.*s' and "
                    "'%.*s'); use a VarGet for each",
                    STR_ARG(s->g->nodes[node].id), STR_ARG(s->g->vars[var].name),
                    STR_ARG(s->g->nodes[s->g->vars[s->g->nodes[node].var].decl].id),
                    STR_ARG(s->g->nodes[s->g->vars[var].decl].id));
        w->wrong[node] = true;
    }
}

static void enter_scope(struct sweep *w, uint32_t node)
{
    struct gb_scan *s = w->s;
    uint32_t var = s->g->nodes[node].var, name = s->name_of[var], outer = w->top[name];
    if (outer != GB_NIL && s->g->vars[outer].block == s->g->vars[var].block &&
        s->g->vars[var].name.n) {
        struct gb_error *e = gb_complain(
            w->c->f, GB_E_redeclared, s->g, node, s->raw->names[node].name_jval,
            "Variable '%.*s' is declared by '%.*s' in the same scope already",
            STR_ARG(s->g->vars[var].name), STR_ARG(s->g->nodes[s->g->vars[outer].decl].id));
        e->from = s->g->nodes[s->g->vars[outer].decl].id;
    }
    w->below[var] = outer;
    w->top[name] = var;
    w->open[w->n_open++] = var;
}

static void leave_scopes(struct sweep *w, uint32_t place)
{
    struct gb_scan *s = w->s;
    while (w->n_open && !gb_in_block(s, s->g->vars[w->open[w->n_open - 1]].block, place)) {
        uint32_t var = w->open[--w->n_open];
        w->top[s->name_of[var]] = w->below[var];
    }
}

/* ---- gathering the questions ---------------------------------------------------------------- */

#define MOST_QUESTIONS (1U << 22) /* keeps the walk below linear, whatever the graph */

struct questions {
    struct gb_arc *arcs; /* from a place, to a node that names a variable */
    uint32_t n, cap;
};

static int put_question(struct gb_checking *c, struct questions *q, uint32_t place, uint32_t node)
{
    if (q->n == q->cap) {
        uint32_t cap = q->cap ? 2 * q->cap : 64;
        struct gb_arc *arcs = arena_new_array(c->tmp, cap, struct gb_arc);
        if (!arcs)
            return -ENOMEM;
        if (q->n)
            memcpy(arcs, q->arcs, q->n * sizeof *arcs);
        q->arcs = arcs;
        q->cap = cap;
    }
    q->arcs[q->n++] = (struct gb_arc){place, node, 0};
    return 0;
}

/* A walk from a VarGet through the values that need it to the statements. */
struct reach {
    uint32_t *mark, *stack; /* by value: the VarGet that saw it last */
    uint32_t budget;
};

static int ask_every_consumer(struct gb_checking *c, struct gb_scan *s, struct questions *q,
                              struct reach *r, uint32_t get)
{
    uint32_t n = 0;
    int code = get == s->g->result ? put_question(c, q, s->end, get) : 0;
    r->stack[n++] = get;
    while (n && code == 0) {
        uint32_t v = r->stack[--n];
        for (uint32_t at = s->users.first[v]; at < s->users.first[v + 1] && code == 0; at++) {
            uint32_t user = s->users.arcs[at].to;
            if (r->budget == 0 || r->mark[user] == get)
                continue;
            r->budget--;
            r->mark[user] = get;
            if (s->g->nodes[user].statement) {
                code = put_question(c, q, s->place[user], get);
                continue;
            }
            if (user == s->g->result)
                code = put_question(c, q, s->end, get);
            r->stack[n++] = user;
        }
    }
    return code;
}

static int gather_questions(struct gb_checking *c, struct gb_scan *s, struct questions *q)
{
    uint32_t n = s->g->n_nodes;
    int r = 0;
    struct reach reach = {.mark = arena_new_array(c->tmp, n, uint32_t),
                          .stack = arena_new_array(c->tmp, n, uint32_t),
                          .budget = MOST_QUESTIONS};
    if (!reach.mark || !reach.stack)
        return -ENOMEM;
    for (uint32_t v = 0; v < n; v++)
        reach.mark[v] = GB_NIL;
    for (uint32_t v = 0; v < n && r == 0; v++) {
        if (s->names[v] == GB_NIL || s->raw->broken[v])
            continue;
        if (s->g->nodes[v].op != GB_OP_VARGET) {
            r = put_question(c, q, s->place[v], v);
        } else if (s->several[s->names[v]]) {
            r = ask_every_consumer(c, s, q, &reach, v);
        } else if (s->needed_first[v]) {
            r = put_question(c, q, s->needed_first[v], v);
            r = r ? r : put_question(c, q, s->needed_last[v], v);
        }
    }
    if (reach.budget == 0)
        gb_complain(c->f, GB_E_limit_exceeded, s->g, GB_NIL, JSON_NONE,
                    "More than %u uses of variables that share a name", MOST_QUESTIONS);
    return r;
}

/* ---- outputs of statements ------------------------------------------------------------------ */

/* VarDecl's output is its variable, For's its index: both end with their scope. */
static void check_output_scope(struct gb_checking *c, struct gb_scan *s, uint32_t v)
{
    const struct gb_node *node = &s->g->nodes[v];
    uint32_t block = node->op == GB_OP_FOR ? s->body[v] : node->block;
    if ((node->op != GB_OP_FOR && node->op != GB_OP_VARDECL) || s->needed_first[v] == 0)
        return;
    bool fits = block != GB_NIL && s->needed_first[v] > s->place[v] &&
                gb_in_block(s, block, s->needed_first[v]) &&
                gb_in_block(s, block, s->needed_last[v]);
    if (fits || s->raw->broken[v])
        return;
    uint32_t jval = node->jval, user = GB_NIL;
    for (uint32_t at = s->users.first[v]; at < s->users.first[v + 1] && user == GB_NIL; at++) {
        uint32_t u = s->users.arcs[at].to, place = s->place[u] ? s->place[u] : s->needed_first[u];
        uint32_t far = s->place[u] ? s->place[u] : s->needed_last[u];
        if (place == 0 || (block != GB_NIL && place > s->place[v] && gb_in_block(s, block, place) &&
                           gb_in_block(s, block, far)))
            continue;
        user = u;
        jval = s->g->inputs[s->users.arcs[at].tag].jval;
    }
    struct gb_error *e =
        gb_complain(c->f, GB_E_unknown_variable, s->g, user == GB_NIL ? v : user, jval,
                    node->op == GB_OP_FOR
                        ? "The index of loop '%.*s' is used outside its body"
                        : "The variable of '%.*s' is used before it is declared or out of scope",
                    STR_ARG(node->id));
    e->from = node->id;
}

static int init_sweep(struct sweep *w)
{
    struct arena *a = w->c->tmp;
    uint32_t vars = w->s->g->n_vars, n = w->s->g->n_nodes;
    w->top = arena_new_array(a, vars, uint32_t);
    w->below = arena_new_array(a, vars, uint32_t);
    w->open = arena_new_array(a, vars, uint32_t);
    w->asked = arena_new_array(a, n, bool);
    w->wrong = arena_new_array(a, n, bool);
    w->decl_at = arena_new_array(a, (size_t)w->s->end + 1, uint32_t);
    if (!w->top || !w->below || !w->open || !w->asked || !w->wrong || !w->decl_at)
        return -ENOMEM;
    for (uint32_t i = 0; i < vars; i++)
        w->top[i] = GB_NIL;
    for (uint32_t p = 0; p <= w->s->end; p++)
        w->decl_at[p] = GB_NIL;
    for (uint32_t v = 0; v < n; v++)
        if (w->s->g->nodes[v].op == GB_OP_VARDECL)
            w->decl_at[w->s->place[v]] = v;
    return 0;
}

int gb_resolve_vars(struct gb_checking *c, struct gb_scan *s)
{
    struct sweep w = {.c = c, .s = s};
    struct questions q = {0};
    struct gb_adjacency asked_at;
    for (uint32_t v = 0; v < s->g->n_nodes; v++)
        check_output_scope(c, s, v);
    if (s->g->n_vars == 0)
        return 0;
    int r = init_sweep(&w);
    r = r ? r : gather_questions(c, s, &q);
    r = r ? r : gb_adjacency_build(&asked_at, s->end + 1, q.arcs, q.n, c->tmp);
    for (uint32_t place = 1; r == 0 && place <= s->end; place++) {
        leave_scopes(&w, place);
        for (uint32_t at = asked_at.first[place]; at < asked_at.first[place + 1]; at++)
            ask(&w, asked_at.arcs[at].to, place);
        if (w.decl_at[place] != GB_NIL)
            enter_scope(&w, w.decl_at[place]);
    }
    return r;
}
