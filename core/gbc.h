/*
 * gbc.h - the command's own state, shared by its parts.
 *
 *   gbc.c         the table of commands and main()
 *   gbc_load.c    a file or standard input to a program
 *   gbc_show.c    errors with a caret, faults and compiler diagnostics, for people
 *   gbc_run.c     run, by the evaluator or through the local compiler
 */
#ifndef GB_GBC_H
#define GB_GBC_H

#include "base/jsonw.h"
#include "gb.h"

#include <stdio.h>
#include <sysexits.h>

/* Exit codes are those of sysexits.h: EX_USAGE the command line, EX_NOINPUT a file that cannot be
 * read, EX_DATAERR a graph that is refused, EX_CANTCREAT a file that cannot be written,
 * EX_UNAVAILABLE no compiler or an external node, EX_OSERR the system. `run` gives the program's
 * own code, which is EX_SOFTWARE (70) after a fault, and 128 + n when signal n ended it. */

struct gbc {
    const char *path;          /* NULL or "-": standard input */
    const char *map_path;      /* --map */
    const char *out_path;      /* -o */
    const char *input_path;    /* --input */
    const char *plugins_path;  /* --plugins */
    const char *includes_path; /* --includes */
    uint64_t max_steps;        /* --steps */
    bool standalone, native, json, help;
    bool colour; /* of standard error */
    struct buf text;
    struct arena arena; /* what the plugins and the list of includes hold */
    struct jdoc doc;
    struct gb_report report;
    struct gb_program *program;
};

/* All return 0 or an exit code, having said on standard error what is wrong. */

/* Reads, parses and checks the graph; warnings are shown. */
int gbc_load(struct gbc *c);
void gbc_unload(struct gbc *c);
/* Reads a whole file, or standard input. */
int gbc_read(const char *path, struct buf *ret);
/* Writes to a file, or to standard output when path is NULL. */
int gbc_write(const char *path, struct str text);
int gbc_run(struct gbc *c);

/* "file:line:col: error: message [code]", the line, a caret, and how to mend it. */
void gbc_show_error(const struct gbc *c, const struct gb_error *e, bool warning);
void gbc_show_syntax(const struct gbc *c, struct json_where where, const char *code,
                     const char *message);
/* Why a run has stopped, and the node it stopped at (GB_NIL: none). */
void gbc_show_stop(const struct gbc *c, const char *what, const char *why, uint32_t func,
                   uint32_t node);
void gbc_show_diagnostic(const struct gbc *c, const struct gb_diagnostic *d);
/* "gbc: message" */
void gbc_complain(const struct gbc *c, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

#endif
