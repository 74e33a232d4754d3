/*
 * fuzz_ir.c - any bytes as an IR: decoded, resolved, structured, checked (libFuzzer).
 *
 * The front alone, so that it sees many times the inputs fuzz_pipeline.c can look at. What it says is
 * JSON, every pointer leads to a value of the request, and nothing is refused without a word.
 */
#include "gb.h"

#include "base/jsonw.h"

#include <errno.h>

#include "must.h"

static void examine(const struct jdoc *doc, const struct gb_error *list, uint32_t n)
{
    cleanup_buf struct buf out = BUF_INIT(0);
    struct jsonw w = {.out = &out};
    struct jdoc written = {0};
    gb_report_json(list, n, &w);
    MUST(jdoc_parse(&written, out.data, out.len, NULL, NULL) == 0);
    MUST(jdoc_is(&written, 0, JSON_ARRAY) && written.vals[0].count == n);
    jdoc_free(&written);
    for (uint32_t i = 0; i < n; i++)
        MUST(list[i].message.n && (list[i].jval == JSON_NONE || list[i].jval < doc->n_vals));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct jdoc doc;
    struct gb_report report = {0};
    struct gb_program *program = NULL;
    uint32_t defs, ir = JSON_NONE;
    if (!jdoc_parse(&doc, (const char *)data, size, NULL, NULL))
        ir = gb_request_ir(&doc, 0, &defs);
    if (ir != JSON_NONE) {
        int e = gb_front(&doc, ir, defs, NULL, &report, &program);
        MUST(e == 0 || e == -EINVAL);
        MUST((e == 0) == (report.n_errors == 0));
        examine(&doc, report.errors, report.n_errors);
        examine(&doc, report.warnings, report.n_warnings);
    }
    gb_program_free(program);
    gb_report_free(&report);
    jdoc_free(&doc);
    return 0;
}
