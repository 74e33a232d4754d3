/*
 * paste.c - follows ## through macro bodies and uses.
 */
#include "paste.h"

#include <stdio.h>

#include "../screen.h"

bool is_assembly(const char *name)
{
    return strcmp(name, "asm") == 0 || strcmp(name, "__asm") == 0 || strcmp(name, "__asm__") == 0;
}

bool paste_forbidden(const char *name)
{
    return is_assembly(name) || screen_name_blocked(str_c(name));
}

static bool pastes(const struct paste *p, const char *name)
{
    for (size_t i = 0; i < p->n_macros; i++)
        if (strcmp(p->macros[i], name) == 0)
            return true;
    return false;
}

static void append(struct paste *p, const char *piece)
{
    size_t n = strlen(p->chain), m = strlen(piece);

    if (n + m < sizeof(p->chain))
        memcpy(p->chain + n, piece, m + 1);
}

/* A piece's text: names are cleaned already, numbers are taken as they stand. */
static void piece_text(const struct token *t, char out[TOKEN_NAME_MAX])
{
    if (t->kind == TOKEN_NAME)
        memcpy(out, t->name, TOKEN_NAME_MAX);
    else
        snprintf(out, TOKEN_NAME_MAX, "%.*s", (int)(t->raw.n < 60 ? t->raw.n : 60), t->raw.s);
}

bool paste_join(struct paste *p, const char *macro, const struct token *left,
                const struct token *right)
{
    char text[TOKEN_NAME_MAX];

    if (p->n_macros < PASTE_MAX_MACROS && !pastes(p, macro))
        snprintf(p->macros[p->n_macros++], TOKEN_NAME_MAX, "%s", macro);
    if (p->chain[0] == '\0') {
        piece_text(left, text);
        append(p, text);
    }
    piece_text(right, text);
    append(p, text);
    return paste_forbidden(p->chain);
}

void paste_break(struct paste *p)
{
    p->chain[0] = '\0';
}

/* All runs of pieces, forwards (step 1) or backwards (step -1). */
static bool any_run(struct paste *p, int step)
{
    int n = (int)p->n_pieces;

    for (int from = 0; from < n; from++) {
        paste_break(p);
        for (int i = from; i >= 0 && i < n; i += step) {
            append(p, p->pieces[i]);
            if (i != from && paste_forbidden(p->chain))
                return true;
        }
    }
    paste_break(p);
    return false;
}

static bool is_sign(const struct token *t, const char *sign)
{
    return t->kind == TOKEN_PUNCT && strcmp(t->name, sign) == 0;
}

static void begin_use(struct paste *p, const struct token *now, const struct token *ahead)
{
    if (now->kind != TOKEN_NAME || !is_sign(ahead, "(") || !pastes(p, now->name))
        return;
    p->in_use = true;
    p->depth = 0;
    p->n_pieces = 0;
}

bool paste_follow(struct paste *p, const struct token *now, const struct token *ahead)
{
    if (!p->in_use || now->kind == TOKEN_END) {
        p->in_use = false;
        begin_use(p, now, ahead);
        return false;
    }
    if ((now->kind == TOKEN_NAME || now->kind == TOKEN_NUMBER) && p->n_pieces < PASTE_MAX_PIECES &&
        !pastes(p, now->name))
        piece_text(now, p->pieces[p->n_pieces++]);
    if (is_sign(now, "("))
        p->depth++;
    if (!is_sign(now, ")") || --p->depth > 0)
        return false;
    p->in_use = false;
    return any_run(p, 1) || any_run(p, -1);
}
