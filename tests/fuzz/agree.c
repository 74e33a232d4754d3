/*
 * agree.c - random graphs: the evaluator and the compiled program must agree on every byte and
 * fault, and the graph written in the canonical form must mean the same.
 *
 *     agree [--from SEED] [--count N] [--variant O0|O2|sanitized]
 *     agree --show SEED        writes that graph
 *
 * A graph that disagrees, or is refused, is left as build/fuzz-SEED.json. Graphs that need more
 * than the evaluator's budget are counted apart.
 */
#include "../native/native.h"
#include "base/cleanup.h"
#include "base/jsonw.h"
#include "gb.h"
#include "generate.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#define BATCH 200
#define MAX_STEPS 200000

static const struct native_variant VARIANTS[] = {
    {"O0", "g++", {"-O0", NULL}, false},
    {"O2", "g++", {"-O2", NULL}, false},
    {"sanitized",
     "g++",
     {"-O1", "-fsanitize=address,undefined", "-fno-sanitize-recover=all", NULL},
     false},
};

/* One graph of a batch. */
struct trial {
    uint64_t seed;
    struct buf graph, input;
    struct jdoc doc;
    struct gb_program *program;
    struct gb_identity identity;
    struct arena arena;
    struct gb_eval_result evaluated;
    uint32_t number; /* in the native binary; GB_NIL: not compiled */
};

struct tally {
    uint64_t agreed, faulted, over_budget, failed;
};

static void complain(struct tally *t, const struct trial *c, const char *what)
{
    char path[64];
    snprintf(path, sizeof path, "build/fuzz-%llu.json", (unsigned long long)c->seed);
    fprintf(stderr, "seed %llu: %s (%s)\n", (unsigned long long)c->seed, what, path);
    FILE *f = fopen(path, "we");
    if (f) {
        fwrite(c->graph.data, 1, c->graph.len, f);
        fclose(f);
    }
    t->failed++;
}

static void show_report(const struct gb_report *report)
{
    cleanup_buf struct buf out = BUF_INIT(0);
    struct jsonw w = {.out = &out};
    gb_report_json(report->errors, report->n_errors < 3 ? report->n_errors : 3, &w);
    fprintf(stderr, "  %s\n", buf_cstr(&out));
}

static int read_graph(struct buf *text, struct jdoc *doc, struct gb_report *report,
                      struct gb_program **ret)
{
    static const struct gb_policy policy;
    uint32_t defs = JSON_NONE;
    if (jdoc_parse(doc, buf_cstr(text), text->len, NULL, NULL))
        return -EINVAL;
    return gb_front(doc, gb_request_ir(doc, 0, &defs), defs, &policy, report, ret);
}

static bool accept(struct tally *t, struct trial *c)
{
    struct gb_report *report = calloc(1, sizeof *report);
    int r = report ? read_graph(&c->graph, &c->doc, report, &c->program) : -ENOMEM;
    if (r) {
        complain(t, c, "is refused");
        if (report)
            show_report(report);
    }
    if (report)
        gb_report_free(report);
    free(report);
    return r == 0;
}

/* The canonical form, read again, has the same hash. */
static bool means_the_same_written(const struct trial *c)
{
    cleanup_buf struct buf text = BUF_INIT(0);
    struct gb_report *report = calloc(1, sizeof *report);
    struct gb_program *again = NULL;
    struct gb_identity identity = {0};
    struct arena arena = {0};
    struct jdoc doc = {0};
    bool same = report && gb_format(c->program, &text) == 0 &&
                read_graph(&text, &doc, report, &again) == 0 &&
                gb_identify(again, &arena, &identity) == 0 &&
                memcmp(identity.hash, c->identity.hash, GB_HASH_BYTES) == 0;
    gb_program_free(again);
    if (report)
        gb_report_free(report);
    free(report);
    arena_free(&arena);
    jdoc_free(&doc);
    return same;
}

static bool evaluate(struct tally *t, struct trial *c)
{
    struct gb_eval_options options = {.input = buf_view(&c->input), .max_steps = MAX_STEPS};
    if (gb_eval(c->program, &options, &c->evaluated)) {
        complain(t, c, "cannot be evaluated");
        return false;
    }
    enum gb_fault f = c->evaluated.fault;
    bool over =
        f == GB_FAULT_step_limit || f == GB_FAULT_memory_limit || f == GB_FAULT_output_limit;
    t->over_budget += over;
    return !over;
}

static void prepare(struct tally *t, struct trial *c, struct native *native)
{
    struct gb_emission e = {0};
    struct gb_emit_options options = {0};
    generate_graph(c->seed, &c->graph, &c->input);
    if (!accept(t, c) || !evaluate(t, c))
        return;
    if (gb_identify(c->program, &c->arena, &c->identity) ||
        gb_emit(c->program, &c->identity, &options, &e)) {
        complain(t, c, "cannot be emitted");
    } else if (!means_the_same_written(c)) {
        complain(t, c, "means something else when it is written back");
    } else {
        c->number = native->n;
        native_add(native, buf_view(&e.cpp));
    }
    gb_emission_free(&e);
}

