/*
 * spec.h - the SUBMIT document (docs/sandbox.md) as gb-job needs it.
 */
#ifndef GB_JOB_SPEC_H
#define GB_JOB_SPEC_H

#include <jansson.h>

#include "../../core/base/buf.h"
#include "../../core/base/err.h"

#define SPEC_MAX_FILES 64
#define SPEC_MAX_INPUTS 100
#define SPEC_MAX_ARGS 256

enum spec_language {
    LANGUAGE_C,
    LANGUAGE_CXX,
};

enum spec_link {
    LINK_GB = 1,
    LINK_M = 2,
    LINK_FANN = 4,
};

struct spec_file {
    const char *name; /* a plain file name: letters, digits, "_", "-", "."; no leading "-" or "." */
    struct str text;
};

struct spec_input {
    struct str standard_input;
    const char **args; /* NULL-terminated, without the program's name */
    size_t n_args;
};

/* Every limit is positive. */
struct spec_limits {
    unsigned wall_ms;
    unsigned cpu_ms;
    unsigned memory_mb;
    unsigned output_kb; /* kept of each stream; run only */
    unsigned file_mb;   /* run only */
};

struct spec {
    json_t *document; /* owns every string below */
    enum spec_language language;
    bool binary, want_binary, run;
    bool sanitize, werror, graph;
    unsigned optimize; /* 0..3 */
    unsigned link;     /* enum spec_link bits */
    struct spec_file files[SPEC_MAX_FILES];
    size_t n_files;
    struct spec_input inputs[SPEC_MAX_INPUTS]; /* at least one */
    size_t n_inputs;
    struct spec_limits compile_limits;
    struct spec_limits run_limits;
};

/* 0: *ret is complete, release it with spec_free(); -EINVAL: the message names the field; -ENOMEM.
 */
int spec_parse(struct str json, struct spec *ret, struct err *err);
void spec_free(struct spec *spec); /* accepts a zeroed one */

#define cleanup_spec __attribute__((cleanup(spec_free)))

#endif
