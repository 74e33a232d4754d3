/*
 * paste.h - names that ## makes.
 *
 * Two shapes are seen: tokens pasted in a macro's body (sys ## tem), and the pieces given to a
 * macro that pastes (CAT(sys, tem), also nested and in reverse). Anything craftier is met by the
 * check of the program's symbols.
 */
#ifndef GB_SCREEN_PASTE_H
#define GB_SCREEN_PASTE_H

#include "lexer.h"

#define PASTE_MAX_MACROS 64
#define PASTE_MAX_PIECES 64

struct paste {
    char macros[PASTE_MAX_MACROS][TOKEN_NAME_MAX]; /* that paste */
    size_t n_macros;
    char chain[2 * TOKEN_NAME_MAX];                /* the name that ## is making in a body */
    char pieces[PASTE_MAX_PIECES][TOKEN_NAME_MAX]; /* given to the macro in use */
    size_t n_pieces;
    bool in_use;
    int depth; /* of parentheses in that use */
};

/* A ## between two tokens in the body of `macro`. Writes the name made, so far, to the chain; true
 * when it is one that may not be. */
bool paste_join(struct paste *p, const char *macro, const struct token *left,
                const struct token *right);
/* Any other token of a body ends the chain. */
void paste_break(struct paste *p);

/* Every token passes here, with the one after it. True at the end of a macro's use whose pieces
 * make a name that may not be; that name is then in `chain`. */
bool paste_follow(struct paste *p, const struct token *now, const struct token *ahead);

/* A blocked function or a spelling of asm. */
bool paste_forbidden(const char *name);
bool is_assembly(const char *name);

#endif
