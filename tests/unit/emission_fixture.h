/*
 * emission_fixture.h - a graph to C++ and map, for the tests of the emitter.
 */
#ifndef EMISSION_FIXTURE_H
#define EMISSION_FIXTURE_H

#include "program_fixture.h"

struct emitted {
    struct fixture f;
    struct arena arena;
    struct gb_identity id;
    struct gb_emission e;
};

static inline void emitted_free(struct emitted *x)
{
    gb_emission_free(&x->e);
    arena_free(&x->arena);
    fixture_free(&x->f);
}

#define cleanup_emitted __attribute__((cleanup(emitted_free)))

static inline void emit_graph_as(struct emitted *x, const char *text, bool standalone)
{
    struct gb_emit_options options = {.standalone = standalone};
    *x = (struct emitted){0};
    fixture_load(&x->f, text);
    assert_accepted(&x->f);
    assert_int_equal(gb_identify(x->f.program, &x->arena, &x->id), 0);
    assert_int_equal(gb_emit(x->f.program, &x->id, &options, &x->e), 0);
}

static inline void emit_graph(struct emitted *x, const char *text)
{
    emit_graph_as(x, text, false);
}

/* What stands between "int main()\n{\n" and the closing brace. */
static inline struct str main_body(const struct emitted *x)
{
    const char *start = strstr(x->e.cpp.data, "int main()\n{\n");
    assert_non_null(start);
    start += strlen("int main()\n{\n");
    size_t n = x->e.cpp.len - (size_t)(start - x->e.cpp.data);
    assert_true(n >= 2 && memcmp(start + n - 2, "}\n", 2) == 0);
    return (struct str){start, n - 2};
}

/* That main's body is these lines, each without its indentation, and a return of 0. */
static inline void assert_body(const char *graph, const char *lines)
{
    struct emitted x cleanup_emitted;
    struct buf got __attribute__((cleanup(buf_free))) = BUF_INIT(0);
    emit_graph(&x, graph);
    struct str body = main_body(&x);
    while (body.n) {
        const char *end = memchr(body.s, '\n', body.n);
        struct str line = {body.s, (size_t)(end - body.s) + 1};
        body = (struct str){body.s + line.n, body.n - line.n};
        while (line.n && line.s[0] == ' ')
            line = (struct str){line.s + 1, line.n - 1};
        if (body.n || !str_eqc(line, "return 0;\n"))
            buf_str(&got, line);
    }
    assert_string_equal(buf_cstr(&got), lines);
}

/* The text of a range of the map. */
static inline struct str range_text(const struct gb_emission *e, const struct gb_range *r)
{
    const char *s = e->cpp.data, *start = NULL;
    for (uint32_t line = 1;; line++, s = strchr(s, '\n') + 1) {
        if (line == r->start_line)
            start = s + r->start_col - 1;
        if (line == r->end_line)
            return (struct str){start, (size_t)(s + r->end_col - start)};
    }
}

#endif
