/* test_decode.c - decoding and resolving: dialects, limits, what is refused and in which words. */
#include "front_fixture.h"

/* ---- dialects ------------------------------------------------------------------------------- */

/* 3 + 4, printed; whatever the spelling. */
static void assert_sum(struct fixture *f)
{
    const struct gb_graph *g = &f->program.main;
    assert_no_errors(f);
    assert_int_equal(g->n_nodes, 4);
    assert_int_equal(g->nodes[0].op, GB_OP_LITERAL);
    assert_int_equal(g->nodes[0].literal.i, 3);
    assert_int_equal(g->nodes[2].op, GB_OP_ADD);
    assert_int_equal(g->nodes[2].n_inputs, 2);
    const struct gb_input *in = &g->inputs[g->nodes[2].inputs];
    assert_str(in[0].port, "a");
    assert_int_equal(in[0].src, 0);
    assert_str(in[1].port, "b");
    assert_int_equal(in[1].src, 1);
    in = &g->inputs[g->nodes[3].inputs];
    assert_str(in[0].port, "value");
    assert_int_equal(in[0].src, 2);
}

#define SUM_NODES(bag)                                                                             \
    "'nodes':[{'id':'n1','type':'Literal','" bag "':{'value':3}},"                                 \
    "{'id':'n2','type':'Const','" bag "':{'value':4}},{'id':'s','type':'Add'},"                    \
    "{'id':'p','type':'Print'}]"

static void test_sum_in_every_dialect(void **state)
{
    static const char *const graphs[] = {
        "{" SUM_NODES("properties") ",'edges':[{'from':'n1','to':'s','toPort':'a'},"
                                    "{'from':'n2','to':'s','toPort':'b'},{'from':'s','to':'p','"
                                    "toPort':'value'}]}",
        /* positional edges; a named one is placed first */
        "{" SUM_NODES("props") ",'edges':[{'from':'n2','to':'s','toPort':'b','kind':'data'},"
                               "{'from':'n1','to':'s'},{'from':'s','fromPort':'result','to':'p'}]}",
        "{" SUM_NODES("params") ",'edges':[{'fromNode':'n1','fromPort':'value','toNode':'s',"
                                "'toPort':'a'},{'fromNode':'n2','toNode':'s','toPort':null},"
                                "{'from':'s','fromNode':'s','toNode':'p','toPort':''}]}",
        /* lists of ids */
        "{'nodes':[{'id':'n1','type':'Number','properties':{'value':3}},"
        "{'id':'n2','type':'Constant','props':{'value':4}},"
        "{'id':'s','type':'Add','inputs':['n1','n2']},{'id':'p','type':'Print','inputs':['s']}]}",
        /* declared ports, bags merged */
        "{'nodes':[{'id':'n1','type':'Literal','properties':{'value':3},'props':{'value':3}},"
        "{'id':'n2','type':'Literal','params':{'value':4}},"
        "{'id':'s','type':'Add','inputs':[{'name':'a','type':'number'},{'name':'b'}],"
        "'outputs':[{'name':'out','type':'any'}]},{'id':'p','type':'Print','inputs':[{'name':'x'}]}"
        "],"
        "'edges':[{'from':'n1','to':'s'},{'from':'n2','to':'s'},{'from':'s','to':'p'}],"
        "'meta':{'name':'sum'}}",
        "{'ir':{" SUM_NODES("props") ",'edges':[{'from':'n1','to':'s'},{'from':'n2','to':'s'},"
                                     "{'from':'s','to':'p','toPort':'value1'}]}}",
    };
    (void)state;
    for (size_t i = 0; i < sizeof graphs / sizeof graphs[0]; i++) {
        cleanup_fixture struct fixture f;
        fixture_decode(&f, graphs[i], NULL);
        assert_sum(&f);
    }
}

