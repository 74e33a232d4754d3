/*
 * work.c - the part of a request that graphs and sources share, and what gb-sandboxd is sent.
 */
#include "work.h"

#include <errno.h>

#include "../core/base/jsonw.h"
#include "jget.h"

static int read_args(struct run_input *in, const struct jdoc *doc, uint32_t v, struct arena *arena)
{
    if (!jdoc_is(doc, v, JSON_ARRAY))
        return 0;
    struct str *args = arena_new_array(arena, doc->vals[v].count, struct str);
    if (!args)
        return -ENOMEM;
    in->n_args = 0;
    for (uint32_t it = jdoc_first(doc, v); it != JSON_NONE; it = jdoc_next(doc, v, it))
        args[in->n_args++] = jdoc_str(doc, it);
    in->args = args;
    return 0;
}

/* What is not there stays as it is. */
static int read_input(struct run_input *in, const struct jdoc *doc, uint32_t v, struct arena *arena)
{
    uint32_t text = jdoc_get(doc, v, "stdin");
    if (jdoc_is(doc, text, JSON_STRING))
        in->input = jdoc_str(doc, text);
    return read_args(in, doc, jdoc_get(doc, v, "args"), arena);
}

static int read_inputs(struct work *w, const struct jdoc *doc, uint32_t request,
                       struct arena *arena)
{
    uint32_t list = jdoc_get(doc, request, "inputs");
    w->many = jdoc_is(doc, list, JSON_ARRAY);
    uint32_t n = w->many ? doc->vals[list].count : 1;
    w->inputs = arena_new_array(arena, n, struct run_input);
    if (!w->inputs)
        return -ENOMEM;
    if (!w->run)
        return 0;
    w->n_inputs = n;
    int rc = read_input(&w->inputs[0], doc, request, arena);
    if (!w->many)
        return rc;
    struct run_input common = w->inputs[0];
    uint32_t i = 0;
    for (uint32_t it = jdoc_first(doc, list); it != JSON_NONE && rc == 0;
         it = jdoc_next(doc, list, it)) {
        w->inputs[i] = common;
        rc = read_input(&w->inputs[i++], doc, it, arena);
    }
    return rc;
}

static void read_options(struct work *w, const struct jdoc *doc, uint32_t options)
{
    uint32_t level = jdoc_get(doc, options, "optimize");
    if (jdoc_is(doc, level, JSON_BOOL))
        w->optimize = doc->vals[level].b ? 2 : 0;
    else
        w->optimize = (int)jget_int(doc, options, "optimize", w->optimize);
    w->sanitize = jget_bool(doc, options, "sanitize", false);
    w->werror = jget_bool(doc, options, "werror", w->werror);
    w->run = jget_bool(doc, options, "run", true);
    w->use_cache = !str_eqc(jget_str(doc, options, "cache"), "bypass");
}

int work_read_common(struct work *w, const struct config *cfg, const struct jdoc *doc,
                     uint32_t request, struct arena *arena)
{
    read_options(w, doc, jdoc_get(doc, request, "options"));
    w->limits = limits_of_config(cfg);
    limits_lower(&w->limits, doc, request);
    return read_inputs(w, doc, request, arena);
}

void work_free(struct work *w)
{
    gb_emission_free(&w->graph.emission);
    gb_program_free(w->graph.program);
    w->graph = (struct graph_work){0};
}

static void write_sources(const struct work *w, struct jsonw *j)
{
    jw_key(j, "files");
    jw_open(j, '{');
    for (uint32_t i = 0; i < w->n_sources; i++) {
        jw_key_str(j, w->sources[i].name);
        jw_str(j, w->sources[i].text);
    }
    jw_close(j, '}');
}

static void write_options(const struct work *w, struct jsonw *j)
{
    bool graph = w->graph.program != NULL;
    jw_key(j, "options");
    jw_open(j, '{');
    jw_kint(j, "optimize", w->optimize);
    jw_kbool(j, "sanitize", w->sanitize);
    jw_kbool(j, "werror", w->werror);
    jw_key(j, "link");
    jw_raw(j, graph ? STR("[\"gb\",\"m\"]") : STR("[\"m\",\"fann\"]"));
    jw_kbool(j, "graph", graph);
    jw_close(j, '}');
}

static void write_inputs(const struct work *w, const struct submit_options *o, struct jsonw *j)
{
    jw_key(j, "inputs");
    jw_open(j, '[');
    for (uint32_t i = 0; i < o->n_which; i++) {
        const struct run_input *in = &w->inputs[o->which[i]];
        jw_open(j, '{');
        jw_kstr(j, "stdin", in->input);
        jw_key(j, "args");
        jw_open(j, '[');
        for (uint32_t k = 0; k < in->n_args; k++)
            jw_str(j, in->args[k]);
        jw_close(j, ']');
        jw_close(j, '}');
    }
    jw_close(j, ']');
}

void work_submit_json(const struct work *w, const struct submit_options *o, struct buf *out)
{
    struct jsonw j = {.out = out};
    jw_open(&j, '{');
    jw_kcstr(&j, "job_id", o->job_id);
    jw_kcstr(&j, "user", o->user);
    jw_kcstr(&j, "language", w->language);
    if (!o->binary)
        write_sources(w, &j);
    jw_kbool(&j, "binary", o->binary);
    jw_kbool(&j, "want_binary", o->want_binary);
    jw_kbool(&j, "run", w->run);
    write_options(w, &j);
    write_inputs(w, o, &j);
    jw_key(&j, "limits");
    limits_json(&w->limits, &j);
    jw_kint(&j, "queue_ms", o->queue_ms);
    if (o->fallback_token && o->fallback_token[0])
        jw_kcstr(&j, "fallback_token", o->fallback_token);
    jw_close(&j, '}');
}
