/*
 * execute.c - POST /v1/execute: C and C++ sources.
 */
#include <errno.h>
#include <sodium.h>

#include "../sandbox/screen.h"
#include "handlers.h"
#include "jget.h"
#include "pipeline.h"
#include "reply.h"
#include "service.h"
#include "work.h"

#define NAME_MAX_BYTES 64

/* A plain file name that the compiler cannot take for an option or a path. */
static bool good_name(struct str name)
{
    if (name.n == 0 || name.n > NAME_MAX_BYTES || name.s[0] == '-' || name.s[0] == '.')
        return false;
    for (size_t i = 0; i < name.n; i++) {
        char c = name.s[i];
        bool good = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                    c == '_' || c == '-' || c == '.';
        if (!good)
            return false;
    }
    return true;
}

static bool ends_with(struct str name, const char *suffix)
{
    size_t n = strlen(suffix);
    return name.n > n && memcmp(name.s + name.n - n, suffix, n) == 0;
}

static bool is_header(struct str name)
{
    return ends_with(name, ".h") || ends_with(name, ".hpp");
}

/* {name: text} of the request; OUTCOME_ok or the problem that is written. */
static enum outcome read_files(struct request *q, uint32_t files, struct work *w)
{
    const char *suffix = w->language[1] ? ".cpp" : ".c";
    uint32_t n_sources = 0;
    for (uint32_t it = jdoc_first(&q->doc, files); it != JSON_NONE;
         it = jdoc_next(&q->doc, files, it)) {
        struct str name = jdoc_str(&q->doc, it);
        int shown = name.n > NAME_MAX_BYTES ? NAME_MAX_BYTES : (int)name.n;
        if (!good_name(name) || (!is_header(name) && !ends_with(name, suffix)))
            return problem(q, OUTCOME_bad_field,
                           "`files`: `%.*s` is no name of a %s source (letters, digits, _ - . and "
                           "the ending %s, .h or .hpp)",
                           shown, name.s, w->language, suffix);
        n_sources += !is_header(name);
        w->sources[w->n_sources++] = (struct source_file){name, jdoc_str(&q->doc, it + 1)};
    }
    if (n_sources == 0)
        return problem(q, OUTCOME_bad_field, "`files` has no source that ends in %s", suffix);
    return OUTCOME_ok;
}

static enum outcome read_sources(struct request *q, uint32_t body, struct work *w)
{
    struct str code = jget_str(&q->doc, body, "code");
    uint32_t files = jdoc_get(&q->doc, body, "files");
    bool has_code = code.s != NULL, has_files = jdoc_is(&q->doc, files, JSON_OBJECT);
    if (!has_code && !has_files)
        return problem(q, OUTCOME_no_code,
                       "`code` (a source) or `files` (sources by name) is needed");
    if (has_code && has_files)
        return problem(q, OUTCOME_bad_field, "`code` and `files` exclude each other");
    uint32_t n = has_files ? q->doc.vals[files].count : 1;
    w->sources = arena_new_array(&q->arena, n, struct source_file);
    if (!w->sources)
        return problem(q, OUTCOME_internal, "no memory for the request");
    if (has_files)
        return read_files(q, files, w);
    w->sources[0] = (struct source_file){w->language[1] ? STR("main.cpp") : STR("main.c"), code};
    w->n_sources = 1;
    return OUTCOME_ok;
}

static enum outcome check_size(struct request *q, const struct work *w)
{
    size_t total = 0, most = (size_t)q->service->cfg.max_source_kb << 10;
    for (uint32_t i = 0; i < w->n_sources; i++)
        total += w->sources[i].text.n;
    if (total <= most)
        return OUTCOME_ok;
    return problem(q, OUTCOME_bad_field, "the sources have %zu bytes; at most %zu are accepted",
                   total, most);
}

/* The name of the program in cache keys and the audit: every byte of every file, in order. */
static void hash_sources(struct work *w)
{
    unsigned char hash[crypto_hash_sha256_BYTES];
    crypto_hash_sha256_state st;
    crypto_hash_sha256_init(&st);
    for (uint32_t i = 0; i < w->n_sources; i++) {
        const struct source_file *f = &w->sources[i];
        const uint64_t sizes[2] = {f->name.n, f->text.n};
        crypto_hash_sha256_update(&st, (const unsigned char *)sizes, sizeof(sizes));
        crypto_hash_sha256_update(&st, (const unsigned char *)f->name.s, f->name.n);
        crypto_hash_sha256_update(&st, (const unsigned char *)f->text.s, f->text.n);
    }
    crypto_hash_sha256_final(&st, hash);
    sodium_bin2hex(w->program_hash, sizeof(w->program_hash), hash, sizeof(hash));
}

/* Screens the sources; *ret_violations is empty when they pass. */
static int screen(struct request *q, const struct work *w, struct buf *ret_violations)
{
    const struct service *s = q->service;
    const struct screen_policy policy = {
        .headers = s->headers, .n_headers = s->n_headers, .cxx = w->language[1] != '\0'};
    struct screen_file *files = arena_new_array(&q->arena, w->n_sources, struct screen_file);
    struct gb_screening found = {0};
    if (!files)
        return -ENOMEM;
    for (uint32_t i = 0; i < w->n_sources; i++)
        files[i] = (struct screen_file){w->sources[i].name, w->sources[i].text};
    int rc = gb_screen(files, w->n_sources, &policy, &found);
    if (rc == 0 && found.n_violations) {
        struct jsonw j = {.out = ret_violations};
        gb_violations_json(&found, &j);
    }
    gb_screening_free(&found);
    return rc;
}

enum outcome handle_execute(struct request *q, uint32_t body)
{
    bool cxx = str_eqc(jget_str(&q->doc, body, "language"), "c++");
    struct work w = {
        .kind = "execute", .language = cxx ? "c++" : "c", .optimize = 2, .werror = true};
    cleanup_buf struct buf violations = BUF_INIT(0);
    struct timespec from;
    clock_gettime(CLOCK_MONOTONIC, &from);
    enum outcome o = read_sources(q, body, &w);
    if (o == OUTCOME_ok)
        o = check_size(q, &w);
    if (o != OUTCOME_ok)
        return o;
    hash_sources(&w);
    if (work_read_common(&w, &q->service->cfg, &q->doc, body, &q->arena) < 0 ||
        screen(q, &w, &violations) < 0)
        return problem(q, OUTCOME_internal, "no memory for the sources");
    w.use_cache &= !request_no_store(q);
    phase_end(q, PHASE_validate, &from);
    if (violations.len)
        return pipeline_blocked(q, &w, buf_cstr(&violations));
    return pipeline_run(q, &w);
}
