/*
 * fields_table.c - what each route accepts.
 */
#include "../core/gb.h"
#include "fields.h"

#define SOURCE_MAX (1 << 20) /* all sources together, decoded */
#define STDIN_MAX (1 << 20)  /* of one run */
#define LIMIT_MAX 1000000000 /* past it a limit is an overflow, not a wish */
#define INPUTS_MAX 100
#define BATCH_MAX 20
/* An operator's bound in place of the table's. */
#define BOUND(key) .max_of = offsetof(struct config, key)
#define END                                                                                        \
    {                                                                                              \
        .name = NULL                                                                               \
    }

static const struct field one_arg = {
    .name = "args", .type = FIELD_STRING, .max = 4096, .no_nul = true, .doc = "an argument"};

#define STDIN_FIELD                                                                                \
    {                                                                                              \
        .name = "stdin", .type = FIELD_STRING, .max = STDIN_MAX,                                   \
        .doc = "the program's standard input"                                                      \
    }
#define ARGS_FIELD                                                                                 \
    {                                                                                              \
        .name = "args", .type = FIELD_ARRAY, .max = 64, .sub = &one_arg,                           \
        .doc = "the program's arguments"                                                           \
    }

static const struct field input_members[] = {STDIN_FIELD, ARGS_FIELD, END};
static const struct field one_input = {
    .name = "inputs", .type = FIELD_OBJECT, .sub = input_members, .doc = "one run"};

static const struct field limit_members[] = {
    {.name = "wall_ms",
     .type = FIELD_LIMIT,
     .min = 1,
     .max = LIMIT_MAX,
     .doc = "milliseconds the program may take"},
    {.name = "cpu_ms",
     .type = FIELD_LIMIT,
     .min = 1,
     .max = LIMIT_MAX,
     .doc = "milliseconds of processor time"},
    {.name = "memory_mb", .type = FIELD_LIMIT, .min = 1, .max = LIMIT_MAX, .doc = "MiB of memory"},
    {.name = "output_kb",
     .type = FIELD_LIMIT,
     .min = 1,
     .max = LIMIT_MAX,
     .doc = "KiB kept of each output stream"},
    END};

#define OPTIONS_COMMON                                                                             \
    {.name = "optimize",                                                                           \
     .type = FIELD_LEVEL,                                                                          \
     .min = 0,                                                                                     \
     .max = 3,                                                                                     \
     .doc = "the compiler's -O level; true is 2"},                                                 \
        {.name = "sanitize",                                                                       \
         .type = FIELD_BOOL,                                                                       \
         .doc = "address and undefined-behaviour sanitizers"},                                     \
        {.name = "run", .type = FIELD_BOOL, .doc = "false: compile only"},                         \
    {                                                                                              \
        .name = "cache", .type = FIELD_WORD, .words = "use bypass",                                \
        .doc = "bypass: neither read nor written"                                                  \
    }

static const struct field compile_options[] = {OPTIONS_COMMON, END};
static const struct field execute_options[] = {
    OPTIONS_COMMON,
    {.name = "werror", .type = FIELD_BOOL, .doc = "warnings are errors (default true)"},
    END};

#define GRAPH_FIELDS                                                                               \
    {.name = "ir",                                                                                 \
     .type = FIELD_OBJECT,                                                                         \
     .required = true,                                                                             \
     .itself = "nodes",                                                                            \
     .missing = OUTCOME_no_ir,                                                                     \
     .doc = "the graph (GET /v1/schema); a graph by itself is a request, too"},                    \
    {                                                                                              \
        .name = "node_defs", .type = FIELD_ANY, .doc = "external nodes of this request"            \
    }
