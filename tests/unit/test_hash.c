/* test_hash.c - what the content hash sees and what it does not, and the numbers of the nodes. */
#include "program_fixture.h"

#include <stdlib.h>

struct identified {
    struct fixture f;
    struct arena arena;
    struct gb_identity id;
};

static void identified_free(struct identified *i)
{
    arena_free(&i->arena);
    fixture_free(&i->f);
}

#define cleanup_identified __attribute__((cleanup(identified_free)))

static void identify(struct identified *i, const char *text)
{
    *i = (struct identified){0};
    fixture_load(&i->f, text);
    assert_accepted(&i->f);
    assert_int_equal(gb_identify(i->f.program, &i->arena, &i->id), 0);
}

static bool same(const char *a, const char *b)
{
    cleanup_identified struct identified x, y;
    identify(&x, a);
    identify(&y, b);
    bool equal = memcmp(x.id.hash, y.id.hash, GB_HASH_BYTES) == 0;
    if (equal)
        assert_int_equal(x.id.n_sites, y.id.n_sites);
    return equal;
}

#define assert_same(a, b) assert_true(same((a), (b)))
#define assert_unlike(a, b) assert_false(same((a), (b)))

#define LIT(id, value) "{'id':'" id "','type':'Literal','properties':{'value':" value "}}"
#define N(id, type) "{'id':'" id "','type':'" type "'}"
#define E(from, to, port) "{'from':'" from "','to':'" to "','toPort':'" port "'}"
#define SUM                                                                                        \
    "{'nodes':[" LIT("a", "3") "," LIT("b", "4") "," N("s", "Add") "," N(                          \
        "p", "Print") "],"                                                                         \
                      "'edges':[" E("a", "s", "a") "," E("b", "s", "b") "," E("s", "p",            \
                                                                              "value") "]}"

static void ids_order_and_dialect_do_not_count(void **state)
{
    (void)state;
    /* other ids, labels, positions, order of nodes, edges and keys */
    assert_same(
        SUM, "{'metadata':{'name':'x'},'edges':[" E("y", "z", "value") "," E("l2", "y", "b") "," E(
                 "l1", "y", "a") "],'nodes':[{'type':'Print','label':'L','id':'z',"
                                 "'position':{'x':1}}," N("y", "Add") "," LIT("l2", "4") "," LIT(
                                     "l1", "3") "]}");
    /* positional wiring of the first dialect */
    assert_same(SUM, "{'nodes':[{'id':'a','type':'Const','props':{'value':3}},"
                     "{'id':'b','type':'Number','params':{'value':4}},"
                     "{'id':'s','type':'Add','inputs':['a','b']},"
                     "{'id':'p','type':'Print','inputs':['s']}]}");
    /* edges of the third */
    assert_same(
        SUM,
        "{'nodes':[" LIT("a", "3") "," LIT("b", "4") "," N("s", "Add") "," N(
            "p",
            "Print") "],'edges':[{'fromNode':'a','toNode':'s','toPort':'a'},{'fromNode':'b',"
                     "'toNode':'s','toPort':'b'},{'fromNode':'s','fromPort':'out','toNode':'p'}]}");
    /* unused imports, dead values, functions nobody calls */
    assert_same(
        SUM,
        "{'imports':['<cmath>'],'nodes':[" LIT("a", "3") "," LIT("b", "4") "," LIT("dead", "5") "," N(
            "s",
            "Add") "," N("p",
                         "Print") "],'edges':[" E("a", "s",
                                                  "a") "," E("b", "s",
                                                             "b") "," E("s", "p",
                                                                        "value") "],"
                                                                                 "'functions':[{'"
                                                                                 "name':'f','"
                                                                                 "params':[],'"
                                                                                 "returnType':'int'"
                                                                                 ",'graph':{'nodes'"
                                                                                 ":[" LIT(
                                                                                     "r",
                                                                                     "1") "],'"
                                                                                          "edges':["
                                                                                          "],'"
                                                                                          "return':"
                                                                                          "'r'}}]"
                                                                                          "}");
}

