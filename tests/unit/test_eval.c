/* test_eval.c - the evaluator's budgets, depth and laziness; what programs print is in tests/cases. */
#include "base/cleanup.h"
#include "gb.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

/* A program read from JSON written with ' for ". */
struct fixture {
    struct buf text;
    struct jdoc doc;
    struct gb_report *report;
    struct gb_program *program;
    struct gb_eval_result result;
};

static void fixture_free(struct fixture *f)
{
    gb_program_free(f->program);
    if (f->report)
        gb_report_free(f->report);
    free(f->report);
    jdoc_free(&f->doc);
    buf_free(&f->text);
    buf_free(&f->result.output);
}

#define cleanup_fixture __attribute__((cleanup(fixture_free)))

static void load(struct fixture *f)
{
    static const struct gb_policy policy;
    for (size_t i = 0; i < f->text.len; i++)
        if (f->text.data[i] == '\'')
            f->text.data[i] = '"';
    f->report = calloc(1, sizeof *f->report);
    assert_non_null(f->report);
    assert_int_equal(jdoc_parse(&f->doc, buf_cstr(&f->text), f->text.len, NULL, NULL), 0);
    uint32_t ir = jdoc_get(&f->doc, 0, "ir");
    int r = gb_front(&f->doc, ir == JSON_NONE ? 0 : ir, jdoc_get(&f->doc, 0, "node_defs"), &policy,
                     f->report, &f->program);
    if (r)
        fail_msg("%.*s", STR_ARG(f->report->errors[0].message));
}

static int run(struct fixture *f, const struct gb_eval_options *options)
{
    static const struct gb_eval_options none;
    buf_free(&f->result.output);
    return gb_eval(f->program, options ? options : &none, &f->result);
}

static void prints(struct fixture *f, const struct gb_eval_options *options, const char *output)
{
    assert_int_equal(run(f, options), 0);
    assert_int_equal(f->result.fault, GB_FAULT_none);
    assert_string_equal(buf_cstr(&f->result.output), output);
}

#define ENDLESS                                                                                    \
    "{'nodes':[{'id':'t','type':'Literal','properties':{'value':true}},"                           \
    "{'id':'w','type':'While','inputs':['t']},"                                                    \
    "{'id':'p','type':'Print','properties':{'text':'0123456789'}}],"                               \
    "'edges':[{'from':'w','to':'p','fromPort':'body'}]}"

static void steps_are_bounded(void **state)
{
    (void)state;
    cleanup_fixture struct fixture f = {.text = BUF_INIT(0)};
    buf_puts(&f.text, ENDLESS);
    load(&f);
    assert_int_equal(run(&f, &(struct gb_eval_options){.max_steps = 1000}), 0);
    assert_int_equal(f.result.fault, GB_FAULT_step_limit);
    assert_int_equal(f.result.exit_code, 70);
    assert_in_range(f.result.steps, 1000, 1010);
}

static void output_is_bounded(void **state)
{
    (void)state;
    cleanup_fixture struct fixture f = {.text = BUF_INIT(0)};
    buf_puts(&f.text, ENDLESS);
    load(&f);
    assert_int_equal(run(&f, &(struct gb_eval_options){.max_output = 1000}), 0);
    assert_int_equal(f.result.fault, GB_FAULT_output_limit);
    assert_true(str_eqc(f.program->main.nodes[f.result.fault_node].id, "p"));
    assert_true(f.result.output.len <= 1000 && f.result.output.len > 980);
}

static void memory_is_bounded(void **state)
{
    (void)state;
    cleanup_fixture struct fixture f = {.text = BUF_INIT(0)};
    buf_puts(&f.text,
             "{'nodes':[{'id':'v','type':'VarDecl','properties':{'name':'s','initialValue':'x'}},"
             "{'id':'t','type':'Literal','properties':{'value':true}},"
             "{'id':'w','type':'While','inputs':['t']},"
             "{'id':'g','type':'VarGet','properties':{'name':'s'}},"
             "{'id':'c','type':'Concat','inputs':['g','g']},"
             "{'id':'x','type':'VarSet','properties':{'name':'s'},'inputs':['c']}],"
             "'edges':[{'from':'v','to':'w','fromPort':'next'},"
             "{'from':'w','to':'x','fromPort':'body'}]}");
    load(&f);
    assert_int_equal(run(&f, &(struct gb_eval_options){.max_memory = 1 << 20}), 0);
    assert_int_equal(f.result.fault, GB_FAULT_memory_limit);
    assert_true(str_eqc(f.program->main.nodes[f.result.fault_node].id, "c"));
}

/* A chain of 20,000 nodes is no deep recursion of ours. */
static void a_long_chain_needs_no_stack(void **state)
{
    (void)state;
    cleanup_fixture struct fixture f = {.text = BUF_INIT(0)};
    buf_puts(&f.text, "{'nodes':[{'id':'n0','type':'Literal','properties':{'value':1}}");
    for (int i = 1; i < 19999; i++)
        buf_printf(&f.text, ",{'id':'n%d','type':'Neg','inputs':['n%d']}", i, i - 1);
    buf_puts(&f.text, ",{'id':'p','type':'Print','inputs':['n19998']}]}");
    load(&f);
    prints(&f, NULL, "1\n");
}

/* Shared operands: 2^60 paths, 60 computations. */
static void a_value_is_computed_once(void **state)
{
    (void)state;
    cleanup_fixture struct fixture f = {.text = BUF_INIT(0)};
    buf_puts(&f.text, "{'nodes':[{'id':'n0','type':'Literal','properties':{'value':1}}");
    for (int i = 1; i <= 60; i++)
        buf_printf(&f.text, ",{'id':'n%d','type':'Add','inputs':['n%d','n%d']}", i, i - 1, i - 1);
    buf_puts(&f.text, ",{'id':'p','type':'Print','inputs':['n60']}]}");
    load(&f);
    prints(&f, NULL, "1152921504606846976\n");
    assert_in_range(f.result.steps, 60, 70);
}

