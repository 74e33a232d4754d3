/*
 * gb.h - the compiler as its users see it: JSON in; C++, map, hash, diagnostics or output out.
 *
 * No network, no database, no printing, no exit. Everything is reentrant; a struct gb_program may be
 * read by several threads at once.
 */
#ifndef GB_GB_H
#define GB_GB_H

#include "model.h"

/* ---- limits (docs/language.md, Limits) ------------------------------------------------------ */

#define GB_MAX_IR_BYTES (8U << 20)
#define GB_MAX_NODES 20000
#define GB_MAX_EDGES 60000
#define GB_MAX_FUNCTIONS 500
#define GB_MAX_DEFINITIONS 2000 /* of node_defs */
#define GB_MAX_IDENTIFIER 128
#define GB_MAX_STRING (64U << 10)
#define GB_MAX_ERRORS 100
#define GB_MAX_CALL_DEPTH 10000

/* ---- errors and warnings of a graph ---------------------------------------------------------- */

/* Codes: one row each in errors.def. */
enum gb_code {
#define ERROR(code, ...) GB_E_##code,
#include "errors.def"
#undef ERROR
    GB_E_COUNT
};
const char *gb_code_name(enum gb_code code); /* "unknown_type" */

/* All strings live in the report's arena or the document. Absent members are empty. */
struct gb_error {
    enum gb_code code;
    struct str message; /* one sentence for a person */
    struct str node, function, port, from;
    struct str pointer; /* JSON Pointer into the document (the whole request) */
    struct str expected, actual;
    const struct str *valid_ports;
    uint32_t n_valid_ports;
    struct str suggested_cast; /* a type's name */
    struct str suggestion;     /* "did you mean": the nearest known name */
    uint32_t jval;             /* what the pointer points at */
};

struct gb_report {
    struct arena arena;
    struct gb_error errors[GB_MAX_ERRORS];
    uint32_t n_errors;
    uint32_t n_suppressed; /* errors past the cap */
    struct gb_error warnings[GB_MAX_ERRORS];
    uint32_t n_warnings;
};
void gb_report_free(struct gb_report *r);
struct jsonw;
/* Writes the errors (or warnings) as a JSON array of objects, absent members left out. */
void gb_report_json(const struct gb_error *errors, uint32_t n, struct jsonw *w);

/* ---- front: request to model ----------------------------------------------------------------- */

/* What the operator allows. Borrowed; NULL members mean the built-in defaults. */
struct gb_policy {
    const struct str *includes; /* allowed, "<cmath>" with its brackets */
    uint32_t n_includes;
    const struct gb_extern *plugins;
    uint32_t n_plugins;
};
/* The built-in include allowlist. */
const struct str *gb_default_includes(uint32_t *ret_n);

/* Reads an operator's allowlist (a JSON array of "<header>" strings; NULL: the defaults) and plugin
 * manifests (a file of one or several, or a folder of *.json; NULL: none). 0, or a negative errno and
 * what is wrong with which file in err. The policy borrows from the arena, which must outlive it. */
int gb_policy_load(const char *includes_file, const char *plugins, struct arena *arena,
                   struct gb_policy *ret, struct err *err);

/* Where the IR and its node_defs stand in the request at value `at`: {"ir": ..., "node_defs"?: ...} or a
 * bare IR (an object with `nodes`), whose own `node_defs` member counts when the request has none.
 * JSON_NONE when there is no IR; *ret_node_defs is JSON_NONE for none. */
uint32_t gb_request_ir(const struct jdoc *doc, uint32_t at, uint32_t *ret_node_defs);

/* Decodes, resolves, structures and checks the IR at value `ir` of doc with the `node_defs` at that
 * value (JSON_NONE: none). 0: *ret_program is complete, the caller frees it; -EINVAL: the report has
 * at least one error; -ENOMEM. doc must outlive the program. */
int gb_front(const struct jdoc *doc, uint32_t ir, uint32_t node_defs,
             const struct gb_policy *policy, struct gb_report *report,
             struct gb_program **ret_program);
void gb_program_free(struct gb_program *p); /* accepts NULL */
/* "int", "array<double>", ...; static storage or the arena's. */
struct str gb_type_name(struct arena *a, struct gb_type t);

