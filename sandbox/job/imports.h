/*
 * imports.h - what a program takes from the shared libraries: the second layer behind the
 * screening, and what tells whether its output is a function of its input.
 */
#ifndef GB_JOB_IMPORTS_H
#define GB_JOB_IMPORTS_H

#include "../../core/base/buf.h"
#include "../../core/base/err.h"

#define IMPORTS_MAX_BLOCKED 16
#define IMPORTS_NAME_MAX 64

struct imports {
    char blocked[IMPORTS_MAX_BLOCKED][IMPORTS_NAME_MAX]; /* symbols that may not be used */
    size_t n_blocked;
    bool reads_clock; /* time, randomness or threads: two runs may differ */
};

/* Reads the dynamic symbols of an ELF program (elf(5)), whose bytes may be anything. 0; -EINVAL: it
 * is no 64-bit ELF file of this byte order, or is damaged. A program without dynamic symbols
 * imports nothing. */
int imports_read(struct str program, struct imports *ret, struct err *err);

#endif
