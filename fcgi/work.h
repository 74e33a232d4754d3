/*
 * work.h - one program to compile and run, whatever it came as: a graph or sources.
 */
#ifndef GB_FCGI_WORK_H
#define GB_FCGI_WORK_H

#include "../core/gb.h"
#include "limits.h"

#define WORK_HASH_BYTES 32
#define WORK_HASH_HEX (2 * WORK_HASH_BYTES + 1)
#define WORK_GRAPH_FILE "main.cpp"

struct run_input {
    struct str input; /* standard input */
    const struct str *args;
    uint32_t n_args;
};

struct source_file {
    struct str name, text;
};

/* What a graph brings along; all zero for sources. */
struct graph_work {
    struct gb_program *program;
    struct gb_identity identity;
    struct gb_emission emission;
};

struct work {
    const char *kind;     /* "compile" (a graph) or "execute" (sources) */
    const char *language; /* "c" or "c++" */
    struct source_file *sources;
    uint32_t n_sources;
    struct graph_work graph;

    int optimize; /* 0..3 */
    bool sanitize, werror, run, use_cache;
    struct run_input *inputs;
    uint32_t n_inputs; /* 0 when nothing is to be run */
    bool many;         /* the request has `inputs`: the reply has `results` */
    struct job_limits limits;

    char program_hash[WORK_HASH_HEX]; /* of the graph's meaning, or of the sources */
};

/* Reads stdin, args, inputs, options, limits and timeout of a request that has passed its field
 * check. What is read borrows from the document; arrays live in the arena. 0 or -ENOMEM. */
int work_read_common(struct work *w, const struct config *cfg, const struct jdoc *doc,
                     uint32_t request, struct arena *arena);
void work_free(struct work *w); /* accepts a zeroed one */

/* The SUBMIT document (docs/sandbox.md) for the inputs whose index is in `which`. */
struct submit_options {
    const char *job_id, *user, *fallback_token;
    int64_t queue_ms;
    bool binary; /* BLOB frames carry the program: no sources */
    bool want_binary;
    const uint32_t *which;
    uint32_t n_which;
};
void work_submit_json(const struct work *w, const struct submit_options *o, struct buf *out);

#endif