static void what_changes_the_output_counts(void **state)
{
    (void)state;
#define SUM_OF(x, y, op, ex, ey)                                                                   \
    "{'nodes':[" LIT("a", x) "," LIT("b", y) "," N("s", op) "," N(                                 \
        "p", "Print") "],"                                                                         \
                      "'edges':[" E("a", "s", ex) "," E("b", "s", ey) "," E("s", "p",              \
                                                                            "value") "]}"
    assert_same(SUM, SUM_OF("3", "4", "Add", "a", "b"));
    assert_unlike(SUM, SUM_OF("3", "5", "Add", "a", "b"));
    assert_unlike(SUM, SUM_OF("3.0", "4", "Add", "a", "b"));
    assert_unlike(SUM, SUM_OF("3", "4", "Sub", "a", "b"));
    assert_unlike(SUM, SUM_OF("3", "4", "Add", "b", "a"));
    assert_unlike(SUM_OF("0.0", "1.0", "Add", "a", "b"), SUM_OF("-0.0", "1.0", "Add", "a", "b"));
    assert_unlike("{'nodes':[{'id':'p','type':'Print','properties':{'text':'a'}}]}",
                  "{'nodes':[{'id':'p','type':'Print','properties':{'text':'b'}}]}");
    assert_unlike(
        "{'nodes':[{'id':'p','type':'Print','properties':{'text':'a'}}]}",
        "{'nodes':[{'id':'p','type':'Print','properties':{'text':'a','newline':false}}]}");
    /* a separator counts only between two items, boolalpha only for truth values */
    assert_same("{'nodes':[{'id':'p','type':'Print','properties':{'text':'a'}}]}",
                "{'nodes':[{'id':'p','type':'Print','properties':{'text':'a','separator':';',"
                "'boolalpha':true}}]}");
    assert_unlike("{'nodes':[" LIT("a", "true") ",{'id':'p','type':'Print','inputs':['a']}]}",
                  "{'nodes':[" LIT("a", "true") ",{'id':'p','type':'Print','inputs':['a'],"
                                                "'properties':{'boolalpha':true}}]}");
    /* the order of statements */
    assert_unlike("{'nodes':[{'id':'p','type':'Print','properties':{'text':'a'}},"
                  "{'id':'q','type':'Print','properties':{'text':'b'}}]}",
                  "{'nodes':[{'id':'q','type':'Print','properties':{'text':'b'}},"
                  "{'id':'p','type':'Print','properties':{'text':'a'}}]}");
}

static void sharing_a_pure_value_is_repeating_it(void **state)
{
    (void)state;
    assert_same("{'nodes':[" LIT("a", "3") ",{'id':'s','type':'Add','inputs':['a','a']},"
                                           "{'id':'p','type':'Print','inputs':['s']}]}",
                "{'nodes':[" LIT("a", "3") "," LIT(
                    "b", "3") ",{'id':'s','type':'Add','inputs':"
                              "['a','b']},{'id':'p','type':'Print','inputs':['s']}]}");
    assert_unlike("{'nodes':[" N("a", "Read") ",{'id':'s','type':'Add','inputs':['a','a']},"
                                              "{'id':'p','type':'Print','inputs':['s']}]}",
                  "{'nodes':[" N("a", "Read") "," N(
                      "b", "Read") ",{'id':'s','type':'Add','inputs':"
                                   "['a','b']},{'id':'p','type':'Print','inputs':['s']}]}");
#define VAR(name) "{'id':'v','type':'VarDecl','properties':{'name':'" name "','initialValue':1}},"
#define GET(id, name) "{'id':'" id "','type':'VarGet','properties':{'name':'" name "'}}"
#define PRINT(id, from) "{'id':'" id "','type':'Print','inputs':['" from "']}"
    /* names of variables; a VarDecl's output reads like a VarGet; an initial value like a wire */
    assert_same("{'nodes':[" VAR("x") GET("g", "x") "," PRINT("p", "g") "]}",
                "{'nodes':[" VAR("y") GET("g", "y") "," PRINT("p", "g") "]}");
    assert_same("{'nodes':[" VAR("x") GET("g", "x") "," PRINT("p", "g") "]}",
                "{'nodes':[" VAR("x") PRINT("p", "v") "]}");
    assert_same(
        "{'nodes':[" VAR("x") PRINT("p", "v") "]}",
        "{'nodes':[" LIT("one", "1") ",{'id':'v','type':'VarDecl','properties':{'name':'x'},"
                                     "'inputs':['one']}," PRINT("p", "v") "]}");
}

#define FUNCTION(name, param, op)                                                                  \
    "{'name':'" name "','params':[{'name':'" param "','type':'int'}],'returnType':'int','graph':"  \
    "{'nodes':[{'id':'x','type':'Param','properties':{'name':'" param "'}},{'id':'r','type':'" op  \
    "','inputs':['x']}],'edges':[],'return':'r'}}"
