/*
 * lexer.c - tokens of C and C++. Everything reads through look(), which takes splices and trigraphs
 * away, except raw strings, which have neither.
 */
#include "lexer.h"

#define END (-1)

/* ---- characters ------------------------------------------------------------------------------ */

static const char *text_end(const struct lexer *l)
{
    return l->text.s + l->text.n;
}

/* The character a trigraph stands for, or 0 (C17 5.2.1.1). */
static char trigraph(const struct lexer *l, const char *p)
{
    static const char from[] = "=/'()!<>-", to[] = "#\\^[]|{}~";
    const char *which;

    if (!l->trigraphs || text_end(l) - p < 3 || p[0] != '?' || p[1] != '?' || p[2] == '\0')
        return 0;
    which = strchr(from, p[2]);
    return which == NULL ? 0 : to[which - from];
}

static bool blank(int c)
{
    return c == ' ' || c == '\t' || c == '\v' || c == '\f' || c == '\r' || c == '\0';
}

/* Behind a backslash: the beginning of the next line if only blanks stand before it, else NULL. */
static const char *splice(const struct lexer *l, const char *p)
{
    while (p < text_end(l) && blank((unsigned char)*p))
        p++;
    return p < text_end(l) && *p == '\n' ? p + 1 : NULL;
}

/* The next character at p, with splices and trigraphs gone, or END; *next is behind it. */
static int look(const struct lexer *l, const char *p, const char **next)
{
    for (;;) {
        const char *behind, *joined;
        char c;

        if (p >= text_end(l)) {
            *next = p;
            return END;
        }
        c = trigraph(l, p);
        behind = c != 0 ? p + 3 : p + 1;
        if (c == 0)
            c = *p;
        joined = c == '\\' ? splice(l, behind) : NULL;
        if (joined == NULL) {
            *next = behind;
            return (unsigned char)c;
        }
        p = joined;
    }
}

static bool is_digit(int c)
{
    return c >= '0' && c <= '9';
}

/* "$" and bytes of other scripts are GCC's extension and C11's. */
static bool starts_name(int c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '$' || c >= 0x80;
}

static bool in_name(int c)
{
    return starts_name(c) || is_digit(c);
}

/* ---- blanks and comments --------------------------------------------------------------------- */

static const char *skip_line_comment(const struct lexer *l, const char *p)
{
    const char *next;
    int c;

    while ((c = look(l, p, &next)) != END && c != '\n')
        p = next;
    return p;
}

static const char *skip_block_comment(const struct lexer *l, const char *p)
{
    const char *next;
    int c, last = 0;

    while ((c = look(l, p, &next)) != END) {
        p = next;
        if (last == '*' && c == '/')
            break;
        last = c;
    }
    return p;
}

/* Up to the next token, or the newline that ends a directive. */
static void skip_blanks(struct lexer *l)
{
    for (;;) {
        const char *next, *after;
        int c = look(l, l->at, &next);

        if (c == '\n' && !l->in_directive) {
            l->fresh_line = true;
            l->at = next;
        } else if (blank(c)) {
            l->at = next;
        } else if (c == '/' && look(l, next, &after) == '/') {
            l->at = skip_line_comment(l, after);
        } else if (c == '/' && look(l, next, &after) == '*') {
            l->at = skip_block_comment(l, after);
        } else {
            return;
        }
    }
}

/* ---- tokens ---------------------------------------------------------------------------------- */

static void place(struct lexer *l, struct token *t, const char *start)
{
    for (; l->counted < start; l->counted++)
        if (*l->counted == '\n') {
            l->line++;
            l->line_start = l->counted + 1;
        }
    t->line = l->line;
    t->column = (uint32_t)(start - l->line_start) + 1;
}

/* Appends to the cleaned name; one that is too long is none. */
static void put(struct token *t, size_t *n, int c)
{
    if (*n < TOKEN_NAME_MAX - 1)
        t->name[*n] = (char)c;
    (*n)++;
    t->name[*n < TOKEN_NAME_MAX ? *n : 0] = '\0';
}

static const char *lex_name(const struct lexer *l, struct token *t, const char *p)
{
    const char *next;
    size_t n = 0;
    int c;

    t->kind = TOKEN_NAME;
    while (in_name(c = look(l, p, &next))) {
        put(t, &n, c);
        p = next;
    }
    return p;
}

/* pp-number: C17 6.4.8; in C++ with separators ([lex.ppnumber]). */
static const char *lex_number(const struct lexer *l, struct token *t, const char *p)
{
    const char *next, *after;
    int c, last = 0;

    t->kind = TOKEN_NUMBER;
    for (;;) {
        bool exponent = last == 'e' || last == 'E' || last == 'p' || last == 'P';

        c = look(l, p, &next);
        if (!in_name(c) && c != '.' && !((c == '+' || c == '-') && exponent) &&
            !(c == '\'' && l->cxx && in_name(look(l, next, &after))))
            return p;
        last = c;
        p = next;
    }
}

