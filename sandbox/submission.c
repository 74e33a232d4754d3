/* submission.c - see submission.h. */
#include "submission.h"

#include <errno.h>
#include <jansson.h>
#include <stdio.h>

/* ---- the operator's ceilings ---------------------------------------------------------------- */

struct ceilings ceilings_of(const struct config *cfg)
{
    return (struct ceilings){
        .compile_wall_ms = cfg->compile_wall_ms,
        .compile_cpu_ms = cfg->compile_cpu_ms,
        .compile_memory_mb = cfg->compile_memory_mb,
        .run_wall_ms = cfg->run_wall_ms,
        .run_cpu_ms = cfg->run_cpu_ms,
        .run_memory_mb = cfg->run_memory_mb,
        .run_cpus_milli = cfg->run_cpus_milli,
        .output_kb = cfg->output_kb,
        .pids = cfg->run_pids,
        .file_mb = cfg->run_file_mb,
        .queue_ms = cfg->queue_ms,
    };
}

/* ---- one job -------------------------------------------------------------------------------- */

/* Where each limit stands in the document. */
static const struct limit_row {
    const char *phase;
    const char *key;
    size_t offset;
} limit_rows[] = {
    {"compile", "wall_ms", offsetof(struct ceilings, compile_wall_ms)},
    {"compile", "cpu_ms", offsetof(struct ceilings, compile_cpu_ms)},
    {"compile", "memory_mb", offsetof(struct ceilings, compile_memory_mb)},
    {"run", "wall_ms", offsetof(struct ceilings, run_wall_ms)},
    {"run", "cpu_ms", offsetof(struct ceilings, run_cpu_ms)},
    {"run", "memory_mb", offsetof(struct ceilings, run_memory_mb)},
    {"run", "output_kb", offsetof(struct ceilings, output_kb)},
    {"run", "pids", offsetof(struct ceilings, pids)},
    {"run", "file_mb", offsetof(struct ceilings, file_mb)},
};

/* The member, made when it is not there; NULL: it is there and no object. */
static json_t *object_in(json_t *parent, const char *key)
{
    json_t *o = json_object_get(parent, key);
    if (!o && json_object_set_new(parent, key, json_object()) == 0)
        o = json_object_get(parent, key);
    return json_is_object(o) ? o : NULL;
}

/* *limit: the ceiling before, the job's limit after. */
static int lower(json_t *phase, const struct limit_row *row, int64_t *limit, bool *changed,
                 struct err *err)
{
    json_t *v = json_object_get(phase, row->key);
    if (v && (!json_is_integer(v) || json_integer_value(v) <= 0))
        return err_set(err, -EINVAL, "limits.%s.%s is no positive integer", row->phase, row->key);
    if (v && json_integer_value(v) <= *limit) {
        *limit = json_integer_value(v);
        return 0;
    }
    *changed = true;
    return json_object_set_new(phase, row->key, json_integer(*limit)) < 0
               ? err_set(err, -ENOMEM, "no memory for a limit")
               : 0;
}

static int read_limits(json_t *doc, struct submission *s, bool *changed, struct err *err)
{
    json_t *limits = object_in(doc, "limits");
    for (size_t i = 0; i < sizeof limit_rows / sizeof *limit_rows; i++) {
        const struct limit_row *row = &limit_rows[i];
        json_t *phase = limits ? object_in(limits, row->phase) : NULL;
        if (!phase)
            return err_set(err, -EINVAL, "limits.%s is no object", row->phase);
        int64_t *limit = (int64_t *)(void *)((char *)&s->limits + row->offset);
        int r = lower(phase, row, limit, changed, err);
        if (r < 0)
            return r;
    }
    json_t *wait = json_object_get(doc, "queue_ms");
    if (wait && (!json_is_integer(wait) || json_integer_value(wait) < 0))
        return err_set(err, -EINVAL, "queue_ms is no integer of at least 0");
    if (wait && json_integer_value(wait) < s->limits.queue_ms)
        s->limits.queue_ms = json_integer_value(wait);
    return 0;
}

/* A text member copied to room; required: it must be there and not empty. */
static int read_text(const json_t *doc, const char *key, bool required, char *room, size_t size,
                     struct err *err)
{
    json_t *v = json_object_get(doc, key);
    const char *text = json_string_value(v);
    if ((v && !text && !json_is_null(v)) || (required && (!text || !text[0])))
        return err_set(err, -EINVAL, "%s is no text", key);
    if (text && json_string_length(v) >= size)
        return err_set(err, -EINVAL, "%s has more than %zu bytes", key, size - 1);
    snprintf(room, size, "%s", text ? text : "");
    return 0;
}

static int read_shape(const json_t *doc, struct submission *s, struct err *err)
{
    json_t *inputs = json_object_get(doc, "inputs"), *run = json_object_get(doc, "run");
    if (inputs && (!json_is_array(inputs) || json_array_size(inputs) > SUBMISSION_INPUTS_MAX))
        return err_set(err, -EINVAL, "inputs is no list of at most %d", SUBMISSION_INPUTS_MAX);
    size_t n = json_array_size(inputs);
    s->runs = json_is_false(run) ? 0 : n ? n : 1;
    s->binary = json_is_true(json_object_get(doc, "binary"));
    s->want_binary = json_is_true(json_object_get(doc, "want_binary"));
    return 0;
}

static int read_document(json_t *doc, struct str json, struct submission *s, struct err *err)
{
    bool changed = json_object_del(doc, "fallback_token") == 0;
    int r = read_text(doc, "job_id", true, s->job_id, sizeof s->job_id, err);
    if (r == 0)
        r = read_text(doc, "user", false, s->user, sizeof s->user, err);
    if (r == 0)
        r = read_shape(doc, s, err);
    if (r == 0)
        r = read_limits(doc, s, &changed, err);
    if (r < 0)
        return r;
    char *text = changed ? json_dumps(doc, JSON_COMPACT) : NULL;
    if (changed && !text)
        return err_set(err, -ENOMEM, "no memory for the job's spec");
    buf_str(&s->spec, changed ? str_c(text) : json);
    free(text);
    return s->spec.error;
}

int submission_parse(struct str json, const struct ceilings *ceilings, struct submission *s,
                     struct err *err)
{
    *s = (struct submission){.limits = *ceilings};
    json_error_t where;
    json_t *doc =
        json_loadb(json.s ? json.s : "", json.n, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, &where);
    if (!json_is_object(doc)) {
        json_decref(doc);
        return err_set(err, -EINVAL, "the spec is no JSON object: %s", where.text);
    }
    int r =
        read_text(doc, "fallback_token", false, s->fallback_token, sizeof s->fallback_token, err);
    if (r == 0)
        r = read_document(doc, json, s, err);
    json_decref(doc);
    return r;
}

void submission_free(struct submission *s)
{
    buf_free(&s->spec);
}
