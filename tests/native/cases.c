/*
 * cases.c - runs the cases of tests/cases: programs with their output, refusals with their errors.
 *
 *     cases [--evaluator] [NAME...]
 *
 * Each case is a folder with request.json (what a client would send) and expect.json, which is
 *
 *     {"stdout", "exit_code", "fault"?: {"kind", "node", "function"?}}      or
 *     {"errors": [{"code", "node"?, "pointer"?, "words"?, any other member of an error}, ...]}
 *
 * A program must give that from the evaluator, from g++ at -O0 and at -O2 and under the sanitizers,
 * and its C++ must compile without a warning under g++ and clang++. A refusal must give exactly the
 * errors named, in any order; `pointer` may point at what holds the fault, `words` stand in the
 * message. --evaluator leaves the compilers out.
 */
#include "base/cleanup.h"
#include "base/jsonw.h"
#include "gb.h"
#include "native.h"

#include <dirent.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#define CASES "tests/cases"
#define WARNINGS "-Wall", "-Wextra", "-Wconversion", "-Werror"

static const struct native_variant VARIANTS[] = {
    {"O0", "g++", {"-O0", WARNINGS, NULL}, false},
    {"O2", "g++", {"-O2", WARNINGS, NULL}, false},
    {"sanitized",
     "g++",
     {"-O1", "-fsanitize=address,undefined", "-fno-sanitize-recover=all", NULL},
     false},
    {"clang", "clang++", {"-O0", WARNINGS, NULL}, true},
};
#define N_VARIANTS (sizeof VARIANTS / sizeof *VARIANTS)

struct testcase {
    char *name;
    struct buf request, expect;
    struct jdoc doc, wanted;
    struct gb_report report;
    struct gb_program *program; /* NULL when it was refused */
    struct gb_identity identity;
    struct arena arena;
    uint32_t number; /* in the native binaries; GB_NIL: none */
};

struct run {
    struct testcase *cases;
    size_t n, n_programs;
    unsigned failed;
    struct native native;
};

/* ---- loading -------------------------------------------------------------------------------- */

static bool read_file(const char *folder, const char *name, struct buf *ret)
{
    char path[512], piece[4096];
    size_t n;
    snprintf(path, sizeof path, CASES "/%s/%s", folder, name);
    FILE *f = fopen(path, "re");
    while (f && (n = fread(piece, 1, sizeof piece, f)) > 0)
        buf_put(ret, piece, n);
    if (f)
        fclose(f);
    return f && !ret->error;
}

static void fail(struct run *run, const struct testcase *c, const char *how, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));

