/*
 * program_fixture.h - a document through the whole front, for the tests of what stands behind it.
 *
 * Texts are written with ' for ", so that they can be read. The statement tree is shown as text:
 * the ids in order, the blocks of If, While and For in braces: "p1 if{a b|c} loop{d}".
 */
#ifndef PROGRAM_FIXTURE_H
#define PROGRAM_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "core/base/cleanup.h"
#include "core/gb.h"

struct fixture {
    char *text;
    struct jdoc doc;
    struct gb_report report;
    struct gb_program *program; /* NULL after errors */
    struct buf shown;
};

static inline void fixture_free(struct fixture *f)
{
    gb_program_free(f->program);
    gb_report_free(&f->report);
    jdoc_free(&f->doc);
    buf_free(&f->shown);
    free(f->text);
}

#define cleanup_fixture __attribute__((cleanup(fixture_free)))

static inline void fixture_load(struct fixture *f, const char *text)
{
    struct err err = {0};
    *f = (struct fixture){.text = strdup(text)};
    for (char *p = f->text; *p; p++)
        if (*p == '\'')
            *p = '"';
    if (jdoc_parse(&f->doc, f->text, strlen(f->text), NULL, &err))
        fail_msg("not JSON: %s: %s", err.message, text);
    uint32_t defs, ir = gb_request_ir(&f->doc, 0, &defs);
    int r = gb_front(&f->doc, ir, defs, NULL, &f->report, &f->program);
    assert_true(r == 0 || r == -22);
    assert_int_equal(r == 0, f->report.n_errors == 0);
}

static inline void fixture_print(const struct fixture *f)
{
    for (uint32_t i = 0; i < f->report.n_errors; i++)
        print_message("  %s: %.*s (%.*s)\n", gb_code_name(f->report.errors[i].code),
                      STR_ARG(f->report.errors[i].message), STR_ARG(f->report.errors[i].pointer));
}

/* Fails, and shows the errors, unless there are none. */
static inline void assert_accepted(const struct fixture *f)
{
    if (!f->program) {
        print_message("refused: %s\n", f->text);
        fixture_print(f);
    }
    assert_non_null(f->program);
}

static inline void show_block(struct buf *out, const struct gb_graph *g, uint32_t b)
{
    for (uint32_t i = 0; b != GB_NIL && i < g->blocks[b].n_stmts; i++) {
        const struct gb_stmt *s = &g->blocks[b].stmts[i];
        if (i)
            buf_putc(out, ' ');
        buf_str(out, g->nodes[s->node].id);
        if (s->blocks[0] == GB_NIL && s->blocks[1] == GB_NIL)
            continue;
        buf_putc(out, '{');
        show_block(out, g, s->blocks[0]);
        if (g->nodes[s->node].op == GB_OP_IF) {
            buf_putc(out, '|');
            show_block(out, g, s->blocks[1]);
        }
        buf_putc(out, '}');
    }
}

/* The statement tree of the main graph, or of a function. */
static inline const char *shown(struct fixture *f, const struct gb_graph *g)
{
    buf_clear(&f->shown);
    show_block(&f->shown, g, 0);
    return buf_cstr(&f->shown);
}

static inline const struct gb_node *node_named(const struct gb_graph *g, const char *id)
{
    for (uint32_t i = 0; i < g->n_nodes; i++)
        if (str_eqc(g->nodes[i].id, id))
            return &g->nodes[i];
    fail_msg("no node %s", id);
    abort(); /* fail_msg() does not return, which the compiler cannot know */
}

/* That the document is refused with exactly these codes, in order: "cycle missing_input". */
static inline void assert_refused(const char *text, const char *codes)
{
    struct fixture f __attribute__((cleanup(fixture_free)));
    fixture_load(&f, text);
    for (uint32_t i = 0; i < f.report.n_errors; i++) {
        if (i)
            buf_putc(&f.shown, ' ');
        buf_puts(&f.shown, gb_code_name(f.report.errors[i].code));
    }
    if (strcmp(buf_cstr(&f.shown), codes) != 0)
        fixture_print(&f);
    assert_string_equal(buf_cstr(&f.shown), codes);
}

static inline void assert_tree(const char *text, const char *tree)
{
    struct fixture f __attribute__((cleanup(fixture_free)));
    fixture_load(&f, text);
    assert_accepted(&f);
    assert_string_equal(shown(&f, &f.program->main), tree);
}

#endif
