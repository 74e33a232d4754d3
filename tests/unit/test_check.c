/* test_check.c - variables and scopes, types, effects, results, reachability. */
#include "program_fixture.h"

#include <stdlib.h>

#define N(id, type) "{'id':'" id "','type':'" type "'}"
#define LIT(id, value) "{'id':'" id "','type':'Literal','properties':{'value':" value "}}"
#define DECL(id, name, init)                                                                       \
    "{'id':'" id "','type':'VarDecl','properties':{'name':'" name "','initialValue':" init "}}"
#define GET(id, name) "{'id':'" id "','type':'VarGet','properties':{'name':'" name "'}}"
#define SET(id, name, from)                                                                        \
    "{'id':'" id "','type':'VarSet','properties':{'name':'" name "'},'inputs':['" from "']}"
#define OP(id, type, inputs) "{'id':'" id "','type':'" type "','inputs':[" inputs "]}"
#define PRINT(id, from) OP(id, "Print", "'" from "'")
#define SAY(id) "{'id':'" id "','type':'Print','properties':{'text':'" id "'}}"
#define WITH(id, type, inputs, properties)                                                         \
    "{'id':'" id "','type':'" type "','inputs':[" inputs "],'properties':{" properties "}}"
#define G(nodes) "{'nodes':[" nodes "]}"

static const char *type_of(struct fixture *f, const struct gb_graph *g, const char *id)
{
    return arena_str(&f->report.arena, gb_type_name(&f->report.arena, node_named(g, id)->type)).s;
}

#define assert_type(f, id, expected)                                                               \
    assert_string_equal(type_of(&(f), &(f).program->main, id), expected)

/* ---- variables ------------------------------------------------------------------------------- */

static void a_variable_is_declared_before_it_is_used(void **state)
{
    (void)state;
    assert_tree(G(DECL("v", "x", "1") "," GET("g", "x") "," PRINT("p", "g")), "v p");
    assert_refused(G(GET("g", "x") "," PRINT("p", "g") "," DECL("v", "x", "1")),
                   "unknown_variable");
    assert_refused(G(LIT("l", "1") "," SET("s", "x", "l") "," DECL("v", "x", "1")),
                   "unknown_variable");
    assert_refused(G(GET("g", "x")), "unknown_variable");
    assert_refused(G(DECL("v", "x", "1") "," DECL("w", "x", "2")), "redeclared");
}

static void a_wrong_name_gets_a_suggestion(void **state)
{
    (void)state;
    cleanup_fixture struct fixture f;
    fixture_load(&f, G(DECL("v", "counter", "1") "," GET("g", "countr") "," PRINT("p", "g")));
    assert_int_equal(f.report.n_errors, 1);
    assert_int_equal(f.report.errors[0].code, GB_E_unknown_variable);
    assert_true(str_eqc(f.report.errors[0].suggestion, "counter"));
    assert_true(str_eqc(f.report.errors[0].pointer, "/nodes/1/properties/name"));
}

static void scopes_end_with_their_bodies(void **state)
{
    (void)state;
#define BRANCH(then) WITH("i", "If", "'t'", "'then':[" then "]")
    assert_refused(G(LIT("t", "true") "," BRANCH("'v'") "," DECL("v", "x", "1") "," GET(
                       "g", "x") "," PRINT("p", "g")),
                   "unknown_variable");
    assert_tree(G(LIT("t", "true") "," BRANCH("'v','p'") "," DECL("v", "x", "1") "," GET(
                    "g", "x") "," PRINT("p", "g")),
                "i{v p|}");
    /* shadowing */
    cleanup_fixture struct fixture f;
    fixture_load(
        &f, G(LIT("t", "true") "," DECL("o", "x", "1") "," BRANCH("'v','p'") "," DECL(
                "v", "x",
                "2") "," GET("g", "x") "," PRINT("p", "g") "," GET("h", "x") "," PRINT("q", "h")));
    assert_accepted(&f);
    const struct gb_graph *g = &f.program->main;
    assert_int_equal(g->vars[node_named(g, "g")->var].decl, node_named(g, "v") - g->nodes);
    assert_int_equal(g->vars[node_named(g, "h")->var].decl, node_named(g, "o") - g->nodes);
    /* one VarGet cannot mean two variables */
    assert_refused(G(LIT("t", "true") "," DECL("o", "x", "1") "," BRANCH("'v','p'") "," DECL(
                       "v", "x", "2") "," GET("g", "x") "," PRINT("p", "g") "," PRINT("q", "g")),
                   "unknown_variable");
    /* before the inner declaration the outer one is meant */
    assert_tree(G(LIT("t", "true") "," DECL("o", "x", "1") "," BRANCH("'p','v'") "," DECL(
                    "v", "x", "2") "," GET("g", "x") "," PRINT("p", "g") "," PRINT("q", "g")),
                "o i{p v|} q");
}

