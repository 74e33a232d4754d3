/*
 * test_screen.c - the screening against tests/hostile/evasions and tests/hostile/innocents.
 *
 * The first line of each file says what is expected of the whole service: "// verdict:
 * policy_blocked layer: screen rule: header". Here only the screening's own part is held against
 * it.
 */
#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "../../core/base/jsonw.h"
#include "../../sandbox/screen.h"

#define EVASIONS "tests/hostile/evasions"
#define INNOCENTS "tests/hostile/innocents"

static void read_file(const char *path, struct buf *into)
{
    FILE *f = fopen(path, "r");
    char piece[4096];
    size_t n;

    assert_non_null(f);
    while ((n = fread(piece, 1, sizeof(piece), f)) > 0)
        buf_put(into, piece, n);
    fclose(f);
}

static void screen_one(const char *name, struct str text, struct gb_screening *s)
{
    struct screen_file file = {str_c(name), text};
    struct screen_policy policy = {.cxx = strstr(name, ".cpp") != NULL};

    assert_int_equal(gb_screen(&file, 1, &policy, s), 0);
}

/* The word behind "key: " in the first line; false when there is none. */
static bool expectation(struct buf *text, const char *key, char word[40])
{
    const char *line_end = strchr(buf_cstr(text), '\n');
    const char *at = strstr(buf_cstr(text), key);

    word[0] = '\0';
    return at != NULL && line_end != NULL && at < line_end &&
           sscanf(at + strlen(key), " %39[a-z_|]", word) == 1;
}

static bool has_rule(const struct gb_screening *s, const char *rule)
{
    for (size_t i = 0; i < s->n_violations; i++)
        if (strcmp(screen_rule_name(s->violations[i].rule), rule) == 0)
            return true;
    return false;
}

static void check_evasion(const char *name, struct buf *text, const struct gb_screening *s)
{
    char layer[40], rule[40];

    if (!expectation(text, "layer:", layer))
        fail_msg("%s does not say which layer stops it", name);
    if (strcmp(layer, "screen") == 0) {
        if (!expectation(text, "rule:", rule))
            fail_msg("%s does not say which rule stops it", name);
        if (!has_rule(s, rule))
            fail_msg("%s: no violation of %s", name, rule);
    }
}

static void check_innocent(const char *name, const struct gb_screening *s)
{
    if (s->n_violations > 0)
        fail_msg("%s: %s at line %u: %.*s", name, screen_rule_name(s->violations[0].rule),
                 s->violations[0].line, STR_ARG(s->violations[0].text));
}

/* Every source of the folder; the number of them. */
static unsigned check_folder(const char *folder)
{
    DIR *dir = opendir(folder);
    const struct dirent *e;
    unsigned n = 0;

    assert_non_null(dir);
    while ((e = readdir(dir)) != NULL) {
        cleanup_buf struct buf text = BUF_INIT(0);
        struct gb_screening s;
        char path[600];

        if (strstr(e->d_name, ".c") == NULL)
            continue;
        snprintf(path, sizeof(path), "%s/%s", folder, e->d_name);
        read_file(path, &text);
        screen_one(e->d_name, buf_view(&text), &s);
        if (strcmp(folder, EVASIONS) == 0)
            check_evasion(e->d_name, &text, &s);
        else
            check_innocent(e->d_name, &s);
        gb_screening_free(&s);
        n++;
    }
    closedir(dir);
    return n;
}

static void test_evasions_are_stopped(void **state)
{
    (void)state;
    assert_true(check_folder(EVASIONS) >= 60);
}

static void test_innocents_pass(void **state)
{
    (void)state;
    assert_true(check_folder(INNOCENTS) >= 60);
}

/* ---- details --------------------------------------------------------------------------------- */

static void test_place_and_text(void **state)
{
    struct gb_screening s;

    (void)state;
    screen_one("a.c", STR("int x;\n  #include <unistd.h>\nint main(){ return fork(); }\n"), &s);
    assert_int_equal(s.n_violations, 2);
    assert_int_equal(s.violations[0].rule, SCREEN_header);
    assert_int_equal(s.violations[0].line, 2);
    assert_int_equal(s.violations[0].column, 12);
    assert_true(str_eqc(s.violations[0].text, "<unistd.h>"));
    assert_int_equal(s.violations[1].line, 3);
    assert_true(str_eqc(s.violations[1].text, "fork"));
    gb_screening_free(&s);
}

static void test_own_headers_and_operators_list(void **state)
{
    const struct screen_file files[] = {
        {STR("main.c"), STR("#include \"mine.h\"\n#include <special.h>\n#include <stdio.h>\n")},
        {STR("mine.h"), STR("#include <unistd.h>\n")},
    };
    const struct str allowed[] = {STR("special.h")};
    const struct screen_policy policy = {.headers = allowed, .n_headers = 1};
    struct gb_screening s;

    (void)state;
    assert_int_equal(gb_screen(files, 2, &policy, &s), 0);
    assert_int_equal(s.n_violations, 2);
    assert_true(str_eqc(s.violations[0].text, "<stdio.h>"));
    assert_true(str_eqc(s.violations[1].file, "mine.h"));
    gb_screening_free(&s);
}

static void test_violations_are_bounded(void **state)
{
    cleanup_buf struct buf text = BUF_INIT(0), json = BUF_INIT(0);
    struct jsonw w = {.out = &json};
    struct gb_screening s;

    (void)state;
    for (int i = 0; i < 500; i++)
        buf_puts(&text, "asm(\"\");\n");
    screen_one("a.c", buf_view(&text), &s);
    assert_int_equal(s.n_violations, SCREEN_MAX_VIOLATIONS);
    assert_int_equal(s.n_suppressed, 400);
    gb_violations_json(&s, &w);
    assert_non_null(strstr(buf_cstr(&json), "\"rule\":\"assembly\""));
    gb_screening_free(&s);
}

static void test_symbols(void **state)
{
    static const char *const bad[] = {"fork",    "__fork",  "__libc_system",
                                      "_Fork",   "syscall", "execve@GLIBC_2.2.5",
                                      "__clone", "mmap64",  "__libc_fork"};
    static const char *const good[] = {"printf",   "__printf_chk",    "_Z6systemv",
                                       "forklift", "filesystem",      "",
                                       "_",        "__stack_chk_fail"};

    (void)state;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        if (!screen_symbol_blocked(bad[i]))
            fail_msg("%s passes", bad[i]);
    for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
        if (screen_symbol_blocked(good[i]))
            fail_msg("%s is blocked", good[i]);
}

/* The search needs the order. */
static void test_tables_are_sorted(void **state)
{
    static const char *const names[] = {
#define BLOCKED(name) name,
#include "../../sandbox/screen/blocked.def"
#undef BLOCKED
    };

    (void)state;
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        assert_true(screen_name_blocked(str_c(names[i])));
        if (i > 0)
            assert_true(strcmp(names[i - 1], names[i]) < 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_evasions_are_stopped),
        cmocka_unit_test(test_innocents_pass),
        cmocka_unit_test(test_place_and_text),
        cmocka_unit_test(test_own_headers_and_operators_list),
        cmocka_unit_test(test_violations_are_bounded),
        cmocka_unit_test(test_symbols),
        cmocka_unit_test(test_tables_are_sorted),
    };

    return cmocka_run_group_tests(tests, NULL, NULL) != 0;
}
