/* front.c - the front as a list of steps. */
#include "decode.h"

#include <errno.h>
#include <stdlib.h>

typedef int step_fn(struct gb_front *f);

static int structure_all(struct gb_front *f)
{
    int e = 0;
    for (uint32_t i = 0; !e && i <= f->program->n_funcs; i++)
        e = gb_structure(f, &f->raw[i]);
    return e;
}

static int run_steps(struct gb_front *f)
{
    static step_fn *const steps[] = {gb_decode, gb_resolve, structure_all, gb_check};
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
        int e = steps[i](f);
        if (e)
            return e;
        if (f->stop || !f->raw) /* a limit, or nothing that could be called an IR */
            break;
    }
    return f->report->n_errors ? -EINVAL : 0;
}

int gb_front(const struct jdoc *doc, uint32_t ir, uint32_t node_defs,
             const struct gb_policy *policy, struct gb_report *report,
             struct gb_program **ret_program)
{
    static const struct gb_policy defaults;
    struct gb_program *p = calloc(1, sizeof *p);
    if (!p)
        return -ENOMEM;
    p->doc = doc;
    p->root = ir;
    struct gb_front f = {.program = p,
                         .report = report,
                         .policy = policy ? policy : &defaults,
                         .doc = doc,
                         .ir = ir,
                         .node_defs = node_defs};
    int e = run_steps(&f);
    gb_report_keep(report);
    if (e) {
        gb_program_free(p);
        return e;
    }
    *ret_program = p;
    return 0;
}

void gb_program_free(struct gb_program *p)
{
    if (!p)
        return;
    arena_free(&p->arena);
    free(p);
}
