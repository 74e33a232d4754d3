/*
 * screen.c - the rules, token by token.
 */
#include "../screen.h"

#include <errno.h>
#include <stdlib.h>

#include "../../core/base/jsonw.h"
#include "lexer.h"
#include "paste.h"

#define VIOLATION_TEXT_MAX 80
#define STRING_MAX (1U << 20)
#define ARENA_MAX (1U << 20)

struct screener {
    const struct screen_policy *policy;
    const struct screen_file *files, *file;
    size_t n_files;
    struct gb_screening *out;
    struct lexer lexer;
    struct token earlier, before, now, ahead;
    /* the directive we are in: its name, the macro it defines, how many tokens of it were seen */
    char directive[TOKEN_NAME_MAX], macro[TOKEN_NAME_MAX];
    unsigned position;
    struct paste paste;
    struct buf string; /* adjacent literals, joined */
    struct token string_start;
    bool string_is_label; /* the assembler will read it */
};

/* ---- violations ------------------------------------------------------------------------------ */

/* A source with trigraphs is read twice; what both readings find is told once. */
static bool told(const struct gb_screening *out, const struct gb_violation *v)
{
    for (size_t i = 0; i < out->n_violations; i++) {
        const struct gb_violation *o = &out->violations[i];

        if (o->rule == v->rule && o->line == v->line && o->column == v->column &&
            str_eq(o->file, v->file))
            return true;
    }
    return false;
}

static void violation(struct screener *s, enum screen_rule rule, const struct token *where,
                      struct str text)
{
    struct gb_screening *out = s->out;
    struct gb_violation v = {rule, s->file->name, where->line, where->column, {0}};

    if (told(out, &v))
        return;
    if (out->n_violations == SCREEN_MAX_VIOLATIONS) {
        out->n_suppressed++;
        return;
    }
    if (text.n > VIOLATION_TEXT_MAX)
        text.n = VIOLATION_TEXT_MAX;
    v.text = arena_str(&out->arena, text);
    out->violations[out->n_violations++] = v;
}

/* ---- rules ----------------------------------------------------------------------------------- */

static bool is_punct(const struct token *t, const char *sign)
{
    return t->kind == TOKEN_PUNCT && strcmp(t->name, sign) == 0;
}

static bool header_allowed(const struct screener *s, const char *name)
{
    size_t n = s->policy->n_headers;
    const struct str *list = s->policy->headers;

    if (list == NULL)
        list = screen_default_headers(&n);
    for (size_t i = 0; i < n; i++)
        if (str_eqc(list[i], name))
            return true;
    return false;
}

static bool own_file(const struct screener *s, const struct token *header)
{
    for (size_t i = 0; i < s->n_files; i++)
        if (header->raw.s[0] == '"' && str_eqc(s->files[i].name, header->name))
            return true;
    return false;
}

static void check_include(struct screener *s)
{
    if (s->now.kind == TOKEN_NEWLINE)
        return; /* the compiler will say so */
    if (s->now.kind != TOKEN_HEADER)
        violation(s, SCREEN_include_macro, &s->now, s->now.raw);
    else if (!own_file(s, &s->now) && !header_allowed(s, s->now.name))
        violation(s, SCREEN_header, &s->now, s->now.raw);
}

static bool directive_is(const struct screener *s, const char *name)
{
    return strcmp(s->directive, name) == 0;
}

static bool in_macro_body(const struct screener *s)
{
    return directive_is(s, "define") && s->position > 2;
}

/* A name before another makes it a declaration's; these do not. */
static bool is_operator_word(const char *name)
{
    static const char *const words[] = {
        "return",   "else",      "do",       "case",         "throw",  "sizeof",
        "not",      "and",       "or",       "xor",          "bitand", "bitor",
        "compl",    "co_return", "co_yield", "co_await",     "typeof", "__typeof__",
        "decltype", "goto",      "not_eq",   "__extension__"};

    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
        if (strcmp(words[i], name) == 0)
            return true;
    return false;
}