static void an_index_ends_with_its_loop(void **state)
{
    (void)state;
#define LOOP(id, body) WITH(id, "For", "", "'start':0,'end':3,'body':[" body "]")
    assert_tree(G(LOOP("l", "'p'") "," PRINT("p", "l")), "l{p}");
    assert_refused(G(LOOP("l", "'p'") "," PRINT("p", "l") "," PRINT("q", "l")), "unknown_variable");
    assert_refused(G(LOOP("l", "") "," OP("n", "Neg", "'l'") "," PRINT("q", "n")),
                   "unknown_variable");
    cleanup_fixture struct fixture f;
    fixture_load(&f, G(LOOP("l", "'m'") "," LOOP("m", "'p'") "," OP("s", "Add", "'l','m'") "," OP(
                         "t", "Neg", "'l'") "," LIT("c", "1") "," OP("p", "Print", "'s','t','c'")));
    assert_accepted(&f);
    const struct gb_graph *g = &f.program->main;
    assert_int_equal(node_named(g, "s")->block, node_named(g, "p")->block);
    assert_int_equal(node_named(g, "t")->block, node_named(g, "m")->block);
    assert_int_equal(node_named(g, "c")->block, 0);
}

static void functions_do_not_see_the_main_graph(void **state)
{
    (void)state;
    assert_refused("{'nodes':[" DECL("v", "x", "1") "],'functions':[{'name':'f','params':[],"
                                                    "'graph':{'nodes':[" GET("g", "x") "," PRINT(
                                                        "p", "g") "]}}]}",
                   "unknown_variable");
}

/* ---- types ----------------------------------------------------------------------------------- */

static void arithmetic_is_int_until_a_double_comes(void **state)
{
    (void)state;
    cleanup_fixture struct fixture f;
    fixture_load(
        &f,
        G(LIT("i", "3") "," LIT("d", "3.5") "," OP("ii", "Add", "'i','i'") "," OP(
            "id", "Mul",
            "'ii','d'") "," OP("q", "Div",
                               "'i','i'") "," OP("c", "LessThan",
                                                 "'i','d'") "," OP("s", "Select",
                                                                   "'c','i','d'") "," OP("p",
                                                                                         "Print",
                                                                                         "'id','q',"
                                                                                         "'s'")));
    assert_accepted(&f);
    assert_type(f, "ii", "int");
    assert_type(f, "id", "double");
    assert_type(f, "q", "double");
    assert_type(f, "c", "bool");
    assert_type(f, "s", "double");
    const struct gb_node *id = node_named(&f.program->main, "id");
    assert_int_equal(f.program->main.inputs[id->inputs].want.base, GB_DOUBLE);
    const struct gb_node *c = node_named(&f.program->main, "c"); /* compared as they are */
    assert_int_equal(f.program->main.inputs[c->inputs].want.base, GB_INT);
}

