/* test_map.c - the source map: what is mapped is exactly what was written for it. */
#include "emission_fixture.h"

struct expected {
    const char *function, *node, *port, *text;
};

/* That the ranges of a node's port are exactly these texts, in the order they stand. */
static void assert_ranges(const struct emitted *x, const struct expected *rows, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const struct expected *want = &rows[i];
        size_t nth = 0, seen = 0;
        for (size_t j = 0; j < i; j++)
            nth += strcmp(rows[j].node, want->node) == 0 && strcmp(rows[j].port, want->port) == 0;
        const struct gb_range *found = NULL;
        for (uint32_t j = 0; j < x->e.n_map; j++) {
            const struct gb_range *r = &x->e.map[j];
            if (str_eqc(r->node_id, want->node) && str_eqc(r->port, want->port) &&
                str_eqc(r->function, want->function) && seen++ == nth)
                found = r;
        }
        if (!found)
            fail_msg("no range %zu of %s.%s in\n%s", nth, want->node, want->port, x->e.cpp.data);
        struct str text = range_text(&x->e, found);
        if (!str_eqc(text, want->text))
            fail_msg("%s.%s is '%.*s' instead of '%s'", want->node, want->port, STR_ARG(text),
                     want->text);
    }
}

#define ASSERT_RANGES(x, ...)                                                                      \
    do {                                                                                           \
        const struct expected rows[] = {__VA_ARGS__};                                              \
        assert_ranges(x, rows, sizeof rows / sizeof rows[0]);                                      \
    } while (0)

/* One value at both operands: two ranges, each where it stands. */
static void one_value_twice_in_a_line(void **state)
{
    struct emitted x cleanup_emitted;
    (void)state;
    emit_graph(&x,
               "{'nodes':[{'id':'d','type':'VarDecl','properties':{'name':'x','initialValue':1}},"
               "{'id':'g','type':'VarGet','properties':{'name':'x'}},"
               "{'id':'s','type':'Mul','inputs':['g','g']},"
               "{'id':'p','type':'Print','inputs':['s']}],"
               "'edges':[{'from':'d','to':'p','kind':'control'}]}");
    ASSERT_RANGES(&x, {"", "s", "a", "x"}, {"", "s", "b", "x"}, {"", "g", "", "x"},
                  {"", "g", "", "x"}, {"", "s", "", "x * x"}, {"", "p", "value", "x * x"},
                  {"", "p", "", "gb::print(x * x);"}, {"", "d", "", "gb::Int x = 1;"});
    uint32_t columns[2] = {0}, n = 0;
    for (uint32_t i = 0; i < x.e.n_map; i++)
        if (str_eqc(x.e.map[i].node_id, "s") && x.e.map[i].port.n)
            columns[n++] = x.e.map[i].start_col;
    assert_int_equal(n, 2);
    assert_int_equal(columns[0], 15);
    assert_int_equal(columns[1], 19);
}

/* Parentheses are the consumer's, not the operand's. */
static void operands_stand_without_their_parentheses(void **state)
{
    struct emitted x cleanup_emitted;
    (void)state;
    emit_graph(&x, "{'nodes':[{'id':'r','type':'Read','properties':{'kind':'int'}},"
                   "{'id':'k','type':'Literal','properties':{'value':2}},"
                   "{'id':'s','type':'Add','inputs':['r','k']},"
                   "{'id':'m','type':'Mul','inputs':['s','k']},"
                   "{'id':'h','type':'Sin','inputs':['m']},"
                   "{'id':'p','type':'Print','inputs':['h']}]}");
    ASSERT_RANGES(&x, {"", "m", "a", "gb::read_int(gb::at(1)).value + 2"}, {"", "m", "b", "2"},
                  {"", "s", "b", "2"}, {"", "s", "a", "gb::read_int(gb::at(1)).value"},
                  {"", "h", "x", "double((gb::read_int(gb::at(1)).value + 2) * 2)"});
}

/* What was folded away is answered for by the constant. */
static void folded_nodes_are_mapped(void **state)
{
    struct emitted x cleanup_emitted;
    (void)state;
    emit_graph(&x, "{'nodes':[{'id':'a','type':'Literal','properties':{'value':3}},"
                   "{'id':'b','type':'Literal','properties':{'value':4}},"
                   "{'id':'s','type':'Add','inputs':['a','b']},"
                   "{'id':'p','type':'Print','inputs':['s']}]}");
    ASSERT_RANGES(&x, {"", "a", "", "7"}, {"", "b", "", "7"}, {"", "s", "", "7"},
                  {"", "s", "a", "7"}, {"", "s", "b", "7"}, {"", "p", "value", "7"});
}