/* A blocked name is used when it is called, or stands in a macro's body, where it is about to be.
 * As the name of a member, a variable or a declaration it is harmless. */
static bool is_used(const struct screener *s)
{
    if (is_punct(&s->before, ".") || is_punct(&s->before, "->"))
        return false;
    if (in_macro_body(s))
        return true;
    if (!is_punct(&s->ahead, "("))
        return false;
    return s->before.kind != TOKEN_NAME || is_operator_word(s->before.name);
}

static void check_name(struct screener *s)
{
    const char *name = s->now.name;

    if (is_assembly(name))
        violation(s, SCREEN_assembly, &s->now, s->now.raw);
    else if (screen_name_blocked(str_c(name)) && is_used(s))
        violation(s, SCREEN_identifier, &s->now, str_c(name));
}

static void check_pasting(struct screener *s)
{
    if (in_macro_body(s)) {
        if (s->now.kind == TOKEN_PASTE) {
            if (paste_join(&s->paste, s->macro, &s->before, &s->ahead))
                violation(s, SCREEN_paste, &s->now, str_c(s->paste.chain));
        } else if (s->before.kind != TOKEN_PASTE) {
            paste_break(&s->paste);
        }
    }
    if (paste_follow(&s->paste, &s->now, &s->ahead)) {
        violation(s, SCREEN_paste, &s->now, str_c(s->paste.chain));
        paste_break(&s->paste);
    }
}

/* ---- string literals ------------------------------------------------------------------------- */

static bool part_of_word(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-';
}

/* Places of the system: as whole path components from the root, so "my/sys/x" and "/system" pass.
 */
static bool names_system(struct str text)
{
    static const char *const roots[] = {"/proc", "/sys", "/dev"};

    for (size_t i = 0; i < text.n; i++)
        for (size_t k = 0; text.s[i] == '/' && k < sizeof(roots) / sizeof(roots[0]); k++) {
            size_t n = strlen(roots[k]);

            if (text.n - i >= n && memcmp(text.s + i, roots[k], n) == 0 &&
                (i == 0 || !part_of_word(text.s[i - 1])) &&
                (text.n - i == n || !part_of_word(text.s[i + n])))
                return true;
        }
    return memmem(text.s, text.n, "../", 3) != NULL ||
           memmem(text.s, text.n, "LD_PRELOAD", 10) != NULL;
}

/* GCC writes the argument of these attributes into the assembler's input as it stands. */
static bool begins_label(const struct screener *s)
{
    static const char *const attributes[] = {"section", "__section__", "alias",  "__alias__",
                                             "weakref", "__weakref__", "symver", "__symver__"};

    for (size_t i = 0; i < sizeof(attributes) / sizeof(attributes[0]); i++)
        if (is_punct(&s->before, "(") && strcmp(s->earlier.name, attributes[i]) == 0)
            return true;
    return false;
}

static bool is_label(struct str text)
{
    for (size_t i = 0; i < text.n; i++)
        if (!part_of_word(text.s[i]) && text.s[i] != '.' && text.s[i] != '$' && text.s[i] != '@')
            return false;
    return true;
}

static void check_string(struct screener *s)
{
    bool string = s->now.kind == TOKEN_STRING || s->now.kind == TOKEN_RAW_STRING;

    if (string) {
        if (s->string.len == 0) {
            s->string_start = s->now;
            s->string_is_label = begins_label(s);
        }
        lexer_string_value(&s->lexer, &s->now, &s->string);
    }
    if (s->string.len == 0 ||
        (string && (s->ahead.kind == TOKEN_STRING || s->ahead.kind == TOKEN_RAW_STRING)))
        return;
    if (s->string_is_label && !is_label(buf_view(&s->string)))
        violation(s, SCREEN_assembly, &s->string_start, s->string_start.raw);
    if (names_system(buf_view(&s->string)))
        violation(s, SCREEN_literal, &s->string_start, s->string_start.raw);
    buf_clear(&s->string);
}