static bool same_place(const struct trial *c, uint32_t site)
{
    if (site == 0 || site >= c->identity.n_sites)
        return c->evaluated.fault_node == GB_NIL;
    const struct gb_site *s = &c->identity.sites[site];
    return s->func == c->evaluated.fault_func && s->node == c->evaluated.fault_node;
}

static void compare(struct tally *t, const struct trial *c, const struct native *native,
                    const char *variant)
{
    struct native_result r = {0};
    if (native_run(native, variant, c->number, buf_view(&c->input), &r)) {
        complain(t, c, "cannot be run");
        return;
    }
    uint64_t failed = t->failed;
    if (!str_eq(buf_view(&r.output), buf_view(&c->evaluated.output)))
        complain(t, c, "prints something else");
    else if (r.fault != c->evaluated.fault || r.exit_code != c->evaluated.exit_code)
        complain(t, c, "ends in another way");
    else if (r.fault && !same_place(c, r.site))
        complain(t, c, "faults at another node");
    else
        t->agreed++;
    if (t->failed != failed)
        fprintf(stderr,
                "  evaluator: exit %d, fault %d, %zu bytes; program: exit %d, fault %u, "
                "%zu bytes\n%.600s\n",
                c->evaluated.exit_code, (int)c->evaluated.fault, c->evaluated.output.len,
                r.exit_code, r.fault, r.output.len, buf_cstr(&r.errors));
    t->faulted += r.fault != 0;
    native_result_free(&r);
}

static void discard(struct trial *c)
{
    gb_program_free(c->program);
    jdoc_free(&c->doc);
    arena_free(&c->arena);
    buf_free(&c->graph);
    buf_free(&c->input);
    buf_free(&c->evaluated.output);
}

static void run_batch(struct tally *t, uint64_t from, unsigned count,
                      const struct native_variant *variant)
{
    static struct trial trials[BATCH];
    struct native native;
    if (native_open(&native)) {
        t->failed++;
        return;
    }
    for (unsigned i = 0; i < count; i++) {
        trials[i] = (struct trial){.seed = from + i, .number = GB_NIL};
        prepare(t, &trials[i], &native);
    }
    if (!native_build(&native, variant, 1, 2)) {
        fprintf(stderr, "seeds %llu to %llu: the C++ does not compile\n", (unsigned long long)from,
                (unsigned long long)from + count - 1);
        t->failed++;
    } else {
        for (unsigned i = 0; i < count; i++)
            if (trials[i].number != GB_NIL)
                compare(t, &trials[i], &native, variant->name);
    }
    for (unsigned i = 0; i < count; i++)
        discard(&trials[i]);
    native_close(&native);
}

static int show(uint64_t seed)
{
    cleanup_buf struct buf graph = BUF_INIT(0), input = BUF_INIT(0);
    generate_graph(seed, &graph, &input);
    fwrite(graph.data, 1, graph.len, stdout);
    fprintf(stderr, "%s", buf_cstr(&input));
    return 0;
}

static const struct native_variant *find_variant(const char *name)
{
    for (size_t i = 0; i < sizeof VARIANTS / sizeof *VARIANTS; i++)
        if (strcmp(VARIANTS[i].name, name) == 0)
            return &VARIANTS[i];
    return NULL;
}

int main(int argc, char **argv)
{
    uint64_t from = 1, count = BATCH;
    const struct native_variant *variant = &VARIANTS[0];
    for (int i = 1; i + 1 < argc; i += 2) {
        if (strcmp(argv[i], "--show") == 0)
            return show(strtoull(argv[i + 1], NULL, 10));
        if (strcmp(argv[i], "--from") == 0)
            from = strtoull(argv[i + 1], NULL, 10);
        else if (strcmp(argv[i], "--count") == 0)
            count = strtoull(argv[i + 1], NULL, 10);
        else if (strcmp(argv[i], "--variant") == 0)
            variant = find_variant(argv[i + 1]);
    }
    if (!variant)
        return 2;
    struct tally t = {0};
    for (uint64_t done = 0; done < count; done += BATCH)
        run_batch(&t, from + done, count - done < BATCH ? (unsigned)(count - done) : BATCH,
                  variant);
    printf("%llu graphs agree (%llu of them with a fault), %llu over the budget, %llu failures\n",
           (unsigned long long)t.agreed, (unsigned long long)t.faulted,
           (unsigned long long)t.over_budget, (unsigned long long)t.failed);
    return t.failed != 0 || t.agreed == 0;
}