/* A value that several statements share is a local; each use is the consumer's port. */
static void shared_values_are_mapped(void **state)
{
    struct emitted x cleanup_emitted;
    (void)state;
    emit_graph(&x, "{'nodes':[{'id':'k','type':'Literal','properties':{'value':0.5}},"
                   "{'id':'wave','type':'Sin','inputs':['k']},"
                   "{'id':'p','type':'Print','inputs':['wave']},"
                   "{'id':'q','type':'Print','inputs':['wave']}]}");
    ASSERT_RANGES(&x, {"", "wave", "", "const double wave = gb::sin(0.5);"},
                  {"", "wave", "x", "0.5"}, {"", "p", "value", "wave"}, {"", "q", "value", "wave"});
}

static void functions_and_blocks_are_mapped(void **state)
{
    struct emitted x cleanup_emitted;
    (void)state;
    emit_graph(&x, "{'nodes':[{'id':'r','type':'Read','properties':{'kind':'int'}},"
                   "{'id':'k','type':'Call','properties':{'name':'twice'},'inputs':['r']},"
                   "{'id':'c','type':'GreaterThan','inputs':['k','r']},"
                   "{'id':'i','type':'If','properties':{'then':['p'],'else':['q']},'inputs':['c']},"
                   "{'id':'p','type':'Print','properties':{'text':'more'}},"
                   "{'id':'q','type':'Print','properties':{'text':'less'}}],"
                   "'functions':[{'name':'twice','signature':'int twice(int n)','graph':{'nodes':["
                   "{'id':'n','type':'Param','properties':{'name':'n'}},"
                   "{'id':'s','type':'Add','inputs':['n','n']},"
                   "{'id':'ret','type':'Return','inputs':['s']}]}}]}");
    ASSERT_RANGES(&x, {"twice", "s", "a", "n"}, {"twice", "s", "b", "n"},
                  {"twice", "ret", "value", "n + n"}, {"twice", "ret", "", "return n + n;"},
                  {"", "k", "n", "r.value"}, {"", "c", "a", "twice(r.value)"},
                  {"", "i", "cond", "twice(r.value) > r.value"},
                  {"", "i", "",
                   "if (twice(r.value) > r.value) {\n        gb::print(\"more\");\n    } else {\n"
                   "        gb::print(\"less\");\n    }"});
}

/* Ranges are in order of their start, lie inside the text, and hold no half of a pair. */
static void ranges_are_sound(void **state)
{
    struct emitted x cleanup_emitted;
    (void)state;
    emit_graph(&x, "{'nodes':[{'id':'r','type':'Read','properties':{'kind':'line'}},"
                   "{'id':'l','type':'Length','inputs':['r']},"
                   "{'id':'u','type':'ToUpper','inputs':['r']},"
                   "{'id':'t','type':'ToString','inputs':['l']},"
                   "{'id':'c','type':'Concat','inputs':['u','t','u']},"
                   "{'id':'f','type':'For','properties':{'body':['p']},'inputs':['l','l']},"
                   "{'id':'p','type':'Print','inputs':['c','f']}]}");
    for (uint32_t i = 0; i < x.e.n_map; i++) {
        const struct gb_range *r = &x.e.map[i], *before = i ? r - 1 : r;
        bool sorted = before->start_line < r->start_line ||
                      (before->start_line == r->start_line && before->start_col <= r->start_col);
        struct str text = range_text(&x.e, r);
        int depth = 0;
        assert_true(sorted);
        assert_true(text.n > 0 && text.s[0] != ' ' && text.s[text.n - 1] != ' ');
        for (size_t j = 0; j < text.n; j++) {
            depth +=
                (text.s[j] == '(' || text.s[j] == '{') - (text.s[j] == ')' || text.s[j] == '}');
            assert_true(depth >= 0);
        }
        assert_int_equal(depth, 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_value_twice_in_a_line),
        cmocka_unit_test(operands_stand_without_their_parentheses),
        cmocka_unit_test(folded_nodes_are_mapped),
        cmocka_unit_test(shared_values_are_mapped),
        cmocka_unit_test(functions_and_blocks_are_mapped),
        cmocka_unit_test(ranges_are_sound),
    };
    return cmocka_run_group_tests(tests, NULL, NULL) != 0;
}
