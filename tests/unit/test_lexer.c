/*
 * test_lexer.c - tokens of C as GCC sees them.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include "../../sandbox/screen/lexer.h"

static const char *const kinds[] = {
    [TOKEN_END] = "end",        [TOKEN_NEWLINE] = "nl",    [TOKEN_DIRECTIVE] = "#",
    [TOKEN_NAME] = "name",      [TOKEN_NUMBER] = "number", [TOKEN_STRING] = "string",
    [TOKEN_RAW_STRING] = "raw", [TOKEN_CHAR] = "char",     [TOKEN_HEADER] = "header",
    [TOKEN_PASTE] = "##",       [TOKEN_PUNCT] = "punct",   [TOKEN_OTHER] = "other",
};

enum dialect {
    C = 0,
    CXX = 1,
    TRIGRAPHS = 2,
};

/* The tokens as text: a name, header or sign is itself; a literal is its kind and value. */
static void show(const struct lexer *l, const struct token *t, struct buf *out)
{
    if (out->len > 0)
        buf_putc(out, ' ');
    if (t->kind == TOKEN_NAME || t->kind == TOKEN_PUNCT) {
        buf_puts(out, t->name);
    } else {
        buf_puts(out, kinds[t->kind]);
        if (t->kind == TOKEN_HEADER)
            buf_printf(out, "(%s)", t->name);
        if (t->kind == TOKEN_STRING || t->kind == TOKEN_RAW_STRING) {
            buf_putc(out, '(');
            lexer_string_value(l, t, out);
            buf_putc(out, ')');
        }
    }
}

static void expect(int dialect, const char *source, const char *wanted)
{
    cleanup_buf struct buf shown = BUF_INIT(0);
    struct lexer l;
    struct token t;

    lexer_init(&l, str_c(source), (dialect & CXX) != 0, (dialect & TRIGRAPHS) != 0);
    for (lexer_next(&l, &t); t.kind != TOKEN_END; lexer_next(&l, &t))
        show(&l, &t, &shown);
    assert_string_equal(buf_cstr(&shown), wanted);
}

static void test_names_and_numbers(void **state)
{
    (void)state;
    expect(C, "int x1 = 0x1p-3 + 1.5e+7;", "int x1 = number + number ;");
    expect(C, "a$b caf\xc3\xa9", "a$b caf\xc3\xa9");
    expect(CXX, "1'000'000 x", "number x");
    expect(C, "1'0' x", "number char x");
    expect(C, ".5 .a", "number . a");
}

static void test_comments(void **state)
{
    (void)state;
    expect(C, "a/* system( */b // system(\nc", "a b c");
    expect(C, "a // to be \\\ncontinued\nb", "a b");
    expect(C, "a /\\\n/ hidden\nb", "a b");
    expect(C, "a /\\\n* hidden *\\\n/ b", "a b");
    expect(C, "/* unclosed system(", "");
    expect(C, "a /*/ still */ b", "a b");
}

static void test_splices(void **state)
{
    (void)state;
    expect(C, "sys\\\ntem(", "system (");
    expect(C, "sys\\ \t\ntem(", "system (");
    expect(C, "sys\\\r\ntem(", "system (");
    expect(C, "sys\\\n\\\ntem(", "system (");
    expect(C, "a \\", "a \\");
}

static void test_trigraphs(void **state)
{
    (void)state;
    expect(TRIGRAPHS, "?\?=include <a.h>\nx", "# include header(a.h) nl x");
    expect(C, "?\?=x", "? ? = x");
    expect(TRIGRAPHS, "sys?\?/\ntem", "system");
    expect(TRIGRAPHS, "\"a?\?/\"b\" c", "string(a\"b) c");
    expect(C, "\"a?\?/\" b", "string(a?\?/) b");
}

static void test_digraphs(void **state)
{
    (void)state;
    expect(C, "%:include <a.h>\n", "# include header(a.h) nl");
    expect(C, "%:define x a%:%:b\n", "# define x a ## b nl");
    expect(C, "a<:0:> = <%1%>;", "a [ number ] = { number } ;");
    expect(C, "p->q a::b", "p -> q a : : b");
    expect(CXX, "a::b", "a :: b");
}

static void test_directives(void **state)
{
    (void)state;
    expect(C, "  #  include /* x */ <a.h> // y\nz", "# include header(a.h) nl z");
    expect(C, "#include \"b c.h\"\n", "# include header(b c.h) nl");
    expect(C, "#include_next <a.h>", "# include_next header(a.h) nl");
    expect(C, "#inc\\\nlude <a.h>\n", "# include header(a.h) nl");
    expect(C, "#include MACRO\n", "# include MACRO nl");
    expect(C, "#define S #x\n", "# define S # x nl");
    expect(C, "a # b", "a # b");
    expect(C, "#include <a.h\nb", "# include < a . h nl b");
    expect(C, "/* first */ #define X \\\n 1\ny", "# define X number nl y");
}

static void test_strings(void **state)
{
    (void)state;
    expect(C, "\"\\x2fproc\" \"\\057sys\"", "string(/proc) string(/sys)");
    expect(C, "\"a\\\"b\\\\\" c", "string(a\"b\\) c");
    expect(C, "L\"x\" u8\"y\" U\"z\" u\"w\" x\"v\"",
           "string(x) string(y) string(z) string(w) x string(v)");
    expect(C, "'\\'' 'ab' L'x'", "char char char");
    expect(C, "\"open\nb", "other b");
    expect(C, "\"a\\\nb\"", "string(ab)");
    expect(C, "\"\\u002fdev\"", "string(/dev)");
    expect(C, "\"\\", "other");
}

static void test_raw_strings(void **state)
{
    (void)state;
    expect(CXX, "R\"(a\\\nb)\" c", "raw(a\\\nb) c");
    expect(CXX, "R\"x()\" )x\" c", "raw()\" ) c");
    expect(CXX, "u8R\"(/*)\" c", "raw(/*) c");
    expect(CXX, "LR\"(\")\" c", "raw(\") c");
    expect(CXX, "R\"(", "raw()");
}

static void test_places(void **state)
{
    struct lexer l;
    struct token t;

    (void)state;
    lexer_init(&l, STR("a\n  /* \n */ b \\\n c"), false, false);
    lexer_next(&l, &t);
    assert_int_equal(t.line, 1);
    assert_int_equal(t.column, 1);
    lexer_next(&l, &t);
    assert_int_equal(t.line, 3);
    assert_int_equal(t.column, 5);
    lexer_next(&l, &t);
    assert_int_equal(t.line, 4);
    assert_int_equal(t.column, 2);
}

static void test_a_long_name_is_none(void **state)
{
    char source[200];
    struct lexer l;
    struct token t;

    (void)state;
    memset(source, 'x', sizeof(source));
    lexer_init(&l, (struct str){source, sizeof(source)}, false, false);
    lexer_next(&l, &t);
    assert_int_equal(t.kind, TOKEN_NAME);
    assert_string_equal(t.name, "");
    assert_int_equal(t.raw.n, sizeof(source));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_names_and_numbers),
        cmocka_unit_test(test_comments),
        cmocka_unit_test(test_splices),
        cmocka_unit_test(test_trigraphs),
        cmocka_unit_test(test_digraphs),
        cmocka_unit_test(test_directives),
        cmocka_unit_test(test_strings),
        cmocka_unit_test(test_raw_strings),
        cmocka_unit_test(test_places),
        cmocka_unit_test(test_a_long_name_is_none),
    };

    return cmocka_run_group_tests(tests, NULL, NULL) != 0;
}
