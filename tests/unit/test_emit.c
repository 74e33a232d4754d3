/* test_emit.c - the C++ that graphs become. */
#include "emission_fixture.h"

#define LIT(id, v) "{'id':'" id "','type':'Literal','properties':{'value':" v "}}"
#define READ(id) "{'id':'" id "','type':'Read','properties':{'kind':'int'}}"
#define NODE(id, type) "{'id':'" id "','type':'" type "'}"
#define EDGE(from, to, port) "{'from':'" from "','to':'" to "','toPort':'" port "'}"

static void folds_constants(void **state)
{
    (void)state;
    assert_body(
        "{'nodes':[" LIT("n1", "3") "," LIT("n2", "4") "," NODE("s", "Add") "," NODE(
            "p", "Print") "],'edges':[" EDGE("n1", "s", "a") "," EDGE("n2", "s",
                                                                      "b") "," EDGE("s", "p",
                                                                                    "value") "]}",
        "gb::print(7);\n");
}

/* What faults stays, with the number of its node. */
static void keeps_faults(void **state)
{
    (void)state;
    assert_body(
        "{'nodes':[" LIT("n1", "3") "," LIT("n2", "0") "," NODE("q", "IntDiv") "," NODE(
            "p", "Print") "],'edges':[" EDGE("n1", "q", "a") "," EDGE("n2", "q",
                                                                      "b") "," EDGE("q", "p",
                                                                                    "value") "]}",
        "gb::print(gb::div(3, 0, gb::at(3)));\n");
}

/* Two reads among the operands of one sum: C++ would be free to swap them. */
static void keeps_order_of_reads(void **state)
{
    (void)state;
    assert_body(
        "{'nodes':[" READ("a") "," READ("b") "," NODE("d", "Sub") "," NODE(
            "p", "Print") "],'edges':[" EDGE("a", "d", "a") "," EDGE("b", "d",
                                                                     "b") "," EDGE("d", "p",
                                                                                   "value") "]}",
        "const gb::Read<gb::Int> a = gb::read_int(gb::at(1));\n"
        "gb::print(a.value - gb::read_int(gb::at(2)).value);\n");
}

/* A volatile value is computed once a statement, and again for the next one. */
static void volatile_once_a_statement(void **state)
{
    (void)state;
    assert_body(
        "{'nodes':[" READ("a") "," NODE("d", "Add") "," NODE("p", "Print") "," NODE(
            "q",
            "Print") "],'edges':[" EDGE("a", "d",
                                        "a") "," EDGE("a", "d",
                                                      "b") "," EDGE("d", "p",
                                                                    "value") "," EDGE("d", "q",
                                                                                      "value") "]}",
        "const gb::Read<gb::Int> a = gb::read_int(gb::at(1));\n"
        "gb::print(a.value + a.value);\n"
        "const gb::Read<gb::Int> a_2 = gb::read_int(gb::at(1));\n"
        "gb::print(a_2.value + a_2.value);\n");
}

/* A side of a choice that may fault and is used again is computed once, where it is needed. */
static void choices_stay_lazy(void **state)
{
    (void)state;
    assert_body(
        "{'nodes':[" LIT("n", "10") "," LIT("t", "true") "," READ("r") "," LIT("z", "0") "," NODE("c", "Equal") "," NODE("q", "IntDiv") "," NODE("s", "Select") "," NODE("u", "Select") "," NODE("p", "Print") "],'edges':[" EDGE("r", "c", "a") "," EDGE("z", "c", "b") "," EDGE(
            "n", "q",
            "a") "," EDGE("r", "q",
                          "b") "," EDGE("c", "s",
                                        "cond") "," EDGE("z", "s",
                                                         "a") "," EDGE("q", "s",
                                                                       "b") "," EDGE("c", "u",
                                                                                     "cond") "," EDGE("q",
                                                                                                      "u",
                                                                                                      "a") "," EDGE("z",
                                                                                                                    "u",
                                                                                                                    "b") "," EDGE("s",
                                                                                                                                  "p",
                                                                                                                                  "value") "," EDGE("u",
                                                                                                                                                    "p",
                                                                                                                                                    "value2") "]}",
        "const gb::Read<gb::Int> r = gb::read_int(gb::at(1));\n"
        "const bool c = r.value == 0;\n"
        "const auto q = gb::lazy<gb::Int>([&] { return gb::div(10, r.value, gb::at(5)); });\n"
        "gb::print({c ? 0 : q(), c ? q() : 0});\n");
}

