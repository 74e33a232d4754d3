/*
 * policy.c - what an operator allows: the list of includes and the plugins, read at start.
 *
 * The files are an operator's, but a manifest is read by the same code and with the same distrust
 * as a request's definitions: a mistake in one ends the start with the file's name.
 */
#include "extern.h"

#include "base/cleanup.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>

#define FILE_MAX ((size_t)1 << 20)
#define PLUGINS_MAX 1000

/* ---- files ---------------------------------------------------------------------------------- */

struct document {
    struct buf text;
    struct jdoc doc;
};

static void document_free(struct document *d)
{
    jdoc_free(&d->doc);
    buf_free(&d->text);
}

#define cleanup_document __attribute__((cleanup(document_free)))

static int read_document(const char *path, struct document *ret, struct err *err)
{
    char piece[4096];
    size_t n;
    ret->text = BUF_INIT(FILE_MAX);
    FILE *file = fopen(path, "re");
    if (!file)
        return err_errno(err, errno, "%s", path);
    while ((n = fread(piece, 1, sizeof piece, file)) > 0)
        buf_put(&ret->text, piece, n);
    int e = ferror(file) ? -EIO : ret->text.error;
    fclose(file);
    if (e)
        return err_errno(err, -e, "%s", path);
    e = jdoc_parse(&ret->doc, buf_cstr(&ret->text), ret->text.len, NULL, err);
    return e ? err_wrap(err, e, "%s", path) : 0;
}

static int copy_str(struct arena *a, struct str *s)
{
    *s = arena_str(a, *s);
    return s->s ? 0 : -ENOMEM;
}

/* ---- includes ------------------------------------------------------------------------------- */

static bool is_include(struct str s)
{
    if (s.n < 3 ||
        !((s.s[0] == '<' && s.s[s.n - 1] == '>') || (s.s[0] == '"' && s.s[s.n - 1] == '"')))
        return false;
    for (size_t i = 1; i + 1 < s.n; i++)
        if ((unsigned char)s.s[i] < 0x20 || strchr("<>\"\\", s.s[i]))
            return false;
    return true;
}

static int take_includes(const struct jdoc *doc, struct arena *a, struct gb_policy *policy,
                         struct err *err)
{
    uint32_t list = jdoc_is(doc, 0, JSON_OBJECT) ? jdoc_get(doc, 0, "allowed_includes") : 0;
    if (!jdoc_is(doc, list, JSON_ARRAY))
        return err_set(err, -EINVAL, "an array of includes was expected");
    struct str *includes = arena_new_array(a, doc->vals[list].count, struct str);
    if (!includes)
        return err_set(err, -ENOMEM, "no memory");
    uint32_t n = 0;
    for (uint32_t it = jdoc_first(doc, list); it != JSON_NONE; it = jdoc_next(doc, list, it)) {
        includes[n] = jdoc_str(doc, it);
        if (!is_include(includes[n]))
            return err_set(err, -EINVAL, "entry %u is no include, such as \"<cmath>\"", n);
        if (copy_str(a, &includes[n++]))
            return err_set(err, -ENOMEM, "no memory");
    }
    policy->includes = includes;
    policy->n_includes = n;
    return 0;
}

static int load_includes(const char *path, struct arena *a, struct gb_policy *policy,
                         struct err *err)
{
    cleanup_document struct document d = {0};
    int e = read_document(path, &d, err);
    if (e)
        return e;
    e = take_includes(&d.doc, a, policy, err);
    return e ? err_wrap(err, e, "%s", path) : 0;
}

/* ---- plugins -------------------------------------------------------------------------------- */

static int copy_value(struct arena *a, struct gb_value *v)
{
    if (v->type.depth) {
        struct gb_value *items = arena_new_array(a, v->array.n, struct gb_value);
        if (!items)
            return -ENOMEM;
        for (uint32_t i = 0; i < v->array.n; i++) {
            items[i] = v->array.items[i];
            if (copy_value(a, &items[i]))
                return -ENOMEM;
        }
        v->array.items = items;
        return 0;
    }
    return v->type.base == GB_STRING ? copy_str(a, &v->s) : 0;
}