static void a_variable_widens_over_its_whole_life(void **state)
{
    (void)state;
    cleanup_fixture struct fixture f;
    fixture_load(&f,
                 G(DECL("v", "x", "0") "," GET("g", "x") "," OP("n", "Add", "'g','g'") "," PRINT(
                     "p", "n") "," LIT("d", "0.5") "," SET("s", "x", "d")));
    assert_accepted(&f);
    assert_type(f, "n", "double");
    assert_int_equal(f.program->main.vars[0].init.type.base, GB_DOUBLE);
    /* a declared type does not */
    assert_refused(G("{'id':'v','type':'VarDecl','properties':{'name':'x','type':'int'}}," LIT(
                       "d", "0.5") "," SET("s", "x", "d")),
                   "type_mismatch");
    /* written before anything gives it a type */
    assert_tree(G("{'id':'v','type':'VarDecl','properties':{'name':'x'}}," LIT("d", "'a'") "," SET(
                    "s", "x", "d")),
                "v s");
    assert_refused(G("{'id':'v','type':'VarDecl','properties':{'name':'x'}}"), "bad_property");
}

static void a_mismatch_names_the_edge_and_the_cast(void **state)
{
    (void)state;
    cleanup_fixture struct fixture f;
    fixture_load(&f, "{'nodes':[" LIT("a", "'x'") "," LIT("b", "1") "," N("s", "Add") "," PRINT(
                         "p", "s") "],'edges':[{'from':'b','to':'s','toPort':'a'},"
                                   "{'from':'a','to':'s','toPort':'b'}]}");
    assert_int_equal(f.report.n_errors, 1);
    const struct gb_error *e = &f.report.errors[0];
    assert_int_equal(e->code, GB_E_type_mismatch);
    assert_true(str_eqc(e->node, "s") && str_eqc(e->port, "b") && str_eqc(e->from, "a"));
    assert_true(str_eqc(e->pointer, "/edges/1") && str_eqc(e->actual, "string"));
    assert_true(str_eqc(e->suggested_cast, "double"));
    assert_non_null(memmem(e->message.s, e->message.n, "Type mismatch", 13));
}

static void arrays_infer_their_items(void **state)
{
    (void)state;
    cleanup_fixture struct fixture f;
    fixture_load(
        &f, G(LIT("i", "3") "," LIT("d", "3.5") "," OP("a", "Array", "'i','i'") "," OP(
                "b", "Array",
                "'i','d'") "," OP("c", "Array",
                                  "'b','b'") "," OP("x", "ArrayGet",
                                                    "'c','i'") "," WITH("e", "Array", "",
                                                                        "'elementType':'"
                                                                        "string'") "," OP("p",
                                                                                          "Prin"
                                                                                          "t",
                                                                                          "'a',"
                                                                                          "'x',"
                                                                                          "'e"
                                                                                          "'")));
    assert_accepted(&f);
    assert_type(f, "a", "array<int>");
    assert_type(f, "b", "array<double>");
    assert_type(f, "c", "array<array<double>>");
    assert_type(f, "x", "array<double>");
    assert_type(f, "e", "array<string>");
    assert_refused(G(N("a", "Array") "," PRINT("p", "a")), "bad_property");
    assert_refused(
        G(LIT("i", "3") "," LIT("s", "'x'") "," OP("a", "Array", "'i','s'") "," PRINT("p", "a")),
        "type_mismatch");
}

/* ---- functions ------------------------------------------------------------------------------- */

#define FUNC(name, rest, nodes) "{'name':'" name "'," rest ",'graph':{'nodes':[" nodes "]}}"
#define PROGRAM(nodes, functions) "{'nodes':[" nodes "],'functions':[" functions "]}"
#define CALL(id, name, inputs) WITH(id, "Call", inputs, "'name':'" name "'")
#define PARAM(id) "{'id':'" id "','type':'Param','properties':{'name':'" id "'}}"

static const char *return_type(struct fixture *f, uint32_t i)
{
    return arena_str(&f->report.arena, gb_type_name(&f->report.arena, f->program->funcs[i].ret)).s;
}

