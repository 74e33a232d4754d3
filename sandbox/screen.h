/*
 * screen.h - the screening of C and C++ sources that people send (POST /v1/execute).
 *
 * The first of three layers: what a source says. (Then: the symbols its object needs, sandbox/job;
 * then: the system calls it makes, policy.def.) It reads tokens, not text: a word in a comment, in
 * a longer name or in prose is no violation; splices, trigraphs, digraphs and raw strings are what
 * they are to the compiler. It refuses early and explains; it need not be the layer that holds.
 */
#ifndef GB_SANDBOX_SCREEN_H
#define GB_SANDBOX_SCREEN_H

#include "../core/base/arena.h"
#include "../core/base/buf.h"

#define SCREEN_MAX_VIOLATIONS 100

enum screen_rule {
#define SCREEN_RULE(name, ...) SCREEN_##name,
#include "screen/rules.def"
#undef SCREEN_RULE
    SCREEN_RULES
};

struct screen_file {
    struct str name; /* plain file name */
    struct str text;
};

struct screen_policy {
    const struct str *headers; /* allowed, without brackets: "stdio.h"; NULL: the built-in list */
    size_t n_headers;
    bool cxx; /* the sources are C++ */
};

struct gb_violation {
    enum screen_rule rule;
    struct str file;       /* the screen_file's name */
    uint32_t line, column; /* 1-based; column counts bytes */
    struct str text; /* what was found: a header, a name, the start of a literal; in the arena */
};

struct gb_screening {
    struct gb_violation violations[SCREEN_MAX_VIOLATIONS]; /* by file, then by place */
    size_t n_violations;
    size_t n_suppressed; /* violations past the cap */
    struct arena arena;
};

/* Screens all files of one program. 0: *ret says what was found (maybe nothing); -ENOMEM. Release
 * with gb_screening_free() in either case; it borrows the files' names. */
int gb_screen(const struct screen_file *files, size_t n_files, const struct screen_policy *policy,
              struct gb_screening *ret);
void gb_screening_free(struct gb_screening *s); /* accepts a zeroed one */

const char *screen_rule_name(enum screen_rule rule);    /* "header" */
const char *screen_rule_meaning(enum screen_rule rule); /* one sentence */

struct jsonw;
/* Writes [{"rule", "file", "line", "column", "text", "message"}]. */
void gb_violations_json(const struct gb_screening *s, struct jsonw *w);

/* The built-in header list, sorted. */
const struct str *screen_default_headers(size_t *ret_n);

/* Whether a function's name is blocked in sources; and whether a linker's symbol leads to one of
 * them, under any of the C library's names for it ("__libc_fork", "open64", "execve@GLIBC_2.2.5").
 */
bool screen_name_blocked(struct str name);
bool screen_symbol_blocked(const char *symbol);

#endif
