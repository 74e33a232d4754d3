/*
 * front_fixture.h - a document decoded and resolved, for the tests of the front's first steps.
 *
 * Texts are written with ' for ", so that they can be read.
 */
#ifndef FRONT_FIXTURE_H
#define FRONT_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "core/base/cleanup.h"
#include "core/front.h"

struct fixture {
    char *text;
    struct jdoc doc;
    struct gb_program program;
    struct gb_report report;
    struct gb_front front;
};

static inline void fixture_free(struct fixture *f)
{
    gb_report_free(&f->report);
    arena_free(&f->program.arena);
    jdoc_free(&f->doc);
    free(f->text);
}

#define cleanup_fixture __attribute__((cleanup(fixture_free)))

/* In place: the front keeps pointers into the fixture. */
static inline void fixture_decode(struct fixture *f, const char *text,
                                  const struct gb_policy *policy)
{
    static const struct gb_policy defaults;
    struct err err = {0};
    *f = (struct fixture){.text = strdup(text)};
    for (char *p = f->text; *p; p++)
        if (*p == '\'')
            *p = '"';
    assert_int_equal(jdoc_parse(&f->doc, f->text, strlen(f->text), NULL, &err), 0);
    uint32_t defs, ir = gb_request_ir(&f->doc, 0, &defs);
    f->program.doc = &f->doc;
    f->front = (struct gb_front){.program = &f->program,
                                 .report = &f->report,
                                 .policy = policy ? policy : &defaults,
                                 .doc = &f->doc,
                                 .ir = ir == JSON_NONE ? 0 : ir,
                                 .node_defs = defs};
    assert_int_equal(gb_decode(&f->front), 0);
    if (!f->front.stop && f->front.raw)
        assert_int_equal(gb_resolve(&f->front), 0);
}

static inline void print_errors(const struct fixture *f, const char *what)
{
    print_message("%s: %u errors\n", what, f->report.n_errors);
    for (uint32_t i = 0; i < f->report.n_errors; i++)
        print_message("  %s: %.*s (%.*s)\n", gb_code_name(f->report.errors[i].code),
                      STR_ARG(f->report.errors[i].message), STR_ARG(f->report.errors[i].pointer));
}

static inline void assert_no_errors(const struct fixture *f)
{
    if (f->report.n_errors)
        print_errors(f, f->text);
    assert_int_equal(f->report.n_errors, 0);
}

static inline void assert_str(struct str v, const char *expected)
{
    char text[512];
    snprintf(text, sizeof text, "%.*s", STR_ARG(v));
    assert_string_equal(text, expected);
}

static inline void assert_contains(struct str v, const char *words)
{
    if (!memmem(v.s, v.n, words, strlen(words)))
        fail_msg("'%.*s' does not contain '%s'", STR_ARG(v), words);
}

#endif
