/*
 * spec.c - reads the SUBMIT document. Everything in it was checked by the service already; it is
 * checked again because gb-job believes nobody.
 */
#include "spec.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct limit_field {
    const char *key;
    size_t offset;
    json_int_t fallback, most;
};

#define FIELD(member) offsetof(struct spec_limits, member)

static const struct limit_field compile_fields[] = {
    {"wall_ms", FIELD(wall_ms), 5000, 600000},
    {"cpu_ms", FIELD(cpu_ms), 5000, 600000},
    {"memory_mb", FIELD(memory_mb), 256, 65536},
    {NULL, 0, 0, 0},
};

static const struct limit_field run_fields[] = {
    {"wall_ms", FIELD(wall_ms), 10000, 3600000}, {"cpu_ms", FIELD(cpu_ms), 10000, 3600000},
    {"memory_mb", FIELD(memory_mb), 128, 65536}, {"output_kb", FIELD(output_kb), 64, 65536},
    {"file_mb", FIELD(file_mb), 16, 65536},      {NULL, 0, 0, 0},
};

static int parse_limits(json_t *object, const char *where, const struct limit_field *fields,
                        struct spec_limits *into, struct err *err)
{
    for (const struct limit_field *f = fields; f->key != NULL; f++) {
        json_t *value = json_object_get(object, f->key);
        json_int_t n = value == NULL ? f->fallback : json_integer_value(value);
        unsigned *slot = (unsigned *)(void *)((char *)into + f->offset);

        if ((value != NULL && !json_is_integer(value)) || n < 1 || n > f->most)
            return err_set(err, -EINVAL, "limits.%s.%s must be an integer from 1 to %lld", where,
                           f->key, (long long)f->most);
        *slot = (unsigned)n;
    }
    return 0;
}