/* The canonical JSON of a program (`gbc fmt`). */
int gb_format(const struct gb_program *p, struct buf *out);
/* Graphviz (`gbc dot`). */
int gb_dot(const struct gb_program *p, struct buf *out);
/* The catalogue as JSON (GET /v1/node-defs) and the IR's JSON Schema (GET /v1/schema). */
void gb_catalogue_json(const struct gb_policy *policy, struct jsonw *w);
struct str gb_schema_json(void); /* static storage */

/* ---- hash ------------------------------------------------------------------------------------ */

#define GB_HASH_BYTES 32

/* SHA-256 over the meaning (docs/language.md, Hash). Also numbers the nodes: equal programs give
 * equal numbers to equal nodes, whatever their ids; a fault is reported by that number. */
struct gb_identity {
    uint8_t hash[GB_HASH_BYTES];
    struct gb_site *sites; /* by number: site 0 is "no node" */
    uint32_t n_sites;
    uint32_t *main_number;  /* by node of the main graph; 0: unreachable */
    uint32_t **func_number; /* by function, by node */
};
struct gb_site {
    uint32_t func; /* GB_NIL: the main graph */
    uint32_t node;
};
/* Allocates from arena. 0 or -ENOMEM. */
int gb_identify(const struct gb_program *p, struct arena *arena, struct gb_identity *ret);

/* ---- emitter --------------------------------------------------------------------------------- */

struct gb_range {
    struct str node_id;  /* "" for none */
    struct str function; /* "" for the main graph */
    struct str port;     /* an input port's name; "" for the node itself */
    uint32_t start_line, start_col, end_line, end_col; /* 1-based, end inclusive, in bytes */
};

struct gb_emission {
    struct buf cpp;
    struct gb_range *map; /* in order of start, in `arena` */
    uint32_t n_map;
    struct arena arena;
};

struct gb_emit_options {
    bool standalone; /* one self-contained file instead of #include "gb.hpp" */
};
/* 0, -E2BIG (output over 64 MiB) or -ENOMEM. Deterministic. The caller frees with
 * gb_emission_free(). The identity must be this program's. */
int gb_emit(const struct gb_program *p, const struct gb_identity *id,
            const struct gb_emit_options *options, struct gb_emission *ret);
void gb_emission_free(struct gb_emission *e);
void gb_map_json(const struct gb_emission *e, struct jsonw *w);

/* One of g++'s diagnostics (-fdiagnostics-format=json), mapped. */
struct gb_diagnostic {
    struct str file, kind, message, option;
    uint32_t line, col, end_line, end_col;
    struct str node_id, function, port; /* of the narrowest range; empty when none */
};
/* Parses g++'s JSON text and maps what falls into file `file_name` through the emission's map (NULL:
 * no mapping). Text that is no such JSON becomes one diagnostic of kind "error" with that text.
 * Results live in arena. 0 or -ENOMEM. */
int gb_diagnostics(struct str gcc_json, const char *file_name, const struct gb_emission *e,
                   struct arena *arena, struct gb_diagnostic **ret, uint32_t *ret_n);

/* ---- evaluator ------------------------------------------------------------------------------- */

enum gb_fault {
#define FAULT(kind, ...) GB_FAULT_##kind,
#include "faults.def"
#undef FAULT
    GB_FAULT_COUNT
};
const char *gb_fault_name(enum gb_fault f);    /* "division_by_zero" */
const char *gb_fault_message(enum gb_fault f); /* one sentence */

struct gb_eval_options {
    struct str input;   /* standard input */
    uint64_t max_steps; /* 0: 10 million */
    size_t max_memory;  /* bytes; 0: 64 MiB */
    size_t max_output;  /* bytes; 0: 1 MiB */
    uint32_t max_depth; /* calls; 0: GB_MAX_CALL_DEPTH */
};

struct gb_eval_result {
    struct buf output;
    int exit_code;       /* 0..255; 70 after a fault */
    enum gb_fault fault; /* GB_FAULT_none when it ended by itself */
    uint32_t fault_func; /* GB_NIL: the main graph */
    uint32_t fault_node; /* GB_NIL when no node is to blame */
    uint64_t steps;
};
/* 0: ran (a fault is a result); -ENOTSUP: an external node it cannot run, *ret_node names it (index
 * in ret->fault_func's graph); -ENOMEM. The caller frees ret->output. */
int gb_eval(const struct gb_program *p, const struct gb_eval_options *options,
            struct gb_eval_result *ret);

#endif