#define COUNTDOWN                                                                                  \
    "{'nodes':[{'id':'n','type':'Literal','properties':{'value':%d}},"                             \
    "{'id':'k','type':'Call','properties':{'name':'f'},'inputs':['n']},"                           \
    "{'id':'p','type':'Print','inputs':['k']}],"                                                   \
    "'functions':[{'name':'f','params':[{'name':'n','type':'int'}],'returnType':'int','graph':"    \
    "{'nodes':[{'id':'a','type':'Param','properties':{'name':'n'}},"                               \
    "{'id':'one','type':'Literal','properties':{'value':1}},"                                      \
    "{'id':'less','type':'LessEqual','inputs':['a','one']},"                                       \
    "{'id':'m','type':'Sub','inputs':['a','one']},"                                                \
    "{'id':'again','type':'Call','properties':{'name':'f'},'inputs':['m']},"                       \
    "{'id':'sum','type':'Add','inputs':['one','again']},"                                          \
    "{'id':'r','type':'Select','inputs':['less','one','sum']}],'return':'r'}}]}"

static void ten_thousand_calls_may_be_open(void **state)
{
    (void)state;
    cleanup_fixture struct fixture f = {.text = BUF_INIT(0)};
    buf_printf(&f.text, COUNTDOWN, 10000);
    load(&f);
    prints(&f, NULL, "10000\n");
    assert_int_equal(run(&f, &(struct gb_eval_options){.max_depth = 9999}), 0);
    assert_int_equal(f.result.fault, GB_FAULT_recursion_limit);
    assert_int_equal(f.result.fault_func, 0);
}

/* 20,000 pushes to one array: copied each time they would be 200 million items. */
static void pushing_is_linear(void **state)
{
    (void)state;
    cleanup_fixture struct fixture f = {.text = BUF_INIT(0)};
    buf_puts(&f.text,
             "{'nodes':[{'id':'v','type':'VarDecl','properties':{'name':'a','type':'array<int>'}},"
             "{'id':'l','type':'For','properties':{'start':0,'end':20000}},"
             "{'id':'x','type':'ArrayPush','properties':{'name':'a'}},"
             "{'id':'g','type':'VarGet','properties':{'name':'a'}},"
             "{'id':'n','type':'ArrayLength','inputs':['g']},"
             "{'id':'p','type':'Print','inputs':['n']}],"
             "'edges':[{'from':'v','to':'l','fromPort':'next'},"
             "{'from':'l','to':'x','fromPort':'body'},"
             "{'from':'l','to':'x','fromPort':'index','toPort':'value'},"
             "{'from':'l','to':'p','fromPort':'next'}]}");
    load(&f);
    prints(&f, NULL, "20000\n");
    assert_true(f.result.steps < 200000);
}

#define EXTERNAL(name)                                                                             \
    "{'ir':{'nodes':[{'id':'a','type':'Literal','properties':{'value':0.25}},"                     \
    "{'id':'e','type':'Ext','inputs':['a']},{'id':'p','type':'Print','inputs':['e']}]},"           \
    "'node_defs':{'Ext':{'inputs':[{'name':'x','type':'double'}],"                                 \
    "'outputs':[{'name':'out','type':'double'}],"                                                  \
    "'lib':{'name':'" name "','include':'<cmath>','signature':'double " name "(double)'}}}}"

static void known_externals_run(void **state)
{
    (void)state;
    cleanup_fixture struct fixture f = {.text = BUF_INIT(0)};
    buf_puts(&f.text, EXTERNAL("sqrt"));
    load(&f);
    prints(&f, NULL, "0.5\n");
}

static void unknown_externals_are_named(void **state)
{
    (void)state;
    cleanup_fixture struct fixture f = {.text = BUF_INIT(0)};
    buf_puts(&f.text, EXTERNAL("lgamma"));
    load(&f);
    assert_int_equal(run(&f, NULL), -ENOTSUP);
    assert_true(str_eqc(f.program->main.nodes[f.result.fault_node].id, "e"));
}

static void input_may_hold_anything(void **state)
{
    (void)state;
    cleanup_fixture struct fixture f = {.text = BUF_INIT(0)};
    buf_puts(&f.text, "{'nodes':[{'id':'r','type':'Read','properties':{'kind':'line'}},"
                      "{'id':'n','type':'Length'},{'id':'p','type':'Print','inputs':['n']}],"
                      "'edges':[{'from':'r','to':'n','fromPort':'value'}]}");
    load(&f);
    prints(&f, &(struct gb_eval_options){.input = STR("a\0b\xff\n")}, "4\n");
    prints(&f, &(struct gb_eval_options){.input = {0}}, "0\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(steps_are_bounded),
        cmocka_unit_test(output_is_bounded),
        cmocka_unit_test(memory_is_bounded),
        cmocka_unit_test(a_long_chain_needs_no_stack),
        cmocka_unit_test(a_value_is_computed_once),
        cmocka_unit_test(ten_thousand_calls_may_be_open),
        cmocka_unit_test(pushing_is_linear),
        cmocka_unit_test(known_externals_run),
        cmocka_unit_test(unknown_externals_are_named),
        cmocka_unit_test(input_may_hold_anything),
    };
    return cmocka_run_group_tests(tests, NULL, NULL) != 0;
}
