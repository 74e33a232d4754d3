/* test_diagnostics.c - g++'s words, mapped to the graph. */
#include "emission_fixture.h"

/* std::sin with a text: the wrong signature that people write most. */
#define GRAPH                                                                                      \
    "{'nodes':[{'id':'k','type':'Literal','properties':{'value':'abc'}},"                          \
    "{'id':'wave','type':'Wave','inputs':['k']},{'id':'p','type':'Print','inputs':['wave']}],"     \
    "'node_defs':{'Wave':{'inputs':[{'name':'x','type':'string'}],"                                \
    "'outputs':[{'name':'out','type':'double'}],"                                                  \
    "'lib':{'name':'std::sin','include':'<cmath>','signature':'double sin(string)'}}}}"

struct result {
    struct arena arena;
    struct gb_diagnostic *all;
    uint32_t n;
};

static void result_free(struct result *r)
{
    arena_free(&r->arena);
}

#define cleanup_result __attribute__((cleanup(result_free)))

static void read_text(struct result *r, const char *text, const struct gb_emission *e)
{
    *r = (struct result){0};
    assert_int_equal(gb_diagnostics(str_c(text), "main.cpp", e, &r->arena, &r->all, &r->n), 0);
}

static const struct gb_range *range_of(const struct emitted *x, const char *node, const char *port)
{
    for (uint32_t i = 0; i < x->e.n_map; i++)
        if (str_eqc(x->e.map[i].node_id, node) && str_eqc(x->e.map[i].port, port))
            return &x->e.map[i];
    fail_msg("no range of %s.%s", node, port);
    return NULL;
}

static void at_range(char *to, size_t size, const char *file, const struct gb_range *r)
{
    snprintf(to, size, "{\"caret\":{\"file\":\"%s\",\"line\":%u,\"byte-column\":%u,\"column\":%u}}",
             file, r->start_line, r->start_col, r->start_col);
}

static void names_node_and_port(void **state)
{
    struct emitted x cleanup_emitted;
    struct result r cleanup_result;
    char where[200], text[400];
    (void)state;
    emit_graph(&x, GRAPH);
    at_range(where, sizeof where, "/workspace/main.cpp", range_of(&x, "wave", "x"));
    snprintf(text, sizeof text,
             "[{\"kind\":\"error\",\"message\":\"no\",\"option\":\"-Wx\",\"locations\":[%s]}]\n",
             where);
    read_text(&r, text, &x.e);
    assert_int_equal(r.n, 1);
    assert_true(str_eqc(r.all[0].kind, "error"));
    assert_true(str_eqc(r.all[0].message, "no"));
    assert_true(str_eqc(r.all[0].option, "-Wx"));
    assert_true(str_eqc(r.all[0].node_id, "wave"));
    assert_true(str_eqc(r.all[0].port, "x"));
    assert_int_equal(r.all[0].line, range_of(&x, "wave", "x")->start_line);
}

/* The error stands in a header; a note below says which line led there. */
static void follows_notes_out_of_headers(void **state)
{
    struct emitted x cleanup_emitted;
    struct result r cleanup_result;
    char where[200], text[600];
    (void)state;
    emit_graph(&x, GRAPH);
    at_range(where, sizeof where, "main.cpp", range_of(&x, "wave", ""));
    snprintf(text, sizeof text,
             "[{\"kind\":\"error\",\"message\":\"no\",\"locations\":[{\"caret\":{\"file\":"
             "\"/usr/include/x.h\",\"line\":3,\"byte-column\":1}}],\"children\":[{\"kind\":"
             "\"note\",\"message\":\"required\",\"locations\":[%s]}]}]",
             where);
    read_text(&r, text, &x.e);
    assert_int_equal(r.n, 1);
    assert_true(str_eqc(r.all[0].file, "/usr/include/x.h"));
    assert_true(str_eqc(r.all[0].node_id, "wave"));
}

/* Another file with lines of the same numbers is not ours. */
static void other_files_are_not_mapped(void **state)
{
    struct emitted x cleanup_emitted;
    struct result r cleanup_result;
    char where[200], text[400];
    (void)state;
    emit_graph(&x, GRAPH);
    at_range(where, sizeof where, "notmain.cpp", range_of(&x, "wave", "x"));
    snprintf(text, sizeof text, "[{\"kind\":\"error\",\"message\":\"no\",\"locations\":[%s]}]",
             where);
    read_text(&r, text, &x.e);
    assert_int_equal(r.n, 1);
    assert_int_equal(r.all[0].node_id.n, 0);
}

static void other_text_is_one_error(void **state)
{
    struct result r cleanup_result;
    (void)state;
    read_text(&r, "[]\n/usr/bin/ld: undefined reference to `f'\ncollect2: error\n", NULL);
    assert_int_equal(r.n, 1);
    assert_true(str_eqc(r.all[0].kind, "error"));
    assert_true(
        str_eqc(r.all[0].message, "/usr/bin/ld: undefined reference to `f'\ncollect2: error"));
}

static void nonsense_is_survived(void **state)
{
    static const char *const TEXTS[] = {"",
                                        "[",
                                        "[1,null,{}]",
                                        "[{\"locations\":7,\"children\":{}}]",
                                        "[[[]]]",
                                        "{\"kind\":\"error\"}",
                                        "\n\n"};
    static const uint32_t COUNTS[] = {0, 1, 1, 1, 0, 1, 0};
    (void)state;
    for (size_t i = 0; i < sizeof TEXTS / sizeof TEXTS[0]; i++) {
        struct result r cleanup_result;
        read_text(&r, TEXTS[i], NULL);
        assert_int_equal(r.n, COUNTS[i]);
    }
}

/* A flood is cut, not refused. */
static void floods_are_cut(void **state)
{
    struct result r cleanup_result;
    struct buf b = BUF_INIT(0);
    (void)state;
    buf_puts(&b, "[{\"message\":\"0\"}");
    for (int i = 1; i < 5000; i++)
        buf_printf(&b, ",{\"kind\":\"error\",\"message\":\"%d\"}", i);
    buf_puts(&b, "]");
    read_text(&r, buf_cstr(&b), NULL);
    buf_free(&b);
    assert_int_equal(r.n, 100);
    assert_true(str_eqc(r.all[99].message, "99"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_node_and_port),
        cmocka_unit_test(follows_notes_out_of_headers),
        cmocka_unit_test(other_files_are_not_mapped),
        cmocka_unit_test(other_text_is_one_error),
        cmocka_unit_test(nonsense_is_survived),
        cmocka_unit_test(floods_are_cut),
    };
    return cmocka_run_group_tests(tests, NULL, NULL) != 0;
}