/* Behind the opening quote. What is not closed on its line takes the rest of it, as in GCC. */
static const char *lex_quoted(const struct lexer *l, struct token *t, const char *p, int quote)
{
    const char *next;
    int c;

    t->kind = quote == '"' ? TOKEN_STRING : TOKEN_CHAR;
    while ((c = look(l, p, &next)) != quote) {
        if (c == END || c == '\n') {
            t->kind = TOKEN_OTHER;
            return p;
        }
        p = next;
        if (c == '\\' && (c = look(l, p, &next)) != END && c != '\n')
            p = next;
    }
    return next;
}

/* Behind R": no splices, no trigraphs; the delimiter has at most 16 characters ([lex.string]). */
static const char *lex_raw(const struct lexer *l, struct token *t, const char *p)
{
    const char *open = p, *end = text_end(l);
    size_t n;

    while (open < end && open - p < 16 && strchr("() \\\t\v\f\n\"", *open) == NULL)
        open++;
    n = (size_t)(open - p);
    if (open >= end || *open != '(')
        return lex_quoted(l, t, p, '"');
    t->kind = TOKEN_RAW_STRING;
    for (const char *q = open + 1; q < end; q++)
        if (*q == ')' && (size_t)(end - q) > n + 1 && memcmp(q + 1, p, n) == 0 && q[n + 1] == '"')
            return q + n + 2;
    return end;
}

/* A name may be the prefix of a literal. */
static const char *lex_name_or_literal(const struct lexer *l, struct token *t, const char *p)
{
    static const char *const raw[] = {"R", "LR", "uR", "UR", "u8R"};
    static const char *const plain[] = {"L", "u", "U", "u8"};
    const char *behind = lex_name(l, t, p), *next;
    int c = look(l, behind, &next);

    if (c != '"' && c != '\'')
        return behind;
    for (size_t i = 0; c == '"' && i < sizeof(raw) / sizeof(raw[0]); i++)
        if (strcmp(t->name, raw[i]) == 0)
            return lex_raw(l, t, next);
    for (size_t i = 0; i < sizeof(plain) / sizeof(plain[0]); i++)
        if (strcmp(t->name, plain[i]) == 0)
            return lex_quoted(l, t, next, c);
    return behind;
}

/* <…> or "…" behind #include; without its closing sign it is no header. NULL: it is none. */
static const char *lex_header(const struct lexer *l, struct token *t, const char *p)
{
    const char *next;
    int c = look(l, p, &next), close = c == '<' ? '>' : c;
    size_t n = 0;

    if (c != '<' && c != '"')
        return NULL;
    for (p = next; (c = look(l, p, &next)) != close; p = next) {
        if (c == END || c == '\n')
            return NULL;
        put(t, &n, c);
    }
    t->kind = TOKEN_HEADER;
    return next;
}

/* Two characters that mean one, or are one token to the rules. */
struct pair {
    char first, second;
    const char *means;
    bool cxx; /* C++ only */
};

static const struct pair pairs[] = {
    {'%', ':', "#", false}, {'<', ':', "[", false},  {':', '>', "]", false}, {'<', '%', "{", false},
    {'%', '>', "}", false}, {'-', '>', "->", false}, {':', ':', "::", true},
};

static const char *lex_sign(const struct lexer *l, char out[3], const char *p)
{
    const char *next, *after;
    int c = look(l, p, &next), d = look(l, next, &after);

    for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++)
        if (c == pairs[i].first && d == pairs[i].second && (l->cxx || !pairs[i].cxx)) {
            memcpy(out, pairs[i].means, strlen(pairs[i].means) + 1);
            return after;
        }
    out[0] = (char)c;
    out[1] = '\0';
    return next;
}

static const char *lex_punct(struct lexer *l, struct token *t, const char *p)
{
    char second[3];
    const char *behind = lex_sign(l, t->name, p), *after;

    t->kind = TOKEN_PUNCT;
    if (strcmp(t->name, "#") != 0)
        return behind;
    after = lex_sign(l, second, behind);
    if (strcmp(second, "#") == 0) {
        t->kind = TOKEN_PASTE;
        return after;
    }
    if (l->fresh_line && !l->in_directive) {
        t->kind = TOKEN_DIRECTIVE;
        l->in_directive = l->want_directive = true;
    }
    return behind;
}