static void test_functions_in_every_dialect(void **state)
{
    static const char *const functions[] = {
        "{'name':'f','params':[{'name':'x','type':'int'}],'returnType':'double','graph':{'nodes':"
        "[{'id':'r','type':'Param','properties':{'name':'x'}}],'return':'r'}}",
        "{'signature':'double f(int x)','graph':{'nodes':[{'id':'r','type':'Arg','props':"
        "{'name':'x'}}],'return':'r'}}",
        "{'name':'f','signature':'float other(long)','params':[{'name':'x','type':'int'}],"
        "'returns':{'type':'number'},'nodes':[{'id':'r','type':'Param','params':{'name':'x'}}],"
        "'return':'r'}",
    };
    (void)state;
    for (size_t i = 0; i < sizeof functions / sizeof functions[0]; i++) {
        char text[2048];
        snprintf(text, sizeof text,
                 "{'nodes':[{'id':'n','type':'Literal','props':{'value':1}},{'id':'c','type':'Call"
                 "Function','props':{'functionName':'f'}}],'edges':[{'from':'n','to':'c','toPort':"
                 "'%s'}],'functions':[%s]}",
                 i ? "arg0" : "x", functions[i]);
        cleanup_fixture struct fixture f;
        fixture_decode(&f, text, NULL);
        assert_no_errors(&f);
        const struct gb_func *func = &f.program.funcs[0];
        assert_str(func->name, "f");
        assert_int_equal(func->n_params, 1);
        assert_str(func->params[0].name, "x");
        assert_int_equal(func->params[0].type.base, GB_INT);
        assert_int_equal(func->ret.base, GB_DOUBLE);
        assert_int_equal(func->graph.result, 0);
        assert_true(f.front.raw[1].declares_ret);
        const struct gb_node *call = &f.program.main.nodes[1];
        assert_int_equal(call->n_inputs, 1);
        assert_str(f.program.main.inputs[call->inputs].port, "x");
    }
}

/* ---- refusals ------------------------------------------------------------------------------- */

#define ONE "{'id':'one','type':'Literal','properties':{'value':1}}"
#define NODES(more) "{'nodes':[" ONE "," more "]}"
#define GRAPH(more, edges) "{'nodes':[" ONE "," more "],'edges':[" edges "]}"