static void return_types_are_inferred_through_recursion(void **state)
{
    (void)state;
    cleanup_fixture struct fixture f;
    fixture_load(
        &f,
        PROGRAM(
            LIT("a", "5") "," CALL("c", "even", "'a'") "," PRINT("p", "c"),
            FUNC(
                "even", "'params':[{'name':'n'}]",
                PARAM("n") "," LIT("z", "0") "," OP("e", "Equal", "'n','z'") "," LIT("t", "1") "," LIT("u", "1") "," OP("m", "Sub", "'n','u'") "," CALL("o", "odd", "'m'") "," OP(
                    "r", "Select",
                    "'e','t','o'") "," OP("ret", "Return",
                                          "'r'")) "," FUNC("odd", "'params':[{'name':'n','type':'any'}]",
                                                           PARAM("n") "," LIT("z", "0") "," OP("e", "Equal", "'n','z'") "," LIT("t", "0.5") "," LIT(
                                                               "u",
                                                               "1") "," OP("m", "Sub",
                                                                           "'n','u'") "," CALL("o",
                                                                                               "eve"
                                                                                               "n",
                                                                                               "'m"
                                                                                               "'") "," OP("r",
                                                                                                           "Select",
                                                                                                           "'e','t','o'") "," OP("ret",
                                                                                                                                 "Return",
                                                                                                                                 "'r'"))));
    assert_accepted(&f);
    assert_string_equal(return_type(&f, 0), "double");
    assert_string_equal(return_type(&f, 1), "double");
    assert_int_equal(f.program->funcs[1].params[0].type.base, GB_INT);
    assert_true(f.program->funcs[0].recursive && f.program->funcs[1].recursive);
    assert_true(f.program->funcs[0].reachable && f.program->funcs[1].reachable);
    assert_int_equal(f.program->funcs[0].fx, GB_FX_FAULT);
}

static void the_last_value_is_returned(void **state)
{
    (void)state;
    cleanup_fixture struct fixture f;
    fixture_load(&f, PROGRAM(LIT("a", "5") "," CALL("c", "twice", "'a'") "," PRINT("p", "c"),
                             FUNC("twice", "'params':[{'name':'n','type':'int'}]",
                                  OP("r", "Add", "'n','n'") "," PARAM("n"))));
    assert_accepted(&f);
    const struct gb_graph *g = &f.program->funcs[0].graph;
    assert_int_equal(g->result, node_named(g, "r") - g->nodes);
    assert_string_equal(return_type(&f, 0), "int");
    /* what needs a loop's index cannot be had at the end */
    cleanup_fixture struct fixture h;
    fixture_load(&h, PROGRAM(CALL("c", "f", "") "," PRINT("p", "c"),
                             FUNC("f", "'params':[]",
                                  LIT("k", "7") "," LOOP("l", "'q'") "," OP(
                                      "m", "Neg", "'l'") "," PRINT("q", "m"))));
    assert_accepted(&h);
    g = &h.program->funcs[0].graph;
    assert_int_equal(g->result, node_named(g, "k") - g->nodes);
}

static void a_function_without_a_value_returns_zero_with_a_warning(void **state)
{
    (void)state;
    cleanup_fixture struct fixture f;
    fixture_load(&f, PROGRAM(CALL("c", "f", "") "," PRINT("p", "c"),
                             FUNC("f", "'params':[],'returnType':'int'", "")));
    assert_accepted(&f);
    assert_int_equal(f.report.n_warnings, 1);
    assert_int_equal(f.report.warnings[0].code, GB_E_implicit_result);
    assert_int_equal(f.program->funcs[0].graph.result, GB_NIL);
    assert_refused(
        PROGRAM(CALL("c", "f", "") "," PRINT("p", "c"), FUNC("f", "'params':[]", SAY("q"))),
        "unknown_output_port");
}

static void calls_for_their_effects_stay(void **state)
{
    (void)state;
#define LOUD FUNC("loud", "'params':[],'returnType':'int'", SAY("s") "," LIT("r", "1"))
#define QUIET FUNC("quiet", "'params':[],'returnType':'int'", LIT("r", "1"))
    /* used by dead values only: kept for their effects, or dropped */
    cleanup_fixture struct fixture f;
    fixture_load(&f, PROGRAM(CALL("c", "loud", "") "," OP("n", "Neg", "'c'") "," CALL(
                                 "d", "quiet", "") "," OP("m", "Neg", "'d'") "," SAY("p"),
                             LOUD "," QUIET));
    assert_accepted(&f);
    assert_string_equal(shown(&f, &f.program->main), "c p");
    assert_int_equal(f.program->funcs[0].fx, GB_FX_EFFECT | GB_FX_VOLATILE);
    assert_false(f.program->funcs[1].reachable);
    /* nobody uses it: a statement, whatever it does */
    assert_tree(PROGRAM(CALL("c", "quiet", "") "," SAY("p"), QUIET), "c p");
    /* used: a value */
    cleanup_fixture struct fixture h;
    fixture_load(&h, PROGRAM(CALL("c", "loud", "") "," PRINT("p", "c"), LOUD));
    assert_accepted(&h);
    assert_string_equal(shown(&h, &h.program->main), "p");
    const struct gb_node *c = node_named(&h.program->main, "c");
    assert_true(c->used);
    assert_int_equal(c->fx & GB_FX_EFFECT, GB_FX_EFFECT);
}

