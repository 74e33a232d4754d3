/* test_extern.c - definitions of external nodes: what is understood, and what never reaches the
 * C++. */
#include "front_fixture.h"

#include "core/extern.h"
#include "core/types.h"

#include <errno.h>

/* ---- what is understood --------------------------------------------------------------------- */

static void test_lib_definition(void **state)
{
    (void)state;
    cleanup_fixture struct fixture f;
    fixture_decode(
        &f,
        "{'ir':{'nodes':[{'id':'a','type':'Literal','props':{'value':1}},"
        "{'id':'h','type':'Hypot'},{'id':'p','type':'Print','inputs':['h']}],"
        "'edges':[{'from':'a','to':'h','toPort':'y'},{'from':'a','to':'h'}]},"
        "'node_defs':{'Hypot':{'inputs':[{'name':'x'},'y'],'outputs':['r'],'lib':{'name':"
        "'std::hypot','include':'<cmath>','signature':'double hypot(double, long y);'}}}}",
        NULL);
    assert_no_errors(&f);
    const struct gb_extern *ext = f.program.main.nodes[1].ext;
    assert_str(ext->function, "std::hypot");
    assert_str(ext->include, "<cmath>");
    assert_str(ext->out, "r");
    assert_int_equal(ext->n_params, 2);
    assert_str(ext->params[1].name, "y");
    assert_int_equal(ext->params[0].type.base, GB_DOUBLE);
    assert_int_equal(ext->params[1].type.base, GB_INT);
    assert_true(ext->pure);
    assert_int_equal(f.program.main.nodes[1].n_inputs, 2);
}

static void test_manifest(void **state)
{
    static const char *const forms[] = {
        "{'name':'frexp','include':'<cmath>','function':'frexp','params':[{'name':'x','type':'"
        "double'},"
        "{'name':'e','type':'int','kind':'output'},{'type':'string','kind':'const','value':'k'}],"
        "'returns':{'type':'double'}}",
        "[{'nodeType':'Lib_frexp','function':'frexp','params':[{'name':'x','type':'number'},"
        "{'name':'e','type':'int','kind':'output'},{'type':'string','kind':'const','value':'k'}],"
        "'returns':{'type':'double'}}]",
        "{'Lib_frexp':{'function':'frexp','params':[{'name':'x','kind':'input'},{'name':'e','type':"
        "'int','kind':'output'},{'type':'string','kind':'const','value':'k'}],'returns':'double'}}",
    };
    (void)state;
    for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
        char text[1024];
        snprintf(
            text, sizeof text,
            "{'ir':{'nodes':[{'id':'a','type':'Literal','props':{'value':1}},{'id':'h','type':"
            "'Lib_frexp','inputs':['a']},{'id':'p','type':'Print'}],'edges':[{'from':'h',"
            "'fromPort':'e','to':'p'},{'from':'h','fromPort':'out','to':'p'}]},'node_defs':%s}",
            forms[i]);
        cleanup_fixture struct fixture f;
        fixture_decode(&f, text, NULL);
        assert_no_errors(&f);
        const struct gb_graph *g = &f.program.main;
        assert_int_equal(g->nodes[1].ext->n_params, 3);
        assert_str(g->nodes[1].ext->params[2].value.s, "k");
        assert_int_equal(g->inputs[g->nodes[2].inputs].src_out, 1);
        assert_int_equal(g->inputs[g->nodes[2].inputs + 1].src_out, 0);
    }
}

static void test_impure_functions(void **state)
{
    static const struct {
        const char *lib;
        bool pure;
    } cases[] = {{"{'name':'sin'}", true},
                 {"{'name':'sin','pure':false}", false},
                 {"{'name':'std::rand','pure':true}", false},
                 {"{'name':'time'}", false}};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char text[256];
        snprintf(text, sizeof text,
                 "{'ir':{'nodes':[{'id':'a','type':'E'}]},'node_defs':{'E':{'lib':%s}}}",
                 cases[i].lib);
        cleanup_fixture struct fixture f;
        fixture_decode(&f, text, NULL);
        assert_no_errors(&f);
        assert_int_equal(f.program.main.nodes[0].ext->pure, cases[i].pure);
    }
}

/* ---- what is refused ------------------------------------------------------------------------ */

