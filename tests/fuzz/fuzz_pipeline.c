/*
 * fuzz_pipeline.c - any bytes as a request, through the whole compiler (libFuzzer).
 *
 * Nothing may crash, leak or take long; a refusal has at least one error; what is accepted can be hashed,
 * emitted, run and written back, and what is written back is accepted again and means the same.
 */
#include "gb.h"

#include "base/jsonw.h"

#include <errno.h>

#include "must.h"

struct compiled {
    struct jdoc doc;
    struct gb_report report;
    struct gb_program *program;
    struct arena arena;
    struct gb_identity identity;
};

static bool compile(struct compiled *c, const char *text, size_t n)
{
    uint32_t defs, ir;
    *c = (struct compiled){0};
    if (jdoc_parse(&c->doc, text, n, NULL, NULL))
        return false;
    ir = gb_request_ir(&c->doc, 0, &defs);
    if (ir == JSON_NONE)
        return false;
    int e = gb_front(&c->doc, ir, defs, NULL, &c->report, &c->program);
    MUST(e == 0 || e == -EINVAL);
    MUST((e == 0) == (c->report.n_errors == 0));
    if (!e)
        MUST(gb_identify(c->program, &c->arena, &c->identity) == 0);
    return e == 0;
}

static void release(struct compiled *c)
{
    arena_free(&c->arena);
    gb_program_free(c->program);
    gb_report_free(&c->report);
    jdoc_free(&c->doc);
}

static void write_report(const struct gb_report *r)
{
    cleanup_buf struct buf out = BUF_INIT(0);
    struct jsonw w = {.out = &out};
    gb_report_json(r->errors, r->n_errors, &w);
    struct jdoc doc = {0};
    if (r->n_errors)
        MUST(jdoc_parse(&doc, out.data, out.len, NULL, NULL) == 0);
    jdoc_free(&doc);
}

static void emit_and_run(const struct compiled *c)
{
    struct gb_emission emission = {0};
    struct gb_eval_result result = {0};
    const struct gb_eval_options budget = {.input = STR("1 two\nthree\n"),
                                           .max_steps = 20000,
                                           .max_memory = (size_t)4 << 20,
                                           .max_output = (size_t)64 << 10,
                                           .max_depth = 200};
    int e = gb_emit(c->program, &c->identity, &(struct gb_emit_options){0}, &emission);
    MUST(e == 0 || e == -E2BIG);
    gb_emission_free(&emission);
    e = gb_eval(c->program, &budget, &result);
    MUST(e == 0 || e == -ENOTSUP);
    buf_free(&result.output);
}

static void write_back(const struct compiled *c)
{
    cleanup_buf struct buf out = BUF_INIT(0);
    struct compiled again;
    MUST(gb_format(c->program, &out) == 0);
    MUST(compile(&again, out.data, out.len));
    MUST(memcmp(again.identity.hash, c->identity.hash, GB_HASH_BYTES) == 0);
    release(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct compiled c;
    if (compile(&c, (const char *)data, size)) {
        emit_and_run(&c);
        write_back(&c);
    }
    write_report(&c.report);
    release(&c);
    return 0;
}
