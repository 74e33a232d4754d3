/*
 * fuzz_node_defs.c - any bytes as a request's definitions of external nodes (libFuzzer).
 *
 * What is accepted may stand in C++: a function is a possibly qualified identifier, an include stands on
 * the list, a type is one of the language's.
 */
#include "front.h"
#include "types.h"

#include <errno.h>

#include "must.h"

static bool allowed(struct str include)
{
    uint32_t n;
    const struct str *list = gb_default_includes(&n);
    for (uint32_t i = 0; i < n; i++)
        if (str_eq(list[i], include))
            return true;
    return include.n == 0;
}

static bool plain_name(struct str name)
{
    for (size_t i = 0; i < name.n; i++)
        if (!strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_:", name.s[i]))
            return false;
    return name.n > 0 && name.n <= GB_MAX_IDENTIFIER;
}

static void examine(const struct gb_extern *ext)
{
    if (!ext->function.n)
        return; /* refused; the report says why */
    MUST(plain_name(ext->function));
    MUST(allowed(ext->include));
    MUST(ext->ret.base <= GB_STRING);
    MUST(ext->n_params <= GB_MAX_PARAMS);
    for (uint32_t i = 0; i < ext->n_params; i++)
        MUST(ext->params[i].type.base <= GB_STRING && ext->params[i].type.base != GB_VOID);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct gb_policy policy = {0};
    cleanup_buf struct buf text = BUF_INIT(0);
    buf_puts(&text, "{\"nodes\":[],\"node_defs\":");
    buf_put(&text, data, size);
    buf_putc(&text, '}');
    struct jdoc doc;
    if (!jdoc_parse(&doc, text.data, text.len, NULL, NULL)) {
        struct gb_program program = {.doc = &doc};
        struct gb_report report = {0};
        struct gb_front f = {
            .program = &program, .report = &report, .policy = &policy, .doc = &doc};
        f.ir = 0;
        f.node_defs = jdoc_get(&doc, 0, "node_defs");
        MUST(gb_decode(&f) == 0);
        for (uint32_t i = 0; i < f.n_externs; i++)
            examine(&f.externs[i]);
        gb_report_free(&report);
        arena_free(&program.arena);
    }
    jdoc_free(&doc);
    return 0;
}