static void test_refusals(void **state)
{
    static const struct {
        const char *graph, *code, *node, *pointer, *words;
    } cases[] = {
        {"[]", "bad_structure", "", "", "The IR must be an object"},
        {"{'edges':[]}", "bad_structure", "", "", "no `nodes`"},
        {"{'nodes':{}}", "bad_structure", "", "/nodes", "`nodes` must be an array"},
        {"{'nodes':[],'edges':{}}", "bad_structure", "", "/edges", "`edges` must be an array"},
        {"{'nodes':[7]}", "bad_structure", "", "/nodes/0", "A node must be an object"},
        {"{'nodes':[{'type':'Add'}]}", "bad_structure", "", "/nodes/0", "needs `id` and `type`"},
        {"{'nodes':[{'id':7,'type':'Break'}]}", "bad_structure", "", "/nodes/0/id", "a string"},
        {"{'nodes':[{'id':'','type':'Break'}]}", "bad_identifier", "", "/nodes/0/id", "is empty"},
        {"{'nodes':[{'id':'a\\u0000b','type':'Break'}]}", "bad_identifier", "", "/nodes/0/id",
         "control characters"},
        {NODES("{'id':'s','type':'Addd'}"), "unknown_type", "s", "/nodes/1/type",
         "Unknown node type 'Addd'"},
        {NODES("{'id':'one','type':'Break'}"), "duplicate_id", "one", "/nodes/1/id", "'one'"},
        {NODES("{'id':'b','id':'c','type':'Break'}"), "duplicate_key", "", "/nodes/1/id", "twice"},
        {NODES("{'id':'l','type':'Literal'}"), "bad_literal", "l", "/nodes/1", "needs a value"},
        {NODES("{'id':'l','type':'Literal','props':{'value':null}}"), "bad_literal", "l",
         "/nodes/1/props/value", "null"},
        {NODES("{'id':'l','type':'Literal','props':{'value':9223372036854775808}}"), "bad_literal",
         "l", "/nodes/1/props/value", "64 bits"},
        {NODES("{'id':'l','type':'Literal','props':{'value':{}}}"), "bad_literal", "l",
         "/nodes/1/props/value", "object"},
        {NODES("{'id':'l','type':'Array','props':{'values':[1,'x']}}"), "bad_literal", "l",
         "/nodes/1/props/values", "different types"},
        {NODES("{'id':'l','type':'Array','props':{'values':[1],'elementType':'string'}}"),
         "type_mismatch", "l", "/nodes/1/props/values", "Type mismatch"},
        {NODES("{'id':'l','type':'Literal','properties':{'value':1},'props':{'value':2}}"),
         "bad_property", "l", "/nodes/1/props/value", "twice with different"},
        {NODES("{'id':'b','type':'Break','properties':{'z':1},'props':{'z':2}}"), "bad_property",
         "b", "/nodes/1/props/z", "twice with different"},
        {NODES("{'id':'v','type':'VarGet','props':{'name':'a','varName':'b'}}"), "bad_property",
         "v", "/nodes/1/props/varName", "twice with different"},
        {NODES("{'id':'v','type':'VarGet'}"), "bad_property", "v", "/nodes/1", "needs property"},
        {NODES("{'id':'p','type':'Print','props':{'text':3}}"), "bad_property", "p",
         "/nodes/1/props/text", "must be a string"},
        {NODES("{'id':'p','type':'Print','props':{'text':'','newline':1}}"), "bad_property", "p",
         "/nodes/1/props/newline", "must be a boolean"},
        {NODES("{'id':'k','type':'Concat'}"), "missing_input", "k", "/nodes/1", "not wired"},
        {NODES("{'id':'r','type':'Read','props':{'kind':'lien'}}"), "bad_property", "r",
         "/nodes/1/props/kind", "no kind 'lien'"},
        {NODES("{'id':'p','type':'Print','inputs':['one',{}]}"), "bad_structure", "p",
         "/nodes/1/inputs/1", "`inputs`"},
        {NODES("{'id':'p','type':'Print','inputs':['uno']}"), "unknown_node", "p",
         "/nodes/1/inputs/0", "'uno'"},
        {NODES("{'id':'p','type':'Print','params':[]}"), "bad_structure", "p", "/nodes/1/params",
         "property bag"},
        {NODES("{'id':'c','type':'Cast','inputs':['one']}"), "bad_property", "c", "/nodes/1",
         "targetType"},
        {NODES("{'id':'c','type':'Cast','inputs':['one'],'props':{'targetType':'doubel'}}"),
         "bad_type", "c", "/nodes/1/props/targetType", "Unknown type 'doubel'"},
        {NODES("{'id':'c','type':'Call','props':{'name':'f'}}"), "unknown_function", "c",
         "/nodes/1/props/name", "'f'"},
        {NODES("{'id':'x','type':'Param','props':{'name':'f'}}"), "unknown_variable", "x",
         "/nodes/1/props/name", "outside a function"},
        {NODES("{'id':'i','type':'If','inputs':['one'],'props':{'then':['two']}}"), "unknown_node",
         "i", "/nodes/1/props/then/0", "'two'"},
        {NODES("{'id':'s','type':'Add','inputs':['one']}"), "missing_input", "s", "/nodes/1",
         "'b'"},
        {NODES("{'id':'s','type':'Neg','inputs':['one','one']}"), "unknown_input_port", "s",
         "/nodes/1/inputs/1", "takes 1 inputs, not 2"},
        {GRAPH("{'id':'s','type':'Neg'}", "{'from':'one','to':'s','toPort':'c'}"),
         "unknown_input_port", "s", "/edges/0", "has no input port named 'c'"},
        {GRAPH("{'id':'s','type':'Neg'}", "{'from':'one','to':'s','fromPort':'c'}"),
         "unknown_output_port", "s", "/edges/0", "has no output port named 'c'"},
        {GRAPH("{'id':'s','type':'Neg'}",
               "{'from':'one','to':'s','toPort':'x'},{'from':'one','to':'s','toPort':'a'}"),
         "duplicate_writer", "s", "/edges/1", "Two edges"},
        {GRAPH(
             "{'id':'p','type':'Print'}",
             "{'from':'one','to':'p','toPort':'value'},{'from':'one','to':'p','toPort':'value1'}"),
         "duplicate_writer", "p", "/edges/1", "Two edges"},
        {GRAPH("{'id':'b','type':'Break'}", "{'from':'one','to':'b'}"), "unknown_input_port", "b",
         "/edges/0", "takes 0 inputs"},
        {GRAPH("{'id':'b','type':'Break'}", "{'from':'b','to':'one','toPort':'q'}"),
         "unknown_input_port", "one", "/edges/0", "has no input port named 'q'"},
        {GRAPH("{'id':'b','type':'Break'},{'id':'n','type':'Neg'}", "{'from':'b','to':'n'}"),
         "unknown_output_port", "n", "/edges/0", "has no output"},
        {GRAPH("{'id':'n','type':'Neg'}", "{'from':'onw','to':'n'}"), "unknown_node", "n",
         "/edges/0/from", "'onw'"},
        {GRAPH("{'id':'b','type':'Break'}", "{'from':'one','to':'nope'}"), "unknown_node", "",
         "/edges/0/to", "'nope'"},
        {GRAPH("{'id':'b','type':'Break'}", "{'from':'one'}"), "bad_structure", "", "/edges/0",
         "no `to`"},
        {GRAPH("{'id':'b','type':'Break'}", "{'from':'one','fromNode':'b','to':'b'}"),
         "bad_property", "b", "/edges/0", "disagree"},
        {GRAPH("{'id':'b','type':'Break'}", "{'from':'one','to':'b','kind':'flow'}"),
         "bad_property", "b", "/edges/0/kind", "data or control, not 'flow'"},
        {GRAPH("{'id':'i','type':'If','inputs':['one']}",
               "{'from':'i','fromPort':'body','to':'one'}"),
         "unknown_output_port", "one", "/edges/0", "has no output port named 'body'"},
        {"{'nodes':[],'imports':['<unistd.h>']}", "disallowed_include", "", "/imports/0",
         "'<unistd.h>'"},
        {"{'nodes':[],'functions':[{'name':'f'}]}", "bad_structure", "", "/functions/0",
         "has no `graph`"},
        {"{'nodes':[],'functions':[{'graph':{}}]}", "bad_structure", "", "/functions/0",
         "needs a `name`"},
        {"{'nodes':[],'functions':[{'name':'f','graph':{}},{'name':'f','graph':{}}]}",
         "duplicate_id", "", "/functions/1", "Two functions"},
        {"{'nodes':[],'functions':[{'name':'f','signature':'int f(char*)','graph':{}}]}",
         "bad_signature", "", "/functions/0/signature", "cannot be read"},
        {"{'nodes':[],'functions':[{'name':'f','graph':{'nodes':[],'return':'x'}}]}",
         "unknown_node", "", "/functions/0/graph/return", "`return`"},
        {"{'nodes':[],'functions':[{'name':'f','params':[{'name':'a','type':'int'},{'name':'a'}],"
         "'graph':{}}]}",
         "duplicate_id", "", "/functions/0/params/1/name", "two parameters"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        cleanup_fixture struct fixture f;
        fixture_decode(&f, cases[i].graph, NULL);
        if (f.report.n_errors != 1)
            print_errors(&f, cases[i].graph);
        assert_int_equal(f.report.n_errors, 1);
        const struct gb_error *e = &f.report.errors[0];
        if (strcmp(gb_code_name(e->code), cases[i].code) != 0)
            print_errors(&f, cases[i].graph);
        assert_string_equal(gb_code_name(e->code), cases[i].code);
        assert_str(e->node, cases[i].node);
        assert_str(e->pointer, cases[i].pointer);
        assert_contains(e->message, cases[i].words);
    }
}

static void test_all_errors_at_once(void **state)
{
    (void)state;
    cleanup_fixture struct fixture f;
    fixture_decode(
        &f,
        "{'nodes':[{'id':'a','type':'Ad'},{'id':'b','type':'Neg'},{'id':'c','type':'Literal'},"
        "{'id':'d','type':'Neg','inputs':['a']}],'edges':[{'from':'q','to':'b'}],"
        "'imports':['<x>']}",
        NULL);
    static const enum gb_code codes[] = {GB_E_disallowed_include, GB_E_unknown_type,
                                         GB_E_bad_literal, GB_E_unknown_node};
    assert_int_equal(f.report.n_errors,
                     4); /* nothing about b's and d's inputs: one mistake, one error */
    for (uint32_t i = 0; i < 4; i++)
        assert_int_equal(f.report.errors[i].code, codes[i]);
    assert_str(f.report.errors[1].suggestion, "Add");
}

static void test_errors_are_capped(void **state)
{
    (void)state;
    cleanup_buf struct buf b = BUF_INIT(0);
    buf_puts(&b, "{'nodes':[{'id':'n0','type':'Nothing'}");
    for (int i = 1; i < 300; i++)
        buf_printf(&b, ",{'id':'n%d','type':'Nothing'}", i);
    buf_puts(&b, "]}");
    cleanup_fixture struct fixture f;
    fixture_decode(&f, buf_cstr(&b), NULL);
    assert_int_equal(f.report.n_errors, GB_MAX_ERRORS);
    assert_int_equal(f.report.n_suppressed, 200);
}

/* ---- limits --------------------------------------------------------------------------------- */

static void assert_limit(const char *text, const char *words)
{
    cleanup_fixture struct fixture f;
    fixture_decode(&f, text, NULL);
    assert_int_equal(f.report.n_errors, 1);
    assert_int_equal(f.report.errors[0].code, GB_E_limit_exceeded);
    assert_contains(f.report.errors[0].message, words);
}

/* "{'before':[item,item,...]}" with n items. */
static void assert_many(const char *before, const char *item, const char *after, int n,
                        const char *words)
{
    cleanup_buf struct buf b = BUF_INIT(0);
    buf_puts(&b, before);
    for (int i = 0; i < n; i++)
        buf_printf(&b, "%s%s", i ? "," : "", item);
    buf_puts(&b, after);
    assert_limit(buf_cstr(&b), words);
}

static void test_limits(void **state)
{
    (void)state;
    assert_many("{'nodes':[", "0", "]}", GB_MAX_NODES + 1, "number of nodes");
    assert_many("{'nodes':[],'edges':[", "0", "]}", GB_MAX_EDGES + 1, "number of edges");
    assert_many("{'nodes':[],'functions':[", "0", "]}", GB_MAX_FUNCTIONS + 1,
                "number of functions");
    assert_many("{'nodes':[{'id':'p','type':'Print','inputs':[", "'p'", "]}]}", GB_MAX_EDGES + 1,
                "number of edges");
    assert_many("{'nodes':[{'type':'Print','id':'", "xx", "'}]}", 60, "bytes of a name");
    assert_many("{'nodes':[{'type':'Literal','id':'l','props':{'value':'", "", "'}}]}",
                GB_MAX_STRING + 2, "bytes of a string");
    assert_many("{'nodes':[{'id':'a','type':'x'}],'functions':[{'name':'f','params':[", "'a'",
                "]}]}", 257, "number of parameters");
}

/* ---- ports ---------------------------------------------------------------------------------- */

static void test_repeating_ports(void **state)
{
    (void)state;
    cleanup_fixture struct fixture f;
    fixture_decode(&f,
                   "{'nodes':[{'id':'a','type':'Literal','props':{'value':'a'}},"
                   "{'id':'b','type':'Literal','props':{'value':'b'}},"
                   "{'id':'c','type':'Literal','props':{'value':'c'}},"
                   "{'id':'k','type':'Concat'}],"
                   "'edges':[{'from':'c','to':'k','toPort':'c'},{'from':'a','to':'k'},"
                   "{'from':'b','to':'k'}]}",
                   NULL);
    assert_no_errors(&f);
    const struct gb_node *k = &f.program.main.nodes[3];
    static const char *const ports[] = {"a", "b", "c"};
    assert_int_equal(k->n_inputs, 3);
    for (uint32_t i = 0; i < 3; i++) {
        assert_int_equal(f.program.main.inputs[k->inputs + i].src, i);
        assert_str(f.program.main.inputs[k->inputs + i].port, ports[i]);
    }
}

static void test_for_constants(void **state)
{
    (void)state;
    cleanup_fixture struct fixture f;
    fixture_decode(
        &f,
        "{'nodes':[{'id':'n','type':'Literal','props':{'value':10}},{'id':'f','type':'For',"
        "'props':{'start':1,'end':5}},{'id':'p','type':'Print'}],"
        "'edges':[{'from':'n','to':'f','toPort':'end'},{'from':'f','fromPort':'index',"
        "'to':'p'},{'from':'f','fromPort':'body','to':'p'}]}",
        NULL);
    assert_no_errors(&f);
    const struct gb_graph *g = &f.program.main;
    const struct gb_input *in = &g->inputs[g->nodes[1].inputs];
    assert_int_equal(g->nodes[1].n_inputs, 3);
    assert_int_equal(g->nodes[in[0].src].literal.i, 1);
    assert_int_equal(in[1].src, 0); /* the wire wins */
    assert_int_equal(in[2].src, GB_NIL);
    assert_int_equal(f.front.raw[0].n_declared, 3);
    assert_int_equal(f.front.raw[0].n_controls, 1);
    assert_int_equal(f.front.raw[0].controls[0].port, GB_CPORT_BODY);
}

static void test_declared_ports_add_types(void **state)
{
    (void)state;
    cleanup_fixture struct fixture f;
    fixture_decode(
        &f,
        "{'nodes':[{'id':'n','type':'Literal','props':{'value':10},'outputs':[{'name':'out',"
        "'type':'double'}]},{'id':'s','type':'Add','inputs':[{'name':'a','type':'double'},"
        "{'name':'b','type':'any'}]}],'edges':[{'from':'n','to':'s'},{'from':'n','to':'s'}]}",
        NULL);
    assert_no_errors(&f);
    const struct gb_graph *g = &f.program.main;
    assert_int_equal(g->nodes[0].literal.type.base, GB_DOUBLE);
    assert_int_equal(g->inputs[g->nodes[1].inputs].want.base, GB_DOUBLE);
    assert_int_equal(g->inputs[g->nodes[1].inputs + 1].want.base, GB_UNKNOWN);
}

static void test_nested_array_literals(void **state)
{
    (void)state;
    cleanup_fixture struct fixture f;
    fixture_decode(&f,
                   "{'nodes':[{'id':'a','type':'Array','props':{'values':[[],[1,2.5],[[]]]}},"
                   "{'id':'b','type':'Array','props':{'values':[[],[1],[2.5]]}},"
                   "{'id':'c','type':'Array','props':{'values':[],'elementType':'array<int>'}}]}",
                   NULL);
    assert_int_equal(f.report.n_errors, 1); /* a: too deep for its neighbours */
    const struct gb_value *b = &f.program.main.nodes[1].literal;
    assert_int_equal(b->type.base, GB_DOUBLE);
    assert_int_equal(b->type.depth, 2);
    assert_int_equal(b->array.items[0].type.base, GB_DOUBLE);
    assert_int_equal(b->array.items[0].type.depth, 1);
    assert_true(b->array.items[1].array.items[0].d == 1.0);
    assert_int_equal(f.program.main.nodes[2].literal.type.depth, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sum_in_every_dialect),
        cmocka_unit_test(test_functions_in_every_dialect),
        cmocka_unit_test(test_refusals),
        cmocka_unit_test(test_all_errors_at_once),
        cmocka_unit_test(test_errors_are_capped),
        cmocka_unit_test(test_limits),
        cmocka_unit_test(test_repeating_ports),
        cmocka_unit_test(test_for_constants),
        cmocka_unit_test(test_declared_ports_add_types),
        cmocka_unit_test(test_nested_array_literals),
    };
    return cmocka_run_group_tests(tests, NULL, NULL) != 0;
}