#define RUN_FIELDS                                                                                 \
    STDIN_FIELD, ARGS_FIELD,                                                                       \
        {.name = "inputs",                                                                         \
         .type = FIELD_ARRAY,                                                                      \
         .min = 1,                                                                                 \
         .max = INPUTS_MAX,                                                                        \
         BOUND(max_inputs),                                                                        \
         .sub = &one_input,                                                                        \
         .doc = "several runs of one compilation; stdin and args are for those without"},          \
        {.name = "limits",                                                                         \
         .type = FIELD_OBJECT,                                                                     \
         .sub = limit_members,                                                                     \
         .doc = "limits under the operator's"},                                                    \
        {.name = "webhook_url",                                                                    \
         .type = FIELD_STRING,                                                                     \
         .max = 2000,                                                                              \
         .doc = "told when an asynchronous job has ended"},                                        \
    {                                                                                              \
        .name = "timeout", .type = FIELD_LIMIT, .min = 1, .max = LIMIT_MAX,                        \
        .doc = "limits.wall_ms in seconds (older clients)"                                         \
    }

const struct field fields_compile[] = {
    GRAPH_FIELDS,
    RUN_FIELDS,
    {.name = "options", .type = FIELD_OBJECT, .sub = compile_options, .doc = "how to build"},
    END};

const struct field fields_validate[] = {GRAPH_FIELDS, END};

static const struct field emit_options[] = {
    {.name = "standalone", .type = FIELD_BOOL, .doc = "one self-contained file"}, END};
const struct field fields_emit[] = {
    GRAPH_FIELDS,
    {.name = "options", .type = FIELD_OBJECT, .sub = emit_options, .doc = "how to emit"},
    END};

const struct field fields_preview[] = {GRAPH_FIELDS, STDIN_FIELD, END};

static const struct field one_file = {.name = "files",
                                      .type = FIELD_STRING,
                                      .max = SOURCE_MAX,
                                      BOUND(max_source_kb),
                                      .max_shift = 10,
                                      .doc = "a source"};
const struct field fields_execute[] = {
    {.name = "code",
     .type = FIELD_STRING,
     .max = SOURCE_MAX,
     BOUND(max_source_kb),
     .max_shift = 10,
     .doc = "the source, in one piece"},
    {.name = "files",
     .type = FIELD_MAP,
     .min = 1,
     .max = 32,
     .sub = &one_file,
     .doc = "sources by file name, in place of code"},
    {.name = "language", .type = FIELD_WORD, .words = "c c++", .doc = "c (default) or c++"},
    RUN_FIELDS,
    {.name = "options", .type = FIELD_OBJECT, .sub = execute_options, .doc = "how to build"},
    END};

const struct field fields_jobs_query[] = {
    {.name = "state",
     .type = FIELD_WORD,
     .words = "queued running succeeded failed cancelled expired",
     .doc = "only these"},
    {.name = "verdict",
     .type = FIELD_WORD,
     .words = "ok compile_error runtime_error time_limit memory_limit output_limit policy_blocked "
              "forbidden_syscall cancelled sandbox_unavailable",
     .doc = "only these"},
    {.name = "kind",
     .type = FIELD_WORD,
     .words = "compile execute validate emit preview",
     .doc = "only these"},
    {.name = "since",
     .type = FIELD_INT,
     .min = 0,
     .max = INT64_MAX,
     .doc = "made at this time or later; milliseconds since 1970 (UTC)"},
    {.name = "until",
     .type = FIELD_INT,
     .min = 0,
     .max = INT64_MAX,
     .doc = "made before this time; milliseconds since 1970 (UTC)"},
    {.name = "limit", .type = FIELD_INT, .min = 1, .max = 200, .doc = "jobs of a page (50)"},
    {.name = "cursor",
     .type = FIELD_STRING,
     .max = 26,
     .doc = "the page after the one whose next_cursor this is"},
    END};

static const struct field batch_members[] = {
    {.name = "path",
     .type = FIELD_WORD,
     .words = "/v1/compile /v1/execute /v1/validate /v1/emit /v1/preview /compile /execute",
     .required = true,
     .doc = "which of the routes"},
    {.name = "body", .type = FIELD_OBJECT, .required = true, .doc = "what that route accepts"},
    END};
static const struct field one_request = {
    .name = "requests", .type = FIELD_OBJECT, .sub = batch_members, .doc = "one request"};
const struct field fields_batch[] = {{.name = "requests",
                                      .type = FIELD_ARRAY,
                                      .required = true,
                                      .min = 1,
                                      .max = BATCH_MAX,
                                      BOUND(max_batch),
                                      .sub = &one_request,
                                      .doc = "up to 20 requests"},
                                     END};
