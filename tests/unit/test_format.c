/*
 * test_format.c - the canonical form, over every program of tests/cases: it is accepted, means the same
 * (its hash is the same) and is its own canonical form.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "core/base/cleanup.h"
#include "core/gb.h"

#include <dirent.h>

#define CASES "tests/cases"

struct loaded {
    struct jdoc doc;
    struct gb_report report;
    struct gb_program *program; /* NULL when it was refused */
    uint8_t hash[GB_HASH_BYTES];
};

static void loaded_free(struct loaded *l)
{
    gb_program_free(l->program);
    gb_report_free(&l->report);
    jdoc_free(&l->doc);
}

#define cleanup_loaded __attribute__((cleanup(loaded_free)))

static void load(struct loaded *l, struct str text)
{
    *l = (struct loaded){0};
    if (jdoc_parse(&l->doc, text.s, text.n, NULL, NULL))
        return;
    uint32_t defs, ir = gb_request_ir(&l->doc, 0, &defs);
    if (ir == JSON_NONE || gb_front(&l->doc, ir, defs, NULL, &l->report, &l->program))
        return;
    struct arena arena = ARENA_INIT(0);
    struct gb_identity id;
    assert_int_equal(gb_identify(l->program, &arena, &id), 0);
    memcpy(l->hash, id.hash, sizeof l->hash);
    arena_free(&arena);
}

static void read_file(const char *path, struct buf *ret)
{
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    for (int c; (c = getc(file)) != EOF;)
        buf_putc(ret, (char)c);
    fclose(file);
}

/* False for a refusal. */
static bool check_case(const char *name)
{
    char path[512];
    cleanup_buf struct buf text = BUF_INIT(0), once = BUF_INIT(0), twice = BUF_INIT(0);
    cleanup_loaded struct loaded original = {0}, formatted = {0};
    snprintf(path, sizeof path, CASES "/%s/request.json", name);
    read_file(path, &text);
    load(&original, buf_view(&text));
    if (!original.program)
        return false;
    assert_int_equal(gb_format(original.program, &once), 0);
    load(&formatted, buf_view(&once));
    if (!formatted.program || memcmp(original.hash, formatted.hash, GB_HASH_BYTES) != 0)
        fail_msg("%s: the canonical form %s\n%s", name,
                 formatted.program ? "means something else" : "is refused", buf_cstr(&once));
    assert_int_equal(gb_format(formatted.program, &twice), 0);
    assert_string_equal(buf_cstr(&once), buf_cstr(&twice));
    return true;
}

static void test_every_program_keeps_its_meaning(void **state)
{
    (void)state;
    unsigned programs = 0;
    DIR *dir = opendir(CASES);
    assert_non_null(dir);
    for (struct dirent *entry; (entry = readdir(dir));)
        if (entry->d_name[0] != '.')
            programs += check_case(entry->d_name);
    closedir(dir);
    assert_true(programs > 200);
}

static void test_the_form_itself(void **state)
{
    (void)state;
    static const char text[] =
        "{\"nodes\":[{\"id\":\"p\",\"type\":\"Print\",\"inputs\":[\"c\"]},{\"id\":\"c\",\"type\":"
        "\"Const\",\"props\":{\"value\":2.0},\"label\":\"two\"}],\"meta\":{\"name\":\"t\"}}";
    cleanup_buf struct buf out = BUF_INIT(0);
    cleanup_loaded struct loaded l = {0};
    load(&l, str_c(text));
    assert_non_null(l.program);
    assert_int_equal(gb_format(l.program, &out), 0);
    assert_string_equal(buf_cstr(&out), "{\n"
                                        "  \"nodes\": [\n"
                                        "    {\"id\":\"p\",\"type\":\"Print\"},\n"
                                        "    {\"id\":\"c\",\"type\":\"Literal\",\"label\":\"two\","
                                        "\"properties\":{\"value\":2.0}}\n"
                                        "  ],\n"
                                        "  \"edges\": [\n"
                                        "    {\"from\":\"c\",\"to\":\"p\",\"toPort\":\"value\"}\n"
                                        "  ],\n"
                                        "  \"metadata\": {\"name\":\"t\"}\n"
                                        "}\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_form_itself),
        cmocka_unit_test(test_every_program_keeps_its_meaning),
    };
    return cmocka_run_group_tests(tests, NULL, NULL) != 0;
}
