/* test_catalogue.c - the catalogue's rows, its JSON, its page, and an operator's policy. */
#include "front_fixture.h"

#include "base/jsonw.h"
#include "core/catalogue.h"

#include <errno.h>
#include <sys/stat.h>

#define PAGE "docs/nodes.md"

static void test_every_name_is_found(void **state)
{
    (void)state;
    struct arena a = ARENA_INIT(0);
    struct gb_catalogue c;
    assert_int_equal(gb_catalogue_init(&c, &a, NULL, 0, NULL, 0), 0);
    for (enum gb_op op = 0; op < GB_OP_EXTERNAL; op++) {
        const struct gb_kind *kind = gb_kind_of(op);
        assert_ptr_equal(gb_kind_named(str_c(kind->name)), kind);
        assert_ptr_equal(gb_catalogue_find(&c, str_c(kind->name))->kind, kind);
        const struct gb_shape *shape = gb_catalogue_shape(&c, op);
        for (uint32_t i = 0; i < shape->n_in; i++)
            assert_true(shape->in[i].n_names > 0 && shape->in[i].kind.n > 0);
        assert_true(strlen(kind->doc) > 5);
    }
    assert_ptr_equal(gb_kind_named(STR("Gte")), gb_kind_of(GB_OP_GE));
    assert_null(gb_kind_named(STR("Gt ")));
    assert_null(gb_kind_named(STR("")));
    assert_null(gb_catalogue_find(&c, STR("Sine")));
    arena_free(&a);
}

static void test_port_specs(void **state)
{
    (void)state;
    struct gb_port p[GB_PORTS];
    assert_int_equal(gb_ports_parse("x|a|in:num items...?:any @body name|other!:ident", p), 4);
    assert_true(p[0].n_names == 3 && gb_port_is(&p[0], STR("in")) && !p[0].optional);
    assert_str(p[0].kind, "num");
    assert_true(p[1].repeats && p[1].optional && str_eqc(p[1].names[0], "items"));
    assert_true(p[2].control && str_eqc(p[2].names[0], "body"));
    assert_true(p[3].required && gb_port_is(&p[3], STR("other")));
    assert_int_equal(gb_ports_parse("", p), 0);
}

/* A client may send the whole table back. */
static void test_the_catalogue_is_accepted_as_node_defs(void **state)
{
    (void)state;
    cleanup_buf struct buf b = BUF_INIT(0);
    struct jsonw w = {.out = &b};
    jw_open(&w, '{');
    jw_key(&w, "nodes");
    jw_raw(&w, STR("[]"));
    jw_key(&w, "node_defs");
    gb_catalogue_json(NULL, &w);
    jw_close(&w, '}');
    cleanup_fixture struct fixture f;
    for (char *p = b.data; *p; p++)
        if (*p == '\'')
            *p = ' ';
    fixture_decode(&f, buf_cstr(&b), NULL);
    assert_no_errors(&f);
    assert_int_equal(f.doc.vals[f.front.node_defs].count, GB_OP_EXTERNAL);
}

static void test_the_schema_is_json(void **state)
{
    (void)state;
    struct jdoc doc;
    struct str schema = gb_schema_json();
    assert_int_equal(jdoc_parse(&doc, schema.s, schema.n, NULL, NULL), 0);
    assert_int_equal(doc.n_duplicates, 0);
    assert_str(jdoc_str(&doc, jdoc_get(&doc, 0, "title")), "Graph-Blocks IR");
    jdoc_free(&doc);
}

/* The page is the catalogue's; UPDATE_DOCS=1 (make docs) writes it anew. */
static void test_the_page_is_current(void **state)
{
    (void)state;
    cleanup_buf struct buf page = BUF_INIT(0), found = BUF_INIT(0);
    gb_catalogue_markdown(&page);
    FILE *file = fopen(PAGE, getenv("UPDATE_DOCS") ? "w+" : "r");
    assert_non_null(file);
    if (getenv("UPDATE_DOCS")) {
        fputs(buf_cstr(&page), file);
        rewind(file);
    }
    for (int c; (c = getc(file)) != EOF;)
        buf_putc(&found, (char)c);
    fclose(file);
    assert_string_equal(buf_cstr(&page), buf_cstr(&found));
}

/* ---- policy --------------------------------------------------------------------------------- */

static void write_file(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    for (; *text; text++)
        putc(*text == '\'' ? '"' : *text, file);
    fclose(file);
}

static void test_policy(void **state)
{
    (void)state;
    char dir[] = "/tmp/gb-policy-XXXXXX", includes[64], plugins[64], plugin[80], bad[80];
    assert_non_null(mkdtemp(dir));
    snprintf(includes, sizeof includes, "%s/includes.json", dir);
    snprintf(plugins, sizeof plugins, "%s/plugins", dir);
    snprintf(plugin, sizeof plugin, "%s/cbrt.json", plugins);
    snprintf(bad, sizeof bad, "%s/evil.json", plugins);
    assert_int_equal(mkdir(plugins, 0700), 0);
    write_file(includes, "['<cmath>','\\'mine.h\\'']");
    write_file(plugin, "{'name':'cbrt','include':'<cmath>','function':'cbrt','params':[{'name':'x',"
                       "'type':'double'}],'returns':{'type':'double'}}");
    struct arena a = ARENA_INIT(0);
    struct gb_policy policy;
    struct err err = {0};
    assert_int_equal(gb_policy_load(includes, plugins, &a, &policy, &err), 0);
    assert_int_equal(policy.n_includes, 2);
    assert_str(policy.includes[1], "\"mine.h\"");
    assert_int_equal(policy.n_plugins, 1);
    assert_str(policy.plugins[0].type, "Lib_cbrt");

    cleanup_fixture struct fixture f;
    fixture_decode(
        &f,
        "{'ir':{'nodes':[{'id':'a','type':'Literal','props':{'value':8}},{'id':'c','type':"
        "'Lib_cbrt','inputs':['a']}],'imports':['<string>']},'node_defs':{'Lib_cbrt':"
        "{'lib':{'name':'sqrt'}}}}",
        &policy);
    assert_int_equal(f.report.n_errors, 2);
    assert_int_equal(f.report.errors[0].code, GB_E_redefined_builtin);
    assert_int_equal(f.report.errors[1].code, GB_E_disallowed_include);

    write_file(bad, "{'name':'evil','function':'system'}");
    assert_int_equal(gb_policy_load(NULL, plugins, &a, &policy, &err), -EINVAL);
    assert_non_null(strstr(err.message, "evil.json"));
    assert_non_null(strstr(err.message, "no node may call function 'system'"));
    write_file(includes, "['cmath']");
    assert_int_equal(gb_policy_load(includes, NULL, &a, &policy, &err), -EINVAL);
    assert_int_equal(gb_policy_load("/nowhere", NULL, &a, &policy, &err), -ENOENT);
    arena_free(&a);
    remove(bad);
    remove(plugin);
    remove(includes);
    remove(plugins);
    remove(dir);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_name_is_found),
        cmocka_unit_test(test_port_specs),
        cmocka_unit_test(test_the_catalogue_is_accepted_as_node_defs),
        cmocka_unit_test(test_the_schema_is_json),
        cmocka_unit_test(test_the_page_is_current),
        cmocka_unit_test(test_policy),
    };
    return cmocka_run_group_tests(tests, NULL, NULL) != 0;
}
