/*
 * metamorphic.c - rewrites every program of tests/cases and compares.
 *
 *     metamorphic [NAME...]
 *
 * Rewrites that keep the meaning (other ids and names, other order of nodes, edges and keys, another
 * dialect, positional for named ports, noise), one at a time and all at once: the hash, the number of
 * sites and the evaluator's output and fault must stay, and the fault must still stand at the same
 * node. Rewrites that change it (a literal, an operation, an edge, a type, the order of statements):
 * the hash must change, unless the graph is refused.
 */
#include "rewrite.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

#define CASES "tests/cases"
#define ROUNDS 2 /* of each rewrite, with other random numbers */
#define MAX_STEPS 100000

/* A request through the compiler and the evaluator. */
struct run {
    struct jdoc doc;
    struct gb_report report;
    struct gb_program *program; /* NULL when it is refused */
    struct arena arena;
    struct gb_identity id;
    struct gb_eval_result result;
    int evaluated; /* gb_eval's answer */
};

static void run_free(struct run *r)
{
    buf_free(&r->result.output);
    arena_free(&r->arena);
    gb_program_free(r->program);
    gb_report_free(&r->report);
    jdoc_free(&r->doc);
}

static bool run_request(struct run *r, const char *text)
{
    *r = (struct run){0};
    struct err err = {0};
    if (jdoc_parse(&r->doc, text, strlen(text), NULL, &err))
        return false;
    uint32_t defs, ir = gb_request_ir(&r->doc, 0, &defs);
    if (gb_front(&r->doc, ir, defs, NULL, &r->report, &r->program) ||
        gb_identify(r->program, &r->arena, &r->id))
        return false;
    struct gb_eval_options options = {.input = jdoc_str(&r->doc, jdoc_get(&r->doc, 0, "stdin")),
                                      .max_steps = MAX_STEPS};
    r->evaluated = gb_eval(r->program, &options, &r->result);
    return true;
}

/* The number of the node a fault stands at; 0 for none. */
static uint32_t fault_number(const struct run *r)
{
    if (r->result.fault == GB_FAULT_none || r->result.fault_node == GB_NIL)
        return 0;
    return r->result.fault_func == GB_NIL
               ? r->id.main_number[r->result.fault_node]
               : r->id.func_number[r->result.fault_func][r->result.fault_node];
}

/* What is unlike between a program and its rewriting; NULL when nothing is. */
static const char *difference(const struct run *a, const struct run *b)
{
    if (memcmp(a->id.hash, b->id.hash, GB_HASH_BYTES) != 0)
        return "the hash";
    if (a->id.n_sites != b->id.n_sites)
        return "the number of sites";
    if (a->evaluated != b->evaluated)
        return "whether it can be evaluated";
    if (a->evaluated)
        return NULL;
    if (!str_eq(buf_view(&a->result.output), buf_view(&b->result.output)))
        return "the output";
    if (a->result.exit_code != b->result.exit_code || a->result.fault != b->result.fault)
        return "the exit code or fault";
    return fault_number(a) != fault_number(b) ? "the node at fault" : NULL;
}

struct tally {
    unsigned programs, kept, changed, failures;
};

static json_t *ir_of(json_t *request)
{
    json_t *ir = json_object_get(request, "ir");
    return ir ? ir : request;
}

static void report(struct tally *t, const char *name, const char *rewrite, const char *what,
                   const char *text)
{
    t->failures++;
    fprintf(stderr, "FAIL %s, %s: %s\n%s\n", name, rewrite, what, text);
}

/* Holds a rewritten request against the program it was made from. */
static void compare(struct tally *t, const char *name, const char *rewrite,
                    const struct run *before, json_t *request, bool keeps)
{
    char *text = json_dumps(request, JSON_PRESERVE_ORDER | JSON_INDENT(1));
    struct run after;
    bool accepted = text && run_request(&after, text);
    if (keeps) {
        const char *what = accepted ? difference(before, &after) : "it is refused";
        t->kept++;
        if (what)
            report(t, name, rewrite, what, text);
        if (!accepted && text && after.report.n_errors)
            fprintf(stderr, "%.*s\n", STR_ARG(after.report.errors[0].message));
    } else if (accepted) {
        t->changed++;
        if (memcmp(before->id.hash, after.id.hash, GB_HASH_BYTES) == 0)
            report(t, name, rewrite, "the hash stays", text);
    }
    if (text)
        run_free(&after);
    free(text);
}

static void try_rewrites(struct tally *t, const char *name, const struct run *before,
                         json_t *request, const struct rewrite *list, bool keeps)
{
    for (const struct rewrite *w = list; w->name; w++)
        for (uint64_t round = 0; round < ROUNDS; round++) {
            struct rewriting r = {.p = before->program, .id = &before->id, .random = round * 7919};
            json_t *copy = json_deep_copy(request);
            w->apply(&r, ir_of(copy));
            if (r.applied)
                compare(t, name, w->name, before, copy, keeps);
            json_decref(copy);
        }
}

/* Those that go by the model's numbers of nodes and functions come before those that move them. */
static void try_all_at_once(struct tally *t, const char *name, const struct run *before,
                            json_t *request)
{
    static const char *const order[] = {"positional",     "dialect", "variables", "functions",
                                        "edges",          "noise",   "nodes",     "ids",
                                        "function order", "keys"};
    json_t *copy = json_deep_copy(request);
    for (size_t i = 0; i < sizeof order / sizeof *order; i++)
        for (const struct rewrite *w = gb_neutral; w->name; w++) {
            struct rewriting r = {.p = before->program, .id = &before->id, .random = i};
            if (strcmp(w->name, order[i]) == 0)
                w->apply(&r, ir_of(copy));
        }
    compare(t, name, "all at once", before, copy, true);
    json_decref(copy);
}

static void try_case(struct tally *t, const char *name)
{
    char path[512];
    struct run before;
    snprintf(path, sizeof path, CASES "/%s/request.json", name);
    json_t *request = json_load_file(path, JSON_REJECT_DUPLICATES, NULL);
    char *text = request ? json_dumps(request, JSON_PRESERVE_ORDER) : NULL;
    if (!text) { /* not JSON, or JSON that only a refusal can hold */
        json_decref(request);
        return;
    }
    if (run_request(&before, text)) {
        t->programs++;
        try_rewrites(t, name, &before, request, gb_neutral, true);
        try_rewrites(t, name, &before, request, gb_changing, false);
        try_all_at_once(t, name, &before, request);
    }
    run_free(&before);
    free(text);
    json_decref(request);
}

int main(int argc, char **argv)
{
    struct tally t = {0};
    for (int i = 1; i < argc; i++)
        try_case(&t, argv[i]);
    DIR *dir = argc > 1 ? NULL : opendir(CASES);
    for (struct dirent *e; dir && (e = readdir(dir));)
        if (e->d_name[0] != '.')
            try_case(&t, e->d_name);
    if (dir)
        closedir(dir);
    printf("%u programs: %u rewritings that keep the meaning, %u that change it: %u failures\n",
           t.programs, t.kept, t.changed, t.failures);
    return t.failures != 0 || t.programs == 0 || t.kept == 0 || t.changed == 0;
}
