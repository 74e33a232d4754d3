/*
 * compile.h - sources to a program.
 */
#ifndef GB_JOB_COMPILE_H
#define GB_JOB_COMPILE_H

#include "proc.h"
#include "spec.h"

enum compile_outcome {
    COMPILE_OK,
    COMPILE_FAILED, /* the compiler refused it, or crashed */
    COMPILE_LIMIT,  /* stopped: result.killed_by */
};

struct compilation {
    enum compile_outcome outcome;
    struct proc_result result; /* of compiler and linker together */
    struct buf diagnostics;    /* what both wrote: g++'s JSON, a line for each source */
    struct buf program;        /* the ELF file */
};

#define COMPILE_DIAGNOSTICS_MAX (256U << 10)
#define COMPILE_PROGRAM_MAX (16U << 20)

/* Writes the sources into the (empty) workspace, compiles, links, reads the program and empties the
 * workspace. 0: *ret says what came of it; negative: our failure. Release with compilation_free().
 */
int compile_sources(const struct spec *spec, struct filter *filter, struct compilation *ret,
                    struct err *err);
void compilation_free(struct compilation *c);

#endif