static void fail(struct run *run, const struct testcase *c, const char *how, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    run->failed++;
    fprintf(stderr, "FAIL %s (%s): ", c->name, how);
    vfprintf(stderr, fmt, ap);
    fputc('\n', stderr);
    va_end(ap);
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static bool is_asked_for(const char *name, char **names)
{
    if (!*names)
        return true;
    for (; *names; names++)
        if (strcmp(*names, name) == 0)
            return true;
    return false;
}

static void find_cases(struct run *run, char **names)
{
    DIR *d = opendir(CASES);
    const struct dirent *entry;
    size_t room = 0;
    while (d && (entry = readdir(d))) {
        if (entry->d_name[0] == '.' || !is_asked_for(entry->d_name, names))
            continue;
        if (run->n == room) {
            room = room ? 2 * room : 64;
            run->cases = realloc(run->cases, room * sizeof *run->cases);
            if (!run->cases)
                abort();
        }
        run->cases[run->n++] = (struct testcase){.name = strdup(entry->d_name), .number = GB_NIL};
    }
    if (d)
        closedir(d);
    if (run->n)
        qsort(run->cases, run->n, sizeof *run->cases, by_name);
}

static bool load(struct run *run, struct testcase *c)
{
    struct err err = {0};
    if (!read_file(c->name, "request.json", &c->request) ||
        !read_file(c->name, "expect.json", &c->expect)) {
        fail(run, c, "files", "cannot be read");
        return false;
    }
    if (jdoc_parse(&c->doc, buf_cstr(&c->request), c->request.len, NULL, &err) ||
        jdoc_parse(&c->wanted, buf_cstr(&c->expect), c->expect.len, NULL, &err)) {
        fail(run, c, "files", "%s", err.message);
        return false;
    }
    uint32_t ir = jdoc_get(&c->doc, 0, "ir");
    int r = gb_front(&c->doc, ir == JSON_NONE ? 0 : ir, jdoc_get(&c->doc, 0, "node_defs"),
                     &(struct gb_policy){0}, &c->report, &c->program);
    if (r != 0 && r != -EINVAL)
        fail(run, c, "front", "error %d", r);
    return r == 0 || r == -EINVAL;
}

static void unload(struct testcase *c)
{
    gb_program_free(c->program);
    gb_report_free(&c->report);
    jdoc_free(&c->doc);
    jdoc_free(&c->wanted);
    buf_free(&c->request);
    buf_free(&c->expect);
    arena_free(&c->arena);
    free(c->name);
}

/* ---- refusals ------------------------------------------------------------------------------- */

static bool contains(struct str text, struct str part)
{
    return part.n == 0 || (text.n >= part.n && memmem(text.s, text.n, part.s, part.n));
}

/* `inner` is `outer` or something inside it. */
static bool points_into(struct str inner, struct str outer)
{
    return inner.n >= outer.n && str_eq((struct str){inner.s, outer.n}, outer) &&
           (inner.n == outer.n || inner.s[outer.n] == '/');
}

static bool words_match(const struct jdoc *d, uint32_t words, struct str message)
{
    for (uint32_t it = jdoc_first(d, words); it != JSON_NONE; it = jdoc_next(d, words, it))
        if (!contains(message, jdoc_str(d, it)))
            return false;
    return true;
}

static bool ports_match(const struct jdoc *d, uint32_t ports, const struct gb_error *e)
{
    uint32_t i = 0;
    for (uint32_t it = jdoc_first(d, ports); it != JSON_NONE; it = jdoc_next(d, ports, it), i++)
        if (i >= e->n_valid_ports || !str_eq(jdoc_str(d, it), e->valid_ports[i]))
            return false;
    return i == e->n_valid_ports;
}

static bool member_matches(const struct jdoc *d, uint32_t key, const struct gb_error *e)
{
    const struct {
        const char *name;
        struct str actual;
    } MEMBERS[] = {
        {"code", str_c(gb_code_name(e->code))},
        {"node", e->node},
        {"function", e->function},
        {"port", e->port},
        {"from", e->from},
        {"expected", e->expected},
        {"actual", e->actual},
        {"suggested_cast", e->suggested_cast},
        {"suggestion", e->suggestion},
    };
    struct str name = jdoc_str(d, key), value = jdoc_str(d, key + 1);
    if (str_eqc(name, "words"))
        return words_match(d, key + 1, e->message);
    if (str_eqc(name, "pointer"))
        return points_into(e->pointer, value);
    if (str_eqc(name, "valid_ports"))
        return ports_match(d, key + 1, e);
    for (size_t i = 0; i < sizeof MEMBERS / sizeof *MEMBERS; i++)
        if (str_eqc(name, MEMBERS[i].name))
            return str_eq(value, MEMBERS[i].actual);
    return false;
}

static bool error_matches(const struct jdoc *d, uint32_t wanted, const struct gb_error *e)
{
    for (uint32_t it = jdoc_first(d, wanted); it != JSON_NONE; it = jdoc_next(d, wanted, it))
        if (!member_matches(d, it, e))
            return false;
    return true;
}

static void show_errors(const struct testcase *c)
{
    cleanup_buf struct buf out = BUF_INIT(0);
    for (uint32_t i = 0; i < c->report.n_errors; i++) {
        struct jsonw w = {.out = &out};
        buf_puts(&out, "    ");
        gb_report_json(&c->report.errors[i], 1, &w);
        buf_putc(&out, '\n');
    }
    fprintf(stderr, "  got\n%s", buf_cstr(&out));
}

static void check_refusal(struct run *run, struct testcase *c, uint32_t errors)
{
    const struct jdoc *d = &c->wanted;
    bool taken[GB_MAX_ERRORS] = {0};
    uint32_t n_wanted = 0;
    unsigned before = run->failed;
    for (uint32_t it = jdoc_first(d, errors); it != JSON_NONE; it = jdoc_next(d, errors, it)) {
        uint32_t i = 0;
        n_wanted++;
        while (i < c->report.n_errors && (taken[i] || !error_matches(d, it, &c->report.errors[i])))
            i++;
        if (i < c->report.n_errors)
            taken[i] = true;
        else
            fail(run, c, "errors", "no error is %.*s",
                 STR_ARG(((struct str){d->text + d->vals[it].start,
                                       d->vals[it].end - d->vals[it].start})));
    }
    if (before == run->failed && c->report.n_errors != n_wanted)
        fail(run, c, "errors", "%u errors instead of %u", c->report.n_errors, n_wanted);
    if (before != run->failed)
        show_errors(c);
}

/* ---- programs ------------------------------------------------------------------------------- */

/* What a run gave, whoever ran it. */
struct outcome {
    struct str output;
    int exit_code;
    uint32_t fault, func, node;
};

static struct str node_id(const struct testcase *c, uint32_t func, uint32_t node)
{
    const struct gb_graph *g = func == GB_NIL ? &c->program->main : &c->program->funcs[func].graph;
    return node < g->n_nodes ? g->nodes[node].id : (struct str){0};
}

static void check_fault(struct run *run, const struct testcase *c, const char *how,
                        const struct outcome *o)
{
    const struct jdoc *d = &c->wanted;
    uint32_t fault = jdoc_get(d, 0, "fault");
    struct str kind = jdoc_str(d, jdoc_get(d, fault, "kind"));
    struct str node = jdoc_str(d, jdoc_get(d, fault, "node"));
    struct str function = jdoc_str(d, jdoc_get(d, fault, "function"));
    struct str got = o->fault ? str_c(gb_fault_name((enum gb_fault)o->fault)) : (struct str){0};
    if (!str_eq(kind, got)) {
        fail(run, c, how, "fault '%.*s' instead of '%.*s'", STR_ARG(got), STR_ARG(kind));
        return;
    }
    if (!o->fault)
        return;
    struct str where = o->func == GB_NIL ? (struct str){0} : c->program->funcs[o->func].name;
    if (!str_eq(node_id(c, o->func, o->node), node) || !str_eq(where, function))
        fail(run, c, how, "fault at '%.*s' of '%.*s'", STR_ARG(node_id(c, o->func, o->node)),
             STR_ARG(where));
}

static void check_outcome(struct run *run, const struct testcase *c, const char *how,
                          const struct outcome *o)
{
    const struct jdoc *d = &c->wanted;
    struct str stdout_wanted = jdoc_str(d, jdoc_get(d, 0, "stdout"));
    const struct jval *code = jdoc_at(d, jdoc_get(d, 0, "exit_code"));
    if (!str_eq(o->output, stdout_wanted))
        fail(run, c, how, "printed\n%.*s\n  instead of\n%.*s", STR_ARG(o->output),
             STR_ARG(stdout_wanted));
    if (!code || code->i != o->exit_code)
        fail(run, c, how, "exit code %d", o->exit_code);
    check_fault(run, c, how, o);
}

static struct str input_of(const struct testcase *c)
{
    return jdoc_str(&c->doc, jdoc_get(&c->doc, 0, "stdin"));
}

static void check_evaluator(struct run *run, const struct testcase *c)
{
    struct gb_eval_options options = {.input = input_of(c)};
    struct gb_eval_result result = {0};
    int r = gb_eval(c->program, &options, &result);
    struct outcome o = {buf_view(&result.output), result.exit_code, result.fault, result.fault_func,
                        result.fault_node};
    if (r)
        fail(run, c, "evaluator", "error %d", r);
    else
        check_outcome(run, c, "evaluator", &o);
    buf_free(&result.output);
}

static void emit(struct run *run, struct testcase *c)
{
    struct gb_emission e = {0};
    struct gb_emit_options options = {0};
    int r = gb_identify(c->program, &c->arena, &c->identity);
    if (!r)
        r = gb_emit(c->program, &c->identity, &options, &e);
    if (r) {
        fail(run, c, "emitter", "error %d", r);
    } else {
        c->number = run->native.n;
        native_add(&run->native, buf_view(&e.cpp));
    }
    gb_emission_free(&e);
}

static void check_native(struct run *run, const struct testcase *c, const char *variant)
{
    struct native_result r = {0};
    if (native_run(&run->native, variant, c->number, input_of(c), &r)) {
        fail(run, c, variant, "cannot be run");
        return;
    }
    bool known = r.site < c->identity.n_sites && r.site > 0;
    struct outcome o = {buf_view(&r.output), r.exit_code, r.fault,
                        known ? c->identity.sites[r.site].func : GB_NIL,
                        known ? c->identity.sites[r.site].node : GB_NIL};
    unsigned before = run->failed;
    check_outcome(run, c, variant, &o);
    if (before != run->failed)
        fprintf(stderr, "%s\n", buf_cstr(&r.errors));
    native_result_free(&r);
}

/* ---- the whole ------------------------------------------------------------------------------ */

static void check_front(struct run *run, struct testcase *c)
{
    uint32_t errors = jdoc_get(&c->wanted, 0, "errors");
    if (errors != JSON_NONE) {
        check_refusal(run, c, errors);
    } else if (!c->program) {
        fail(run, c, "front", "refused");
        show_errors(c);
    } else {
        run->n_programs++;
        check_evaluator(run, c);
    }
}

static void check_compiled(struct run *run)
{
    for (size_t i = 0; i < run->n; i++)
        if (run->cases[i].program)
            emit(run, &run->cases[i]);
    if (!native_build(&run->native, VARIANTS, N_VARIANTS, 2)) {
        fprintf(stderr, "FAIL: the emitted C++ does not compile cleanly\n");
        run->failed++;
        return;
    }
    for (size_t v = 0; v < N_VARIANTS; v++)
        for (size_t i = 0; !VARIANTS[v].check_only && i < run->n; i++)
            if (run->cases[i].number != GB_NIL)
                check_native(run, &run->cases[i], VARIANTS[v].name);
}

int main(int argc, char **argv)
{
    struct run run = {0};
    bool evaluator_only = argc > 1 && strcmp(argv[1], "--evaluator") == 0;
    find_cases(&run, argv + 1 + evaluator_only);
    for (size_t i = 0; i < run.n; i++)
        if (load(&run, &run.cases[i]))
            check_front(&run, &run.cases[i]);
    if (!evaluator_only && native_open(&run.native) == 0) {
        check_compiled(&run);
        native_close(&run.native);
    }
    for (size_t i = 0; i < run.n; i++)
        unload(&run.cases[i]);
    free(run.cases);
    printf("%zu cases, %zu of them programs%s: %u failures\n", run.n, run.n_programs,
           evaluator_only ? " (evaluator only)" : "", run.failed);
    return run.failed != 0 || run.n == 0;
}
