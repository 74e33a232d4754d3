/* check.c - the checks one after another; see check.h. */
#include "check.h"

#include <errno.h>

/* Break and Continue stand in a loop. */
static int check_breaks(struct gb_checking *c, struct gb_scan *s)
{
    const struct gb_graph *g = s->g;
    bool *in_loop = arena_new_array(c->tmp, g->n_blocks, bool);
    if (!in_loop)
        return -ENOMEM;
    for (uint32_t b = 0; b < g->n_blocks; b++) {
        const struct gb_block *block = &g->blocks[b];
        if (b > 0)
            in_loop[b] = in_loop[block->parent] || g->nodes[block->owner].op != GB_OP_IF;
        for (uint32_t i = 0; i < block->n_all && !in_loop[b]; i++) {
            const struct gb_node *node = &g->nodes[block->stmts[i].node];
            if (node->op == GB_OP_BREAK || node->op == GB_OP_CONTINUE)
                gb_complain(c->f, GB_E_break_outside_loop, g, block->stmts[i].node, node->jval,
                            "'%.*s' (%s) stands outside a loop", STR_ARG(node->id),
                            gb_kind_of(node->op)->name);
        }
    }
    return 0;
}

/* What concerns one graph alone, up to the types. */
static int check_graph(struct gb_checking *c, struct gb_scan *s)
{
    int r = gb_scan_graph(c, s);
    r = r ? r : check_breaks(c, s);
    r = r ? r : gb_declare_vars(c, s);
    r = r ? r : gb_check_result(c, s);
    r = r ? r : gb_scan_needs(c, s);
    return r ? r : gb_resolve_vars(c, s);
}

static int run(struct gb_checking *c)
{
    struct gb_program *p = c->f->program;
    c->n_scans = p->n_funcs + 1;
    c->scans = arena_new_array(c->tmp, c->n_scans, struct gb_scan);
    if (!c->scans)
        return -ENOMEM;
    int r = 0;
    for (uint32_t i = 0; i < c->n_scans && r == 0; i++) {
        c->scans[i].raw = &c->f->raw[i];
        c->scans[i].g = c->f->raw[i].graph;
        c->scans[i].func = i ? &p->funcs[i - 1] : NULL;
        r = check_graph(c, &c->scans[i]);
    }
    r = r ? r : gb_infer_types(c);
    for (uint32_t i = 0; i < c->n_scans && r == 0; i++)
        gb_check_ports(c, &c->scans[i]);
    if (r == 0 && c->f->report->n_errors == 0)
        r = gb_find_effects(c);
    return r;
}

int gb_check(struct gb_front *f)
{
    struct arena tmp = ARENA_INIT(0);
    struct gb_checking c = {.f = f, .tmp = &tmp};
    int r = run(&c);
    arena_free(&tmp);
    return r;
}