/* A loop's condition is computed again each turn; what it needs stands inside the loop. */
static void conditions_that_need_locals(void **state)
{
    (void)state;
    assert_body(
        "{'nodes':[" READ("a") "," READ("b") "," NODE(
            "c",
            "LessThan") ","
                        "{'id':'w','type':'While','properties':{'body':['p']}},"
                        "{'id':'p','type':'Print','properties':{'text':'less'}}],'edges':[" EDGE(
                            "a", "c", "a") "," EDGE("b", "c", "b") "," EDGE("c", "w", "cond") "]}",
        "while (true) {\n"
        "const gb::Read<gb::Int> a = gb::read_int(gb::at(1));\n"
        "if (!(a.value < gb::read_int(gb::at(2)).value))\n"
        "break;\n"
        "gb::print(\"less\");\n"
        "}\n");
}

#define PRINT_TEXT(json) "{'nodes':[{'id':'p','type':'Print','properties':{'text':'" json "'}}]}"

/* No text leaves its literal: quotes, backslashes, trigraphs, NUL and digits behind it, newlines,
 * marks that turn the direction of writing. */
static void texts_stay_in_their_literals(void **state)
{
    static const char *const ROWS[][2] = {
        {"\\\");system(\\\"x", "\\\");system(\\\"x"},
        {"a\\\\", "a\\\\"},
        {"?"
         "?/?"
         "?)",
         "?\\?/?\\?)"},
        {"\\u00001\\u00072", "\\0001\\0072"},
        {"a\\nb\\tc\\r", "a\\nb\\tc\\015"},
        {"*/ // #include", "*/ // #include"},
        {"\\u202eevil", "\\342\\200\\256evil"},
        {"Gr\\u00fc\\u00dfe", "Gr\u00fc\u00dfe"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof ROWS / sizeof ROWS[0]; i++) {
        char graph[256], line[256];
        snprintf(graph, sizeof graph, PRINT_TEXT("%s"), ROWS[i][0]);
        snprintf(line, sizeof line, "gb::print(\"%s\");\n", ROWS[i][1]);
        assert_body(graph, line);
    }
}

/* Names that collide, are keywords, hold what C++ has not, or nothing at all. */
static void names_are_identifiers(void **state)
{
    (void)state;
    assert_body("{'nodes':["
                "{'id':'1','type':'VarDecl','properties':{'name':'while','initialValue':1}},"
                "{'id':'2','type':'VarDecl','properties':{'name':'a b','initialValue':1}},"
                "{'id':'3','type':'VarDecl','properties':{'name':'a-b','initialValue':1}},"
                "{'id':'4','type':'VarDecl','properties':{'name':'__x__y','initialValue':1}},"
                "{'id':'5','type':'VarDecl','properties':{'name':'EOF','initialValue':1}},"
                "{'id':'6','type':'VarDecl','properties':{'name':'9','initialValue':1}}]}",
                "[[maybe_unused]] gb::Int while_2 = 1;\n"
                "[[maybe_unused]] gb::Int a_b = 1;\n"
                "[[maybe_unused]] gb::Int a_b_2 = 1;\n"
                "[[maybe_unused]] gb::Int x_y = 1;\n"
                "[[maybe_unused]] gb::Int eof = 1;\n"
                "[[maybe_unused]] gb::Int n9 = 1;\n");
}

static void is_deterministic(void **state)
{
    static const char GRAPH[] =
        "{'nodes':[" READ("a") "," NODE("p", "Print") "],'edges':[" EDGE("a", "p", "value") "]}";
    struct emitted x cleanup_emitted, y cleanup_emitted;
    (void)state;
    emit_graph(&x, GRAPH);
    emit_graph(&y, GRAPH);
    assert_int_equal(x.e.cpp.len, y.e.cpp.len);
    assert_memory_equal(x.e.cpp.data, y.e.cpp.data, x.e.cpp.len);
    assert_int_equal(x.e.n_map, y.e.n_map);
}

static void stands_alone(void **state)
{
    struct emitted x cleanup_emitted;
    (void)state;
    emit_graph_as(&x, "{'nodes':[{'id':'p','type':'Print','properties':{'text':'hi'}}]}", true);
    assert_null(strstr(x.e.cpp.data, "gb.hpp\""));
    assert_non_null(strstr(x.e.cpp.data, "void fault(Fault kind, Site site)"));
    assert_string_equal(main_body(&x).s, "    gb::print(\"hi\");\n    return 0;\n}\n");
}

/* ---- graphs that try to blow the text up ------------------------------------------------------- */

#define CHAIN 19000

/* Node i adds its predecessor to `other`, or to itself; every one or only the last is printed. */
static void emit_chain(struct emitted *x, const char *head, unsigned n, bool doubled,
                       bool print_all)
{
    struct buf b = BUF_INIT(0);
    buf_printf(&b, "{'nodes':[%s", head);
    for (unsigned i = 1; i <= n; i++) {
        buf_printf(&b, ",{'id':'v%u','type':'Add','inputs':['v%u','%s%u']}", i, i - 1,
                   doubled ? "v" : "k", doubled ? i - 1 : 0);
        if (print_all || i == n)
            buf_printf(&b, ",{'id':'p%u','type':'Print','inputs':['v%u']}", i, i);
    }
    buf_puts(&b, "]}");
    emit_graph(x, buf_cstr(&b));
    buf_free(&b);
}

static size_t longest_line(const struct gb_emission *e)
{
    size_t most = 0, n = 0;
    for (size_t i = 0; i < e->cpp.len; i++) {
        n = e->cpp.data[i] == '\n' ? 0 : n + 1;
        most = n > most ? n : most;
    }
    return most;
}

static void long_chains_are_cut(void **state)
{
    struct emitted x cleanup_emitted;
    (void)state;
    emit_chain(&x, READ("v0") "," LIT("k0", "3"), CHAIN, false, false);
    assert_true(longest_line(&x.e) < 200);
    assert_true(x.e.cpp.len < 20 * CHAIN);
}

static void shared_chains_stay_linear(void **state)
{
    struct emitted x cleanup_emitted;
    (void)state;
    emit_chain(&x, READ("v0"), CHAIN, true, false);
    assert_true(longest_line(&x.e) < 200);
    assert_true(x.e.cpp.len < 64 * CHAIN);
}

/* A volatile chain of which every link is printed. */
static void spread_chains_stay_linear(void **state)
{
    struct emitted x cleanup_emitted;
    (void)state;
    emit_chain(&x, READ("v0") "," LIT("k0", "3"), CHAIN / 2, false, true);
    assert_true(longest_line(&x.e) < 200);
    assert_true(x.e.cpp.len < 128 * CHAIN);
    assert_non_null(strstr(x.e.cpp.data, "gb::fresh<"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(folds_constants),
        cmocka_unit_test(keeps_faults),
        cmocka_unit_test(keeps_order_of_reads),
        cmocka_unit_test(volatile_once_a_statement),
        cmocka_unit_test(choices_stay_lazy),
        cmocka_unit_test(conditions_that_need_locals),
        cmocka_unit_test(texts_stay_in_their_literals),
        cmocka_unit_test(names_are_identifiers),
        cmocka_unit_test(is_deterministic),
        cmocka_unit_test(stands_alone),
        cmocka_unit_test(long_chains_are_cut),
        cmocka_unit_test(shared_chains_stay_linear),
        cmocka_unit_test(spread_chains_stay_linear),
    };
    return cmocka_run_group_tests(tests, NULL, NULL) != 0;
}
