/*
 * native.h - many emitted programs built into one binary, and run one by one.
 *
 * A compiler start costs more than a graph, so each program becomes a namespace of a few shared
 * translation units; the binary runs the one whose number it is given. The runtime (core/runtime)
 * is compiled along, with the same flags.
 */
#ifndef GB_TESTS_NATIVE_H
#define GB_TESTS_NATIVE_H

#include "base/buf.h"

#include <sys/types.h>

#define NATIVE_UNITS 4

struct native {
    char dir[64];
    struct buf units[NATIVE_UNITS]; /* the namespaces of each translation unit */
    struct buf includes;            /* each once */
    uint32_t n;
};

/* How a binary is built; "" ends the flags. A compiler that only checks makes no binary. */
struct native_variant {
    const char *name;
    const char *compiler;
    const char *flags[12];
    bool check_only;
};

struct native_result {
    struct buf output;
    int exit_code; /* 128 + n for signal n */
    uint32_t fault, site;
    struct buf errors; /* standard error: what a sanitizer says */
};

/* Makes a folder below build/. 0 or a negative errno. */
int native_open(struct native *n);
/* Adds a program; its number is n->n before the call. */
void native_add(struct native *n, struct str cpp);
/* Builds every variant, `jobs` compilers at a time. False: the messages are on standard error. */
bool native_build(struct native *n, const struct native_variant *variants, size_t n_variants,
                  int jobs);
/* Runs a program of a variant. Release the result with native_result_free(). */
int native_run(const struct native *n, const char *variant, uint32_t program, struct str input,
               struct native_result *ret);
void native_result_free(struct native_result *r);
/* Removes the folder. */
void native_close(struct native *n);

#endif
