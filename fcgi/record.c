/*
 * record.c - cache entries.
 */
#include "record.h"

#include <errno.h>
#include <sodium.h>
#include <stdio.h>

#include "../core/base/jsonw.h"
#include "jget.h"

/* g++ that has nothing to say says "[]". */
static bool is_silent(struct str diagnostics)
{
    size_t n = diagnostics.n;
    while (n > 0 && (diagnostics.s[n - 1] == '\n' || diagnostics.s[n - 1] == ' '))
        n--;
    return n == 0 || str_eqc((struct str){diagnostics.s, n}, "[]");
}

bool record_storable(const struct execution *x, uint32_t i)
{
    const struct run_result *r = &x->runs[i];
    bool ended = r->verdict == VERDICT_ok || r->verdict == VERDICT_runtime_error;
    bool by_itself = r->signal.n == 0 && r->exit_code >= 0 && r->killed_by.n == 0;
    return ended && by_itself && is_silent(x->compile.diagnostics) && !r->reads_clock &&
           !x->fallback;
}

void output_json(struct jsonw *w, const char *name, struct str bytes)
{
    char key[40];
    jw_kstr(w, name, bytes);
    if (utf8_valid(bytes))
        return;
    size_t size = sodium_base64_ENCODED_LEN(bytes.n, sodium_base64_VARIANT_ORIGINAL);
    char *text = malloc(size);
    if (!text) {
        w->out->error = -ENOMEM;
        return;
    }
    sodium_bin2base64(text, size, (const unsigned char *)bytes.s, bytes.n,
                      sodium_base64_VARIANT_ORIGINAL);
    snprintf(key, sizeof(key), "%s_base64", name);
    jw_kcstr(w, key, text);
    free(text);
}

static void write_figures(struct jsonw *w, const char *name, double wall_ms, double cpu_ms,
                          int64_t max_rss_kb)
{
    jw_key(w, name);
    jw_open(w, '{');
    jw_key(w, "wall_ms");
    jw_fixed(w, wall_ms, 3);
    jw_key(w, "cpu_ms");
    jw_fixed(w, cpu_ms, 3);
    jw_kint(w, "max_rss_kb", max_rss_kb);
    jw_close(w, '}');
}

void record_write(const struct execution *x, uint32_t i, struct str key, struct buf *out)
{
    const struct run_result *r = &x->runs[i];
    struct jsonw w = {.out = out};
    jw_open(&w, '{');
    jw_kstr(&w, "key", key);
    jw_kbool(&w, "success", r->verdict == VERDICT_ok);
    jw_kcstr(&w, "verdict", verdict_name(r->verdict));
    output_json(&w, "stdout", r->out);
    output_json(&w, "stderr", r->err);
    jw_kint(&w, "exit_code", r->exit_code);
    jw_kbool(&w, "truncated", r->truncated);
    jw_key(&w, "faults");
    jw_open(&w, '[');
    for (uint32_t f = 0; f < r->n_faults; f++) {
        jw_open(&w, '{');
        jw_kint(&w, "kind", r->faults[f].kind);
        jw_kint(&w, "site", r->faults[f].site);
        jw_close(&w, '}');
    }
    jw_close(&w, ']');
    write_figures(&w, "compile", x->compile.wall_ms, x->compile.cpu_ms, x->compile.max_rss_kb);
    write_figures(&w, "run", r->wall_ms, r->cpu_ms, r->max_rss_kb);
    jw_kstr(&w, "image", x->image);
    jw_close(&w, '}');
}

int record_output(const struct jdoc *d, const char *name, struct arena *arena, struct str *ret)
{
    char key[40];
    snprintf(key, sizeof(key), "%s_base64", name);
    struct str text = jget_str(d, 0, key), plain = jget_str(d, 0, name);
    if (!text.s && !plain.s)
        return -ENOENT;
    if (!text.s) {
        *ret = arena_str(arena, plain);
        return ret->s ? 0 : -ENOMEM;
    }
    unsigned char *bytes = arena_alloc(arena, text.n);
    size_t n = 0;
    if (!bytes)
        return -ENOMEM;
    if (sodium_base642bin(bytes, text.n, text.s, text.n, NULL, &n, NULL,
                          sodium_base64_VARIANT_ORIGINAL) != 0)
        return -ENOENT;
    *ret = (struct str){(const char *)bytes, n};
    return 0;
}

static int read_faults(struct execution *x, struct run_result *r, const struct jdoc *d, uint32_t v)
{
    if (!jdoc_is(d, v, JSON_ARRAY))
        return -ENOENT;
    r->faults = arena_new_array(&x->arena, d->vals[v].count, struct site_fault);
    if (!r->faults)
        return -ENOMEM;
    for (uint32_t it = jdoc_first(d, v); it != JSON_NONE; it = jdoc_next(d, v, it))
        r->faults[r->n_faults++] = (struct site_fault){(uint32_t)jget_int(d, it, "kind", 0),
                                                       (uint32_t)jget_int(d, it, "site", 0)};
    return 0;
}

static int read_document(struct execution *x, uint32_t i, const struct jdoc *d)
{
    uint32_t compile = jdoc_get(d, 0, "compile"), run = jdoc_get(d, 0, "run");
    struct run_result *r = &x->runs[i];
    *r = (struct run_result){
        .exit_code = jget_int(d, 0, "exit_code", -1),
        .truncated = jget_bool(d, 0, "truncated", false),
        .wall_ms = jget_real(d, run, "wall_ms"),
        .cpu_ms = jget_real(d, run, "cpu_ms"),
        .max_rss_kb = jget_int(d, run, "max_rss_kb", 0),
    };
    if (!verdict_parse(jget_str(d, 0, "verdict"), &r->verdict))
        return -ENOENT;
    x->image = arena_str(&x->arena, jget_str(d, 0, "image"));
    x->compile = (struct compile_result){.ran = true,
                                         .wall_ms = jget_real(d, compile, "wall_ms"),
                                         .cpu_ms = jget_real(d, compile, "cpu_ms"),
                                         .max_rss_kb = jget_int(d, compile, "max_rss_kb", 0)};
    int rc = record_output(d, "stdout", &x->arena, &r->out);
    if (rc == 0)
        rc = record_output(d, "stderr", &x->arena, &r->err);
    return rc < 0 ? rc : read_faults(x, r, d, jdoc_get(d, 0, "faults"));
}

int record_read(struct execution *x, uint32_t i, struct str record, struct str key)
{
    struct jdoc d = {0};
    int rc = jdoc_parse(&d, record.s, record.n, NULL, NULL) < 0 ? -ENOENT : 0;
    if (rc == 0 && !str_eq(jget_str(&d, 0, "key"), key))
        rc = -ENOENT;
    if (rc == 0)
        rc = read_document(x, i, &d);
    x->runs[i].cached = rc == 0;
    jdoc_free(&d);
    return rc;
}

int binary_pack(struct str key, struct str binary, struct buf *out)
{
    buf_str(out, key);
    buf_putc(out, '\0');
    buf_str(out, binary);
    return out->error;
}

struct str binary_unpack(struct str entry, struct str key)
{
    if (entry.n <= key.n || memcmp(entry.s, key.s, key.n) != 0 || entry.s[key.n] != '\0')
        return (struct str){0};
    return (struct str){entry.s + key.n + 1, entry.n - key.n - 1};
}
