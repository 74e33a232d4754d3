/* test_structure.c - which statements there are, in which body, in which order. */
#include "program_fixture.h"

#include <stdlib.h>

/* A node of a given type, statements that need nothing, control edges. */
#define N(id, type) "{'id':'" id "','type':'" type "'}"
#define P(id) "{'id':'" id "','type':'Print','properties':{'text':'" id "'}}"
#define B(id) "{'id':'" id "','type':'Literal','properties':{'value':true}}"
#define D(from, to) "{'from':'" from "','to':'" to "'}"
#define C(from, port, to) "{'from':'" from "','fromPort':'" port "','to':'" to "','kind':'control'}"
#define NEXT(from, to) "{'from':'" from "','to':'" to "','kind':'control'}"
#define G(nodes, edges) "{'nodes':[" nodes "],'edges':[" edges "]}"

static void statements_without_control_run_by_position(void **state)
{
    (void)state;
    assert_tree("{'nodes':[],'edges':[]}", "");
    assert_tree(G(P("b") "," P("a") "," P("c"), ""), "b a c");
    /* values do not take part in the ties */
    assert_tree(G(P("b") "," N("p", "Print") "," P("a") "," B("l"), D("l", "p")), "b p a");
}

static void a_variables_consumer_waits_for_its_declaration(void **state)
{
    (void)state;
    const char *decl = "{'id':'v','type':'VarDecl','properties':{'name':'x','initialValue':1}}";
    cleanup_buf struct buf b = BUF_INIT(0);
    buf_printf(&b, G(N("p", "Print") ",%s,{'id':'n','type':'Neg'}", D("v", "n") "," D("n", "p")),
               decl);
    assert_tree(buf_cstr(&b), "v p");
}

static void chains_are_contiguous_behind_their_heads(void **state)
{
    (void)state;
    assert_tree(G(P("a") "," P("b") "," P("c") "," P("d"), NEXT("a", "d")), "a d b c");
    assert_tree(G(P("d") "," P("b") "," P("a"), NEXT("a", "d")), "b a d");
    /* two heads meet: behind the later one */
    assert_tree(G(P("a") "," P("x") "," P("b") "," P("c"), NEXT("a", "c") "," NEXT("b", "c")),
                "a x b c");
    /* a fork, in edge order */
    assert_tree(G(P("a") "," P("b") "," P("c"), NEXT("a", "c") "," NEXT("a", "b")), "a c b");
    /* values are passed through */
    assert_tree(G(P("a") "," B("v") "," P("b") "," P("c"), NEXT("a", "v") "," NEXT("v", "c")),
                "a c b");
}

static void a_chain_waits_as_a_whole(void **state)
{
    (void)state;
    assert_tree(
        "{'nodes':[" P("a") "," N("b", "Print") ",{'id':'v','type':'VarDecl','properties':{'name':'"
                                                "x','initialValue':1}}],'edges':[" NEXT(
                                                    "a", "b") "," D("v", "b") "]}",
        "v a b");
}

static void branches_hold_what_only_they_reach(void **state)
{
    (void)state;
#define IF_NODES B("t") "," N("i", "If") "," P("a") "," P("b") "," P("c") "," P("z")
    assert_tree(G(IF_NODES, D("t", "i") "," C("i", "then", "a") "," C("i", "else", "b")),
                "i{a|b} c z");
    assert_tree(G(IF_NODES, D("t", "i") "," C("i", "then", "a") "," C("i", "else", "b") "," NEXT(
                                "a", "c") "," NEXT("b", "c")),
                "i{a|b} c z");
    assert_tree(
        G(IF_NODES, D("t", "i") "," C("i", "then", "a") "," C("i", "else", "b") "," NEXT("a", "c")),
        "i{a c|b} z");
    assert_tree(
        G(IF_NODES, D("t", "i") "," C("i", "then", "a") "," NEXT("a", "c") "," C("i", "next", "c")),
        "i{a|} c b z");
    assert_tree(G(IF_NODES, D("t", "i") "," C("i", "then", "a") "," C("i", "done",
                                                                      "z") "," C("i", "else", "z")),
                "i{a|} z b c");
}