/* A definition out of the document's memory into the policy's. */
static int copy_extern(struct arena *a, const struct gb_extern *from, struct gb_extern *to)
{
    *to = *from;
    to->params = arena_new_array(a, from->n_params, struct gb_ext_param);
    if (!to->params || copy_str(a, &to->type) || copy_str(a, &to->function) ||
        copy_str(a, &to->include) || copy_str(a, &to->out))
        return -ENOMEM;
    for (uint32_t i = 0; i < from->n_params; i++) {
        to->params[i] = from->params[i];
        if (copy_str(a, &to->params[i].name) || copy_value(a, &to->params[i].value))
            return -ENOMEM;
    }
    return 0;
}

/* One document: a manifest, or an array or object of them. Appends to plugins[*n]. */
static int take_plugins(const struct jdoc *doc, struct arena *a, const struct gb_policy *policy,
                        struct gb_extern *plugins, uint32_t *n, struct err *err)
{
    struct gb_program program = {.doc = doc};
    struct gb_report report = {0};
    struct gb_front f = {
        .program = &program, .report = &report, .policy = policy, .doc = doc, .node_defs = 0};
    int e = gb_decode_externs(&f);
    if (e)
        err_set(err, e, "no memory");
    else if (report.n_errors)
        e = err_set(err, -EINVAL, "%.*s (at %.*s)", STR_ARG(report.errors[0].message),
                    STR_ARG(report.errors[0].pointer));
    for (uint32_t i = 0; !e && i < f.n_externs; i++) {
        if (*n == PLUGINS_MAX)
            e = err_set(err, -E2BIG, "more than %d plugins", PLUGINS_MAX);
        else if (copy_extern(a, &f.externs[i], &plugins[(*n)++]))
            e = err_set(err, -ENOMEM, "no memory");
    }
    gb_report_free(&report);
    arena_free(&program.arena);
    return e;
}

static int load_plugin(const char *path, struct arena *a, struct gb_policy *policy,
                       struct gb_extern *plugins, struct err *err)
{
    cleanup_document struct document d = {0};
    int e = read_document(path, &d, err);
    if (e)
        return e;
    e = take_plugins(&d.doc, a, policy, plugins, &policy->n_plugins, err);
    return e ? err_wrap(err, e, "%s", path) : 0;
}

static int is_manifest(const struct dirent *entry)
{
    size_t n = strlen(entry->d_name);
    return entry->d_name[0] != '.' && n > 5 && strcmp(entry->d_name + n - 5, ".json") == 0;
}

static int load_folder(const char *dir, struct arena *a, struct gb_policy *policy,
                       struct gb_extern *plugins, struct err *err)
{
    struct dirent **entries;
    int n = scandir(dir, &entries, is_manifest, alphasort), e = 0;
    if (n < 0)
        return err_errno(err, errno, "%s", dir);
    for (int i = 0; i < n; i++) {
        struct str path = e ? (struct str){0} : arena_printf(a, "%s/%s", dir, entries[i]->d_name);
        if (!e)
            e = path.s ? load_plugin(path.s, a, policy, plugins, err) : -ENOMEM;
        free(entries[i]);
    }
    free(entries);
    return e;
}

int gb_policy_load(const char *includes_file, const char *plugins, struct arena *arena,
                   struct gb_policy *ret, struct err *err)
{
    struct gb_policy policy = {0};
    struct stat st;
    int e = includes_file ? load_includes(includes_file, arena, &policy, err) : 0;
    if (e || !plugins) {
        if (!e)
            *ret = policy;
        return e;
    }
    struct gb_extern *externs = arena_new_array(arena, PLUGINS_MAX, struct gb_extern);
    if (!externs)
        return err_set(err, -ENOMEM, "no memory");
    policy.plugins = externs;
    if (stat(plugins, &st))
        return err_errno(err, errno, "%s", plugins);
    e = S_ISDIR(st.st_mode) ? load_folder(plugins, arena, &policy, externs, err)
                            : load_plugin(plugins, arena, &policy, externs, err);
    if (!e)
        *ret = policy;
    return e;
}