/* ---- the walk -------------------------------------------------------------------------------- */

/* Keeps directive, macro and position in step with the token. */
static void track_directive(struct screener *s)
{
    if (s->now.kind == TOKEN_DIRECTIVE) {
        s->position = 0;
        return;
    }
    if (s->before.kind == TOKEN_DIRECTIVE)
        memcpy(s->directive, s->now.name, sizeof(s->directive));
    s->position++;
    if (s->position == 2)
        memcpy(s->macro, s->now.name, sizeof(s->macro));
}

static void leave_directive(struct screener *s)
{
    if (s->now.kind != TOKEN_NEWLINE)
        return;
    s->directive[0] = s->macro[0] = '\0';
    s->position = 0;
    paste_break(&s->paste);
}

static void check_directive(struct screener *s)
{
    static const char *const including[] = {"include", "include_next", "import", "embed"};

    for (size_t i = 0; s->position == 2 && i < sizeof(including) / sizeof(including[0]); i++)
        if (directive_is(s, including[i]))
            check_include(s);
    if (directive_is(s, "pragma") && s->position == 3 && strcmp(s->before.name, "GCC") == 0 &&
        strcmp(s->now.name, "dependency") == 0)
        violation(s, SCREEN_pragma, &s->now, s->now.raw);
}

static void screen_tokens(struct screener *s, bool trigraphs)
{
    lexer_init(&s->lexer, s->file->text, s->policy->cxx, trigraphs);
    s->now = s->before = (struct token){.kind = TOKEN_NEWLINE};
    lexer_next(&s->lexer, &s->ahead);
    do {
        s->earlier = s->before;
        s->before = s->now;
        s->now = s->ahead;
        lexer_next(&s->lexer, &s->ahead);
        track_directive(s);
        check_directive(s);
        if (s->now.kind == TOKEN_NAME)
            check_name(s);
        check_pasting(s);
        check_string(s);
        leave_directive(s);
    } while (s->now.kind != TOKEN_END);
}

int gb_screen(const struct screen_file *files, size_t n_files, const struct screen_policy *policy,
              struct gb_screening *ret)
{
    struct screener *s = calloc(1, sizeof(*s));
    int rc;

    *ret = (struct gb_screening){.arena = ARENA_INIT(ARENA_MAX)};
    if (s == NULL)
        return -ENOMEM;
    *s = (struct screener){.policy = policy,
                           .files = files,
                           .n_files = n_files,
                           .out = ret,
                           .string = BUF_INIT(STRING_MAX)};
    for (size_t i = 0; i < n_files; i++) {
        s->file = &files[i];
        s->paste.in_use = false;
        screen_tokens(s, false);
        /* GCC's gnu dialects ignore trigraphs; no reading of them may hide anything. */
        if (files[i].text.n > 2 && memmem(files[i].text.s, files[i].text.n, "??", 2) != NULL)
            screen_tokens(s, true);
    }
    rc = s->string.error == -ENOMEM ? -ENOMEM : 0;
    buf_free(&s->string);
    free(s);
    return rc;
}

void gb_screening_free(struct gb_screening *s)
{
    arena_free(&s->arena);
    s->n_violations = 0;
}

void gb_violations_json(const struct gb_screening *s, struct jsonw *w)
{
    jw_open(w, '[');
    for (size_t i = 0; i < s->n_violations; i++) {
        const struct gb_violation *v = &s->violations[i];

        jw_open(w, '{');
        jw_kcstr(w, "rule", screen_rule_name(v->rule));
        jw_kstr(w, "file", v->file);
        jw_kint(w, "line", v->line);
        jw_kint(w, "column", v->column);
        jw_kstr(w, "text", v->text);
        jw_kcstr(w, "message", screen_rule_meaning(v->rule));
        jw_close(w, '}');
    }
    jw_close(w, ']');
}