static void nested_branches_meet_where_they_should(void **state)
{
    (void)state;
    assert_tree(
        G(B("t") "," N("i", "If") "," N("j", "If") "," P("a") "," P("b") "," P("c") "," P("d"),
          D("t", "i") "," D("t", "j") "," C("i", "then", "j") "," C("j", "then", "a") "," C(
              "j", "else", "b") "," C("i", "else",
                                      "c") "," NEXT("a", "d") "," NEXT("b", "d") "," NEXT("c",
                                                                                          "d")),
        "i{j{a|b}|c} d");
    assert_tree(
        G(B("t") "," N("i", "If") "," N("j", "If") "," P("a") "," P("b") "," P("c") "," P("d"),
          D("t", "i") "," D("t", "j") "," C("i", "then", "j") "," C("j", "then", "a") "," C(
              "j", "else", "b") "," C("i", "else", "c") "," NEXT("a", "d") "," NEXT("b", "d")),
        "i{j{a|b} d|c}");
}

static void loops_have_bodies(void **state)
{
    (void)state;
#define LOOP B("t") "," N("w", "While") "," P("a") "," P("b") "," P("c")
    assert_tree(
        G(LOOP, D("t", "w") "," C("w", "body", "a") "," NEXT("a", "b") "," C("w", "next", "c")),
        "w{a b} c");
    /* back to the head is the natural end of the body */
    assert_tree(G(LOOP, D("t", "w") "," C("w", "body", "a") "," NEXT("a", "b") "," NEXT("b", "w")),
                "w{a b} c");
    /* no port: the body; edges without `kind` but with a control port */
    assert_tree(G(LOOP, D("t", "w") "," NEXT("w", "a") ","
                                                       "{'from':'w','fromPort':'after','to':'b'}"),
                "w{a} b c");
    /* several edges from the port run in edge order */
    assert_tree(G(LOOP, D("t", "w") "," C("w", "body", "b") "," C("w", "body", "a")), "w{b a} c");
}

static void lists_give_bodies_too(void **state)
{
    (void)state;
    assert_tree(
        "{'nodes':[" B(
            "t") ",{'id':'i','type':'If','properties':{'then':['b','t','a'],"
                 "'else':['w']}},{'id':'w','type':'While','properties':{'body':['c']}}," P(
                     "a") "," P("b") "," P("c") "],'edges':[" D("t", "i") "," D("t", "w") "]}",
        "i{b a|w{c}}");
}

static void a_sequence_orders_and_is_dissolved(void **state)
{
    (void)state;
    assert_tree(G(P("z") "," N("s", "Sequence") "," P("a") "," P("b") "," P("c") "," P("d"),
                  C("s", "2", "a") "," C("s", "1", "b") "," NEXT("b", "c") "," C("s", "next", "d")),
                "z b c a d");
}

static void what_is_wrong_with_control_edges(void **state)
{
    (void)state;
    /* into the middle of a body */
    assert_refused(
        G(IF_NODES, D("t", "i") "," C("i", "then", "a") "," NEXT("a", "c") "," NEXT("z", "c")),
        "control_into_body");
    /* out of a loop */
    assert_refused(
        G(LOOP, D("t", "w") "," C("w", "body", "a") "," NEXT("a", "c") "," C("w", "next", "c")),
        "control_into_body");
    assert_refused(G(P("a") "," P("b"), NEXT("a", "b") "," NEXT("b", "a")), "control_cycle");
    assert_refused(G(P("a"), NEXT("a", "a")), "control_cycle");
    assert_refused(G(LOOP, D("t", "w") "," C("w", "next", "a") "," NEXT("a", "w")),
                   "control_cycle");
    assert_refused("{'nodes':[" B("t") ",{'id':'i','type':'If','properties':{'then':['a'],"
                                       "'else':['a']}}," P("a") "],'edges':[" D("t", "i") "]}",
                   "control_into_body");
    assert_refused("{'nodes':[" B("t") ",{'id':'i','type':'If','properties':{'then':['a']}}," P(
                       "a") "," P("b") "],'edges':[" D("t", "i") "," C("i", "then", "b") "]}",
                   "bad_property");
    assert_refused(G(P("a") "," P("b"), C("a", "body", "b")), "unknown_output_port");
}

static void the_edge_from_outside_is_blamed(void **state)
{
    (void)state;
    cleanup_fixture struct fixture f;
    fixture_load(
        &f, G(IF_NODES, D("t", "i") "," C("i", "then", "a") "," NEXT("a", "c") "," NEXT("z", "c")));
    assert_int_equal(f.report.n_errors, 1);
    assert_true(str_eqc(f.report.errors[0].node, "c") && str_eqc(f.report.errors[0].from, "z"));
    assert_true(str_eqc(f.report.errors[0].pointer, "/edges/3"));
}