static const char *lex_any(struct lexer *l, struct token *t, const char *p)
{
    const char *next, *after;
    int c = look(l, p, &next);

    if (starts_name(c))
        return lex_name_or_literal(l, t, p);
    if (is_digit(c) || (c == '.' && is_digit(look(l, next, &after))))
        return lex_number(l, t, p);
    if (c == '"' || c == '\'')
        return lex_quoted(l, t, next, c);
    return lex_punct(l, t, p);
}

/* What follows "#" decides whether a header's name may come. */
static void track_directive(struct lexer *l, const struct token *t)
{
    static const char *const including[] = {"include", "include_next", "import", "embed"};
    bool name = l->want_directive && t->kind == TOKEN_NAME;

    if (t->kind == TOKEN_DIRECTIVE)
        return;
    l->want_directive = l->want_header = false;
    for (size_t i = 0; name && i < sizeof(including) / sizeof(including[0]); i++)
        if (strcmp(t->name, including[i]) == 0)
            l->want_header = true;
}

void lexer_init(struct lexer *l, struct str text, bool cxx, bool trigraphs)
{
    *l = (struct lexer){.text = text,
                        .trigraphs = trigraphs,
                        .cxx = cxx,
                        .at = text.s,
                        .counted = text.s,
                        .line_start = text.s,
                        .line = 1,
                        .fresh_line = true};
}

void lexer_next(struct lexer *l, struct token *ret)
{
    const char *start, *next, *behind = NULL;
    int c;

    skip_blanks(l);
    start = l->at;
    ret->name[0] = '\0';
    place(l, ret, start);
    c = look(l, start, &next);
    if (c == END || c == '\n') {
        ret->kind = c == END && !l->in_directive ? TOKEN_END : TOKEN_NEWLINE;
        l->in_directive = l->want_directive = l->want_header = false;
        l->fresh_line = true;
        behind = next;
    } else {
        if (l->want_header)
            behind = lex_header(l, ret, start);
        if (behind == NULL) {
            ret->name[0] = '\0';
            behind = lex_any(l, ret, start);
        }
        track_directive(l, ret);
        l->fresh_line = false;
    }
    ret->raw = (struct str){start, (size_t)(behind - start)};
    l->at = behind;
}

/* ---- what a literal stands for --------------------------------------------------------------- */

static int hex_digit(int c)
{
    if (is_digit(c))
        return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* The value of up to `most` digits of the base; *p moves behind them. */
static unsigned long number(const struct lexer *l, const char **p, int base, int most)
{
    unsigned long value = 0;
    const char *next;

    for (int i = 0; i < most; i++) {
        int digit = hex_digit(look(l, *p, &next));

        if (digit < 0 || digit >= base)
            break;
        value = value * (unsigned long)base + (unsigned long)digit;
        *p = next;
    }
    return value;
}

static unsigned long simple_escape(int c)
{
    static const char letters[] = "abfnrtv", values[] = "\a\b\f\n\r\t\v";
    const char *which = c > 0 && c < 0x80 ? strchr(letters, c) : NULL;

    return which != NULL ? (unsigned long)values[which - letters] : (unsigned long)c;
}

/* Behind the backslash (C17 6.4.4.4, 6.4.3). */
static const char *escape(const struct lexer *l, const char *p, struct buf *out)
{
    const char *next;
    int c = look(l, p, &next);
    unsigned long value;

    if (c == END)
        return p;
    if (c >= '0' && c <= '7') {
        value = number(l, &p, 8, 3);
    } else {
        p = next;
        if (c == 'x')
            value = number(l, &p, 16, 1 << 20);
        else if (c == 'u' || c == 'U')
            value = number(l, &p, 16, c == 'u' ? 4 : 8);
        else
            value = simple_escape(c);
    }
    buf_putc(out, value < 256 ? (char)value : '?');
    return p;
}

static void raw_value(const struct token *t, struct buf *out)
{
    const char *open = memchr(t->raw.s, '(', t->raw.n), *quote = memchr(t->raw.s, '"', t->raw.n);
    size_t around = (size_t)(open - quote) + 1;

    if ((size_t)(open - t->raw.s) + around < t->raw.n)
        buf_put(out, open + 1, t->raw.n - (size_t)(open - t->raw.s) - 1 - around);
}

void lexer_string_value(const struct lexer *l, const struct token *t, struct buf *out)
{
    const struct lexer part = {.text = t->raw, .trigraphs = l->trigraphs, .cxx = l->cxx};
    const char *p = t->raw.s, *next;
    int c;

    if (t->kind == TOKEN_RAW_STRING) {
        raw_value(t, out);
        return;
    }
    while ((c = look(&part, p, &next)) != '"' && c != END)
        p = next;
    for (p = next; (c = look(&part, p, &next)) != '"' && c != END;) {
        if (c == '\\') {
            p = escape(&part, next, out);
        } else {
            buf_putc(out, (char)c);
            p = next;
        }
    }
}