#define CALLS(first, second, functions)                                                            \
    "{'nodes':[" LIT("a",                                                                          \
                     "3") ",{'id':'c','type':'Call','properties':{'name':'" first "'},"            \
                          "'inputs':['a']},{'id':'d','type':'Call','properties':{'name':'" second  \
                          "'},'inputs':['c']},"                                                    \
                          "{'id':'p','type':'Print','inputs':['d']}],'functions':[" functions "]}"

static void names_and_order_of_functions_do_not_count(void **state)
{
    (void)state;
    const char *one = CALLS("f", "g", FUNCTION("f", "u", "Neg") "," FUNCTION("g", "v", "Abs"));
    assert_same(one, CALLS("f", "g", FUNCTION("g", "v", "Abs") "," FUNCTION("f", "u", "Neg")));
    assert_same(one, CALLS("h", "k", FUNCTION("k", "s", "Abs") "," FUNCTION("h", "t", "Neg")));
    assert_unlike(one, CALLS("g", "f", FUNCTION("f", "u", "Neg") "," FUNCTION("g", "v", "Abs")));
}

static void unreachable_statements_do_not_count(void **state)
{
    (void)state;
    assert_same("{'nodes':[{'id':'r','type':'Return'}]}",
                "{'nodes':[{'id':'r','type':'Return'},{'id':'p','type':'Print','properties':"
                "{'text':'never'}}]}");
    /* nor does an empty branch */
    assert_same("{'nodes':[" LIT("t", "true") ",{'id':'i','type':'If','inputs':['t']}]}",
                "{'nodes':[" LIT("t", "true") ",{'id':'i','type':'If','inputs':['t'],'properties':"
                                              "{'then':[],'else':[]}}]}");
}

static void equal_programs_number_equal_nodes_equally(void **state)
{
    (void)state;
#define QUOTIENT(a, b, q, p, first, second)                                                        \
    "{'nodes':[" first "," second ",{'id':'" q "','type':'IntDiv','inputs':['" a "','" b "']},"    \
    "{'id':'" p "','type':'Print','inputs':['" q "']}]}"
    cleanup_identified struct identified x, y;
    identify(&x, QUOTIENT("a", "b", "q", "p", LIT("a", "1"), LIT("b", "0")));
    identify(&y, QUOTIENT("k", "l", "m", "n", LIT("l", "0"), LIT("k", "1")));
    static const char *const pairs[][2] = {{"a", "k"}, {"b", "l"}, {"q", "m"}, {"p", "n"}};
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        const struct gb_graph *gx = &x.f.program->main, *gy = &y.f.program->main;
        uint32_t nx = x.id.main_number[node_named(gx, pairs[i][0]) - gx->nodes];
        uint32_t ny = y.id.main_number[node_named(gy, pairs[i][1]) - gy->nodes];
        assert_int_not_equal(nx, 0);
        assert_int_equal(nx, ny);
        assert_int_equal(y.id.sites[ny].func, GB_NIL);
        assert_true(str_eqc(gy->nodes[y.id.sites[ny].node].id, pairs[i][1]));
    }
    assert_int_equal(x.id.sites[0].node, GB_NIL);
}

static void ten_thousand_nodes_in_a_chain(void **state)
{
    (void)state;
    cleanup_buf struct buf b = BUF_INIT(0);
    buf_puts(&b, "{'nodes':[{'id':'n0','type':'Literal','properties':{'value':1}}");
    for (int i = 1; i < 19000; i++)
        buf_printf(&b, ",{'id':'n%d','type':'Neg','inputs':['n%d']}", i, i - 1);
    buf_puts(&b, ",{'id':'p','type':'Print','inputs':['n18999']}]}");
    cleanup_identified struct identified x;
    identify(&x, buf_cstr(&b));
    assert_int_equal(x.id.n_sites, 19002);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ids_order_and_dialect_do_not_count),
        cmocka_unit_test(what_changes_the_output_counts),
        cmocka_unit_test(sharing_a_pure_value_is_repeating_it),
        cmocka_unit_test(names_and_order_of_functions_do_not_count),
        cmocka_unit_test(unreachable_statements_do_not_count),
        cmocka_unit_test(equal_programs_number_equal_nodes_equally),
        cmocka_unit_test(ten_thousand_nodes_in_a_chain),
    };
    return cmocka_run_group_tests(tests, NULL, NULL) != 0;
}