static void a_data_cycle_names_its_nodes_in_order(void **state)
{
    (void)state;
    cleanup_fixture struct fixture f;
    fixture_load(&f, G(N("a", "Neg") "," N("b", "Neg") "," N("c", "Neg") "," N("p", "Print"),
                       D("a", "b") "," D("b", "c") "," D("c", "a") "," D("c", "p")));
    assert_int_equal(f.report.n_errors, 1);
    assert_int_equal(f.report.errors[0].code, GB_E_cycle);
    struct str m = f.report.errors[0].message;
    bool in_order = memmem(m.s, m.n, "a -> b -> c -> a", 16) ||
                    memmem(m.s, m.n, "b -> c -> a -> b", 16) ||
                    memmem(m.s, m.n, "c -> a -> b -> c", 16);
    assert_true(in_order);
    assert_non_null(memmem(m.s, m.n, "Cycle detected", 14));
    assert_refused(G(N("a", "Neg") "," N("p", "Print"), D("a", "a") "," D("a", "p")), "cycle");
}

/* A long chain must neither overflow a stack nor take more than linear time. */
static void long_chains_are_no_problem(void **state)
{
    (void)state;
    cleanup_buf struct buf b = BUF_INIT(0);
    buf_puts(&b, "{'nodes':[{'id':'n0','type':'Literal','properties':{'value':1}}");
    for (int i = 1; i < 9999; i++)
        buf_printf(&b, ",{'id':'n%d','type':'Neg'}", i);
    for (int i = 0; i < 9999; i++)
        buf_printf(&b, ",{'id':'p%d','type':'Print','properties':{'text':'x'}}", i);
    buf_puts(&b, "],'edges':[{'from':'n9998','to':'p0'}");
    for (int i = 1; i < 9999; i++)
        buf_printf(&b, ",{'from':'n%d','to':'n%d'},{'from':'p%d','to':'p%d','kind':'control'}",
                   i - 1, i, i, i - 1);
    buf_puts(&b, "]}");
    cleanup_fixture struct fixture f;
    fixture_load(&f, buf_cstr(&b));
    assert_accepted(&f);
    const struct gb_block *body = &f.program->main.blocks[0];
    assert_int_equal(body->n_stmts, 9999);
    assert_true(str_eqc(f.program->main.nodes[body->stmts[0].node].id, "p9998"));
    assert_true(str_eqc(f.program->main.nodes[body->stmts[9998].node].id, "p0"));
}

static void deep_nesting_is_no_problem(void **state)
{
    (void)state;
    cleanup_buf struct buf b = BUF_INIT(0);
    buf_puts(&b, "{'nodes':[" B("t") "," P("p"));
    for (int i = 0; i < 9000; i++)
        buf_printf(&b, ",{'id':'i%d','type':'If'}", i);
    buf_puts(&b, "],'edges':[" C("i8999", "then", "p"));
    for (int i = 0; i < 9000; i++) {
        buf_printf(&b, ",{'from':'t','to':'i%d'}", i);
        if (i)
            buf_printf(&b, "," C("i%d", "then", "i%d"), i - 1, i);
    }
    buf_puts(&b, "]}");
    cleanup_fixture struct fixture f;
    fixture_load(&f, buf_cstr(&b));
    assert_accepted(&f);
    assert_int_equal(f.program->main.n_blocks, 9001);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(statements_without_control_run_by_position),
        cmocka_unit_test(a_variables_consumer_waits_for_its_declaration),
        cmocka_unit_test(chains_are_contiguous_behind_their_heads),
        cmocka_unit_test(a_chain_waits_as_a_whole),
        cmocka_unit_test(branches_hold_what_only_they_reach),
        cmocka_unit_test(nested_branches_meet_where_they_should),
        cmocka_unit_test(loops_have_bodies),
        cmocka_unit_test(lists_give_bodies_too),
        cmocka_unit_test(a_sequence_orders_and_is_dissolved),
        cmocka_unit_test(what_is_wrong_with_control_edges),
        cmocka_unit_test(the_edge_from_outside_is_blamed),
        cmocka_unit_test(a_data_cycle_names_its_nodes_in_order),
        cmocka_unit_test(long_chains_are_no_problem),
        cmocka_unit_test(deep_nesting_is_no_problem),
    };
    return cmocka_run_group_tests(tests, NULL, NULL) != 0;
}