/* ---- control --------------------------------------------------------------------------------- */

static void break_needs_a_loop(void **state)
{
    (void)state;
    assert_refused(G(N("b", "Break")), "break_outside_loop");
    assert_refused(G(LIT("t", "true") "," BRANCH("'b'") "," N("b", "Continue")),
                   "break_outside_loop");
    assert_tree(G(LIT("t", "true") "," LOOP("l", "'i'") "," BRANCH("'b'") "," N("b", "Break")),
                "l{i{b|}}");
}

static void what_is_never_reached_is_left_out_with_a_warning(void **state)
{
    (void)state;
    cleanup_fixture struct fixture f;
    fixture_load(
        &f, G(LIT("t", "true") "," WITH("i", "If", "'t'", "'then':['a','b'],'else':['c']") "," N(
                "a", "Return") "," SAY("b") "," N("c", "Return") "," SAY("d")));
    assert_accepted(&f);
    assert_string_equal(shown(&f, &f.program->main), "i{a|c}");
    assert_int_equal(f.report.n_warnings, 2);
    assert_int_equal(f.report.warnings[0].code, GB_E_unreachable);
    assert_int_equal(f.program->main.blocks[0].n_all, 2);
}

static void effects_go_deep(void **state)
{
    (void)state;
    cleanup_fixture struct fixture f;
    fixture_load(
        &f, G(N("r", "Read") "," OP("n", "Neg", "'r'") "," LIT("z", "0") "," OP(
                "q", "IntDiv", "'z','z'") "," OP("p", "Print", "'n','q'") "," LIT("dead", "1")));
    assert_accepted(&f);
    const struct gb_graph *g = &f.program->main;
    uint8_t deep = GB_FX_EFFECT_DEEP | GB_FX_VOLATILE_DEEP | GB_FX_FAULT_DEEP;
    assert_int_equal(node_named(g, "n")->fx, deep);
    assert_int_equal(node_named(g, "q")->fx, GB_FX_FAULT | GB_FX_FAULT_DEEP);
    assert_int_equal(node_named(g, "z")->fx, 0);
    assert_true(node_named(g, "z")->used);
    assert_false(node_named(g, "dead")->used);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_variable_is_declared_before_it_is_used),
        cmocka_unit_test(a_wrong_name_gets_a_suggestion),
        cmocka_unit_test(scopes_end_with_their_bodies),
        cmocka_unit_test(an_index_ends_with_its_loop),
        cmocka_unit_test(functions_do_not_see_the_main_graph),
        cmocka_unit_test(arithmetic_is_int_until_a_double_comes),
        cmocka_unit_test(a_variable_widens_over_its_whole_life),
        cmocka_unit_test(a_mismatch_names_the_edge_and_the_cast),
        cmocka_unit_test(arrays_infer_their_items),
        cmocka_unit_test(return_types_are_inferred_through_recursion),
        cmocka_unit_test(the_last_value_is_returned),
        cmocka_unit_test(a_function_without_a_value_returns_zero_with_a_warning),
        cmocka_unit_test(calls_for_their_effects_stay),
        cmocka_unit_test(break_needs_a_loop),
        cmocka_unit_test(what_is_never_reached_is_left_out_with_a_warning),
        cmocka_unit_test(effects_go_deep),
    };
    return cmocka_run_group_tests(tests, NULL, NULL) != 0;
}
