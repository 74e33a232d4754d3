/*
 * fuzz_screen.c - the lexer and the rules on any bytes, in both languages. What is held: every token
 * advances, stands inside the text, and places never go backwards.
 */
#include <stdlib.h>

#include "../../sandbox/screen.h"
#include "../../sandbox/screen/lexer.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void lex(struct str text, bool cxx, bool trigraphs)
{
    cleanup_buf struct buf value = BUF_INIT(1 << 20);
    const char *end = text.s;
    uint32_t line = 1;
    struct lexer l;
    struct token t;

    lexer_init(&l, text, cxx, trigraphs);
    for (lexer_next(&l, &t); t.kind != TOKEN_END; lexer_next(&l, &t)) {
        if (t.raw.s < end || t.raw.s + t.raw.n > text.s + text.n || t.line < line)
            abort();
        if (t.raw.n == 0 && t.kind != TOKEN_NEWLINE)
            abort();
        end = t.raw.s + t.raw.n;
        line = t.line;
        if (t.kind == TOKEN_STRING || t.kind == TOKEN_RAW_STRING)
            lexer_string_value(&l, &t, &value);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct screen_file file = {STR("main.c"), {(const char *)data, size}};

    for (int mode = 0; mode < 4; mode++)
        lex(file.text, (mode & 1) != 0, (mode & 2) != 0);
    for (int cxx = 0; cxx < 2; cxx++) {
        const struct screen_policy policy = {.cxx = cxx != 0};
        struct gb_screening s;

        if (gb_screen(&file, 1, &policy, &s) != 0 || s.n_violations > SCREEN_MAX_VIOLATIONS)
            abort();
        gb_screening_free(&s);
    }
    return 0;
}
