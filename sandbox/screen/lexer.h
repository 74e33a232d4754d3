/*
 * lexer.h - C and C++ preprocessing tokens as GCC sees them (C17 6.4, C++17 [lex]).
 *
 * Lines are spliced (also where blanks stand between backslash and newline, as GCC does), comments
 * are skipped, digraphs are what they stand for. Trigraphs are a switch: GCC's gnu dialects ignore
 * them. Any bytes are accepted; nothing is ever reported: what is no token is TOKEN_OTHER.
 */
#ifndef GB_SCREEN_LEXER_H
#define GB_SCREEN_LEXER_H

#include "../../core/base/buf.h"

#define TOKEN_NAME_MAX 64

enum token_kind {
    TOKEN_END,
    TOKEN_NEWLINE,   /* the end of a directive */
    TOKEN_DIRECTIVE, /* the # that begins one */
    TOKEN_NAME,      /* an identifier or keyword */
    TOKEN_NUMBER,
    TOKEN_STRING,
    TOKEN_RAW_STRING,
    TOKEN_CHAR,
    TOKEN_HEADER, /* <…> or "…" behind #include */
    TOKEN_PASTE,  /* ## */
    TOKEN_PUNCT,  /* one character: name[0]; "->" and "::" are whole */
    TOKEN_OTHER,  /* an unterminated literal, to the end of its line */
};

struct token {
    enum token_kind kind;
    struct str raw;            /* as it stands in the source */
    uint32_t line, column;     /* 1-based */
    char name[TOKEN_NAME_MAX]; /* of a name, a header, punctuation: cleaned; "" when longer */
};

struct lexer {
    struct str text;
    bool trigraphs, cxx;
    const char *at;
    /* where `counted` is, for lines and columns */
    const char *counted;
    const char *line_start;
    uint32_t line;
    bool fresh_line;     /* only blanks since the last newline */
    bool in_directive;   /* until the next newline */
    bool want_directive; /* its name comes next */
    bool want_header;    /* the name was include, include_next or import */
};

void lexer_init(struct lexer *l, struct str text, bool cxx, bool trigraphs);
/* Always succeeds; at the end TOKEN_END, again and again. */
void lexer_next(struct lexer *l, struct token *ret);

/* Appends what a string literal stands for: without quotes and prefix, escapes decoded (characters
 * past 255 become "?"). */
void lexer_string_value(const struct lexer *l, const struct token *t, struct buf *out);

#endif