static void test_hostile_definitions(void **state)
{
    static const struct {
        const char *definition, *code, *pointer;
    } cases[] = {
        {"{'lib':{'name':'f(); system'}}", "bad_identifier", "/X/lib/name"},
        {"{'lib':{'name':'f\\n'}}", "bad_identifier", "/X/lib/name"},
        {"{'lib':{'name':'f/*'}}", "bad_identifier", "/X/lib/name"},
        {"{'lib':{'name':' f'}}", "bad_identifier", "/X/lib/name"},
        {"{'lib':{'name':'::f::'}}", "bad_identifier", "/X/lib/name"},
        {"{'lib':{'name':'::::f'}}", "bad_identifier", "/X/lib/name"},
        {"{'lib':{'name':'::system'}}", "denied_function", "/X/lib/name"},
        {"{'lib':{'name':'f::'}}", "bad_identifier", "/X/lib/name"},
        {"{'lib':{'name':'1f'}}", "bad_identifier", "/X/lib/name"},
        {"{'lib':{'name':'f\xC3\xA9'}}", "bad_identifier", "/X/lib/name"},
        {"{'lib':{'name':'f?\?/'}}", "bad_identifier", "/X/lib/name"},
        {"{'lib':{'name':'new'}}", "bad_identifier", "/X/lib/name"},
        {"{'lib':{'name':'std::operator'}}", "bad_identifier", "/X/lib/name"},
        {"{'lib':{'name':''}}", "bad_identifier", "/X/lib/name"},
        {"{'lib':{'name':3}}", "bad_structure", "/X/lib/name"},
        {"{'lib':{}}", "bad_structure", "/X/lib"},
        {"{'lib':'sin'}", "bad_structure", "/X/lib"},
        {"{'lib':{'name':'system'}}", "denied_function", "/X/lib/name"},
        {"{'lib':{'name':'std::system'}}", "denied_function", "/X/lib/name"},
        {"{'lib':{'name':'a::b::execvp'}}", "denied_function", "/X/lib/name"},
        {"{'lib':{'name':'posix_spawnp'}}", "denied_function", "/X/lib/name"},
        {"{'lib':{'name':'__builtin_trap'}}", "denied_function", "/X/lib/name"},
        {"{'lib':{'name':'gb::fault'}}", "denied_function", "/X/lib/name"},
        {"{'lib':{'name':'f','include':'<fstream>'}}", "disallowed_include", "/X/lib/include"},
        {"{'lib':{'name':'f','include':'cmath'}}", "disallowed_include", "/X/lib/include"},
        {"{'lib':{'name':'f','include':'<cmath> '}}", "disallowed_include", "/X/lib/include"},
        {"{'lib':{'name':'f','include':'<cmath>\\n#include <x>'}}", "disallowed_include",
         "/X/lib/include"},
        {"{'lib':{'name':'f','include':'</dev/random>'}}", "disallowed_include", "/X/lib/include"},
        {"{'lib':{'name':'f','signature':'double f(double x = g())'}}", "bad_signature",
         "/X/lib/signature"},
        {"{'lib':{'name':'f','signature':'double f(double), g(int)'}}", "bad_signature",
         "/X/lib/signature"},
        {"{'lib':{'name':'f','signature':'double f(char *)'}}", "bad_signature",
         "/X/lib/signature"},
        {"{'lib':{'name':'f','signature':'double'}}", "bad_signature", "/X/lib/signature"},
        {"{'inputs':['a'],'lib':{'name':'f','signature':'int f(int, int)'}}", "bad_signature",
         "/X/lib/signature"},
        {"{'inputs':[{'name':'a','type':'int; int'}],'lib':{'name':'f'}}", "bad_type",
         "/X/inputs/0/type"},
        {"{'inputs':['a','a'],'lib':{'name':'f'}}", "duplicate_id", "/X/inputs/1"},
        {"{'outputs':['a','b'],'lib':{'name':'f'}}", "arity", "/X"},
        {"{'outputs':['a'],'lib':{'name':'f','signature':'void f()'}}", "bad_signature", "/X"},
        {"{'function':'fork','returns':{'type':'int'}}", "denied_function", "/X/function"},
        {"{'function':'f','returns':{'type':'FILE*'}}", "bad_type", "/X/returns/type"},
        {"{'function':'f','params':[{'name':'x','kind':'inout'}]}", "bad_property",
         "/X/params/0/kind"},
        {"{'function':'f','params':[{'name':'x','kind':'const','type':'int','value':'y'}]}",
         "type_mismatch", "/X/params/0/value"},
        {"{'function':'f','params':[{'name':'x','kind':'const','type':'int'}]}", "bad_literal",
         "/X"},
        {"7", "bad_structure", "/X"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char text[512], pointer[64];
        snprintf(text, sizeof text, "{'ir':{'nodes':[]},'node_defs':{'X':%s}}",
                 cases[i].definition);
        cleanup_fixture struct fixture f;
        fixture_decode(&f, text, NULL);
        if (f.report.n_errors != 1 ||
            strcmp(gb_code_name(f.report.errors[0].code), cases[i].code) != 0)
            print_errors(&f, text);
        assert_int_equal(f.report.n_errors, 1);
        assert_string_equal(gb_code_name(f.report.errors[0].code), cases[i].code);
        snprintf(pointer, sizeof pointer, "/node_defs%s", cases[i].pointer);
        if (f.report.errors[0].code != GB_E_bad_literal)
            assert_str(f.report.errors[0].pointer, pointer);
    }
}

static void test_builtins_may_be_repeated_not_redefined(void **state)
{
    static const struct {
        const char *definitions;
        uint32_t errors;
    } cases[] = {
        {"{'Add':{'inputs':['a','b'],'outputs':['result']}}", 0},
        {"{'Add':{'inputs':[{'name':'a','type':'number'},{'name':'b'}],'outputs':[{'name':'out'}]}"
         "}",
         0},
        {"{'Sin':{'inputs':['x'],'outputs':['out'],'lib':{'name':'sin','include':'<cmath>',"
         "'signature':'double sin(double)'}}}",
         0},
        {"{'Print':{'inputs':['value'],'outputs':[]},'If':{'inputs':['condition']}}", 0},
        {"{'Add':{'inputs':['b','a']}}", 1},
        {"{'Add':{'inputs':['a','b','c']}}", 1},
        {"{'Add':{'inputs':['a']}}", 1},
        {"{'Add':{'lib':{'name':'sub'}}}", 1},
        {"{'Sin':{'inputs':['x'],'lib':{'name':'cos'}}}", 1},
        {"{'Eq':{'function':'f'}}", 1},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char text[512];
        snprintf(text, sizeof text, "{'ir':{'nodes':[]},'node_defs':%s}", cases[i].definitions);
        cleanup_fixture struct fixture f;
        fixture_decode(&f, text, NULL);
        if (f.report.n_errors != cases[i].errors)
            print_errors(&f, text);
        assert_int_equal(f.report.n_errors, cases[i].errors);
        if (cases[i].errors)
            assert_int_equal(f.report.errors[0].code, GB_E_redefined_builtin);
    }
}

/* ---- types and signatures ------------------------------------------------------------------- */

static void test_types(void **state)
{
    static const struct {
        const char *text, *name;
    } cases[] = {
        {"int", "int"},
        {" long ", "int"},
        {"float", "double"},
        {"number", "double"},
        {"std::string", "string"},
        {"const std::string &", "string"},
        {"std::vector<std::vector<bool>>", "array<array<bool>>"},
        {"array< double >", "array<double>"},
        {"array<array<array<string> > >", "array<array<array<string>>>"},
        {"any", "any"},
        {"void", "void"},
        {"int&", NULL},
        {"int*", NULL},
        {"array<void>", NULL},
        {"array<any>", NULL},
        {"array<int", NULL},
        {"array<int>>", NULL},
        {"array", NULL},
        {"unsigned int", NULL},
        {"std::map<int,int>", NULL},
        {"int int", NULL},
        {"", NULL},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct gb_type t = {0};
        struct arena a = ARENA_INIT(0);
        int r = gb_type_parse(str_c(cases[i].text), &t);
        assert_int_equal(r, cases[i].name ? 0 : -EINVAL);
        if (!r)
            assert_str(gb_type_name(&a, t), cases[i].name);
        arena_free(&a);
    }
}

static void test_signatures(void **state)
{
    (void)state;
    struct arena a = ARENA_INIT(0);
    struct gb_signature s;
    assert_int_equal(gb_signature_parse(STR("void f()"), &a, &s), 0);
    assert_int_equal(s.n_params, 0);
    assert_int_equal(gb_signature_parse(STR("void ns::f ( void ) ;"), &a, &s), 0);
    assert_int_equal(s.n_params, 0);
    assert_str(s.name, "ns::f");
    assert_int_equal(
        gb_signature_parse(STR("array<int> g(const std::vector<int>& xs,bool)"), &a, &s), 0);
    assert_int_equal(s.n_params, 2);
    assert_str(s.params[0].name, "xs");
    assert_int_equal(s.params[0].type.depth, 1);
    assert_int_equal(s.params[1].name.n, 0);
    assert_int_equal(gb_signature_parse(STR("int f(int a,)"), &a, &s), -EINVAL);
    assert_int_equal(gb_signature_parse(STR("int f(void a)"), &a, &s), -EINVAL);
    assert_int_equal(gb_signature_parse(STR("int f(int a) { }"), &a, &s), -EINVAL);
    assert_int_equal(gb_signature_parse(STR("f(int a)"), &a, &s), -EINVAL);
    assert_int_equal(gb_signature_parse(STR(""), &a, &s), -EINVAL);
    arena_free(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lib_definition),
        cmocka_unit_test(test_manifest),
        cmocka_unit_test(test_impure_functions),
        cmocka_unit_test(test_hostile_definitions),
        cmocka_unit_test(test_builtins_may_be_repeated_not_redefined),
        cmocka_unit_test(test_types),
        cmocka_unit_test(test_signatures),
    };
    return cmocka_run_group_tests(tests, NULL, NULL) != 0;
}