static bool plain_name(const char *s)
{
    size_t n = strlen(s);

    if (n == 0 || n > 100 || s[0] == '-' || s[0] == '.')
        return false;
    return strspn(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.") == n;
}

static int parse_files(json_t *files, struct spec *spec, struct err *err)
{
    const char *name;
    json_t *text;

    json_object_foreach(files, name, text)
    {
        if (spec->n_files == SPEC_MAX_FILES)
            return err_set(err, -EINVAL, "files: more than %d", SPEC_MAX_FILES);
        if (!plain_name(name) || !json_is_string(text))
            return err_set(err, -EINVAL, "files: \"%.100s\" must be a plain name with a text",
                           name);
        spec->files[spec->n_files++] = (struct spec_file){
            name,
            {json_string_value(text), json_string_length(text)},
        };
    }
    return 0;
}

static int parse_args(json_t *args, struct spec_input *input, struct err *err)
{
    size_t n = json_array_size(args);

    if (n > SPEC_MAX_ARGS)
        return err_set(err, -EINVAL, "inputs[].args: more than %d", SPEC_MAX_ARGS);
    input->args = calloc(n + 1, sizeof(*input->args));
    if (input->args == NULL)
        return err_set(err, -ENOMEM, "no memory for the arguments");
    for (; input->n_args < n; input->n_args++) {
        json_t *arg = json_array_get(args, input->n_args);

        if (!json_is_string(arg) || strlen(json_string_value(arg)) != json_string_length(arg))
            return err_set(err, -EINVAL, "inputs[].args must be strings without NUL");
        input->args[input->n_args] = json_string_value(arg);
    }
    return 0;
}

static int parse_inputs(json_t *inputs, struct spec *spec, struct err *err)
{
    size_t n = json_array_size(inputs);

    if (n > SPEC_MAX_INPUTS)
        return err_set(err, -EINVAL, "inputs: more than %d", SPEC_MAX_INPUTS);
    do {
        struct spec_input *input = &spec->inputs[spec->n_inputs];
        json_t *one = json_array_get(inputs, spec->n_inputs++);
        json_t *text = json_object_get(one, "stdin");
        int rc;

        input->standard_input = (struct str){json_string_value(text), json_string_length(text)};
        rc = parse_args(json_object_get(one, "args"), input, err);
        if (rc != 0)
            return rc;
    } while (spec->n_inputs < n);
    return 0;
}

static int parse_link(json_t *link, struct spec *spec, struct err *err)
{
    static const struct {
        const char *name;
        enum spec_link bit;
    } known[] = {{"gb", LINK_GB}, {"m", LINK_M}, {"fann", LINK_FANN}};
    size_t i;
    json_t *name;

    json_array_foreach(link, i, name)
    {
        unsigned bit = 0;

        for (size_t k = 0; k < sizeof(known) / sizeof(known[0]); k++)
            if (json_is_string(name) && strcmp(known[k].name, json_string_value(name)) == 0)
                bit = known[k].bit;
        if (bit == 0)
            return err_set(err, -EINVAL, "options.link knows gb, m and fann");
        spec->link |= bit;
    }
    return 0;
}

static int parse_options(json_t *options, struct spec *spec, struct err *err)
{
    json_t *optimize = json_object_get(options, "optimize");
    json_int_t level = json_integer_value(optimize);

    if ((optimize != NULL && !json_is_integer(optimize)) || level < 0 || level > 3)
        return err_set(err, -EINVAL, "options.optimize must be an integer from 0 to 3");
    spec->sanitize = json_is_true(json_object_get(options, "sanitize"));
    spec->werror = json_is_true(json_object_get(options, "werror"));
    spec->graph = json_is_true(json_object_get(options, "graph"));
    spec->optimize = optimize != NULL ? (unsigned)level : spec->graph ? 0 : 2;
    return parse_link(json_object_get(options, "link"), spec, err);
}

static int parse_document(json_t *root, struct spec *spec, struct err *err)
{
    const char *language = json_string_value(json_object_get(root, "language"));
    json_t *limits = json_object_get(root, "limits");
    json_t *run = json_object_get(root, "run");
    int rc;

    if (language == NULL || (strcmp(language, "c") != 0 && strcmp(language, "c++") != 0))
        return err_set(err, -EINVAL, "language must be \"c\" or \"c++\"");
    spec->language = strcmp(language, "c") == 0 ? LANGUAGE_C : LANGUAGE_CXX;
    spec->binary = json_is_true(json_object_get(root, "binary"));
    spec->want_binary = json_is_true(json_object_get(root, "want_binary"));
    spec->run = run == NULL || json_is_true(run);
    rc = parse_options(json_object_get(root, "options"), spec, err);
    if (rc == 0)
        rc = parse_files(json_object_get(root, "files"), spec, err);
    if (rc == 0)
        rc = parse_inputs(json_object_get(root, "inputs"), spec, err);
    if (rc == 0)
        rc = parse_limits(json_object_get(limits, "compile"), "compile", compile_fields,
                          &spec->compile_limits, err);
    if (rc == 0)
        rc =
            parse_limits(json_object_get(limits, "run"), "run", run_fields, &spec->run_limits, err);
    if (rc == 0 && !spec->binary && spec->n_files == 0)
        rc = err_set(err, -EINVAL, "files: there are none");
    return rc;
}

int spec_parse(struct str json, struct spec *ret, struct err *err)
{
    json_error_t where;
    struct spec spec = {.document = json_loadb(json.s, json.n, JSON_ALLOW_NUL, &where)};
    int rc;

    if (spec.document == NULL)
        return err_set(err, -EINVAL, "the job is no JSON: %s at byte %d", where.text,
                       where.position);
    rc = parse_document(spec.document, &spec, err);
    if (rc != 0)
        spec_free(&spec);
    else
        *ret = spec;
    return rc;
}

void spec_free(struct spec *spec)
{
    for (size_t i = 0; i < spec->n_inputs; i++)
        free(spec->inputs[i].args);
    json_decref(spec->document);
    *spec = (struct spec){0};
}
