/* gbc.c - the graph compiler at the command line: the table of commands, their options, main(). */
#include "gbc.h"

#include <stdlib.h>
#include <unistd.h>

/* ---- commands ------------------------------------------------------------------------------- */

static int report_result(const struct gbc *c, int r, struct buf *out)
{
    if (!r)
        return gbc_write(c->out_path, buf_view(out));
    gbc_complain(c, "out of memory");
    return EX_OSERR;
}

static int cmd_validate(struct gbc *c)
{
    if (!c->json)
        fprintf(stderr, "ok: %u nodes, %u functions\n", c->program->main.n_nodes,
                c->program->n_funcs);
    return 0;
}

static int write_map(const struct gbc *c, const struct gb_emission *e)
{
    struct buf out = BUF_INIT(0);
    struct jsonw w = {.out = &out};
    gb_map_json(e, &w);
    buf_putc(&out, '\n');
    int r = gbc_write(c->map_path, buf_view(&out));
    buf_free(&out);
    return r;
}

static int cmd_emit(struct gbc *c)
{
    struct arena arena = ARENA_INIT(0);
    struct gb_identity id = {0};
    struct gb_emission e = {0};
    struct gb_emit_options options = {.standalone = c->standalone};
    int r = gb_identify(c->program, &arena, &id);
    if (!r)
        r = gb_emit(c->program, &id, &options, &e);
    r = report_result(c, r, &e.cpp);
    if (!r && c->map_path)
        r = write_map(c, &e);
    gb_emission_free(&e);
    arena_free(&arena);
    return r;
}

static int cmd_hash(struct gbc *c)
{
    struct arena arena = ARENA_INIT(0);
    struct gb_identity id = {0};
    struct buf out = BUF_INIT(0);
    int r = gb_identify(c->program, &arena, &id);
    for (size_t i = 0; !r && i < GB_HASH_BYTES; i++)
        buf_printf(&out, "%02x", id.hash[i]);
    buf_putc(&out, '\n');
    r = report_result(c, r, &out);
    buf_free(&out);
    arena_free(&arena);
    return r;
}

static int cmd_fmt(struct gbc *c)
{
    struct buf out = BUF_INIT(0);
    int r = report_result(c, gb_format(c->program, &out), &out);
    buf_free(&out);
    return r;
}

static int cmd_dot(struct gbc *c)
{
    struct buf out = BUF_INIT(0);
    int r = report_result(c, gb_dot(c->program, &out), &out);
    buf_free(&out);
    return r;
}

static int cmd_nodes(struct gbc *c)
{
    static const struct {
        const char *name, *aliases, *inputs, *outputs, *doc;
    } ROWS[] = {
#define NODE(op, name, aliases, group, inputs, outputs, properties, typing, fx, doc)               \
    {name, aliases, inputs, outputs, doc},
#include "nodes.def"
#undef NODE
    };
    struct buf out = BUF_INIT(0);
    struct jsonw w = {.out = &out};
    if (c->json) {
        gb_catalogue_json(&(struct gb_policy){0}, &w);
        buf_putc(&out, '\n');
    }
    for (size_t i = 0; !c->json && i < sizeof ROWS / sizeof *ROWS; i++)
        buf_printf(&out, "%-13s %s\n%-13s   (%s) -> (%s)%s%s\n", ROWS[i].name, ROWS[i].doc, "",
                   ROWS[i].inputs, ROWS[i].outputs, *ROWS[i].aliases ? ", also " : "",
                   ROWS[i].aliases);
    int r = report_result(c, out.error, &out);
    buf_free(&out);
    return r;
}

static int cmd_schema(struct gbc *c)
{
    return gbc_write(c->out_path, gb_schema_json());
}

static int cmd_version(struct gbc *c)
{
    return gbc_write(c->out_path, STR("gbc " GB_VERSION "\n"));
}

static int cmd_help(struct gbc *c);

static const struct command {
    const char *name;
    int (*run)(struct gbc *);
    bool wants_program;
    const char *options; /* the names it takes, each with a blank before and behind */
    const char *help;
} COMMANDS[] = {
    {"validate", cmd_validate, true, " --json ", "say everything that is wrong with the graph"},
    {"emit", cmd_emit, true, " --standalone --map -o ", "write the C++"},
    {"run", gbc_run, true, " --native --input --steps -o ", "run the graph"},
    {"hash", cmd_hash, true, " -o ", "the hash of the graph's meaning"},
    {"fmt", cmd_fmt, true, " -o ", "the graph as canonical JSON"},
    {"dot", cmd_dot, true, " -o ", "the graph as Graphviz text"},
    {"nodes", cmd_nodes, false, " --json -o ", "the node catalogue"},
    {"schema", cmd_schema, false, " -o ", "the JSON Schema of the IR"},
    {"version", cmd_version, false, " -o ", "the version"},
    {"help", cmd_help, false, " -o ", "this text"},
};
#define N_COMMANDS (sizeof COMMANDS / sizeof *COMMANDS)

static int cmd_help(struct gbc *c)
{
    struct buf out = BUF_INIT(0);
    buf_puts(&out,
             "usage: gbc COMMAND [OPTION...] [FILE]\n\n"
             "FILE is a graph, or a request with the graph as its member \"ir\"; without it,\n"
             "or when it is -, standard input is read.\n\n");
    for (size_t i = 0; i < N_COMMANDS; i++)
        buf_printf(&out, "  %-9s %s\n", COMMANDS[i].name, COMMANDS[i].help);
    buf_puts(&out, "\n"
                   "  --json        validate, nodes: write JSON\n"
                   "  --standalone  emit: one file that needs no gb.hpp\n"
                   "  --map FILE    emit: write the source map as JSON\n"
                   "  --native      run: through the local compiler ($CXX, g++)\n"
                   "  --input FILE  run: what the program reads\n"
                   "  --steps N     run: the evaluator's budget of steps\n"
                   "  --plugins P   manifests of external nodes: a file, or a folder of *.json\n"
                   "  --includes F  the includes they may name, a JSON array\n"
                   "  -o FILE       write there instead of to standard output\n");
    int r = gbc_write(c->out_path, buf_view(&out));
    buf_free(&out);
    return r;
}

/* ---- the command line ----------------------------------------------------------------------- */

static const struct option_row {
    const char *name;
    size_t member;
    enum { FLAG, TEXT, COUNT } kind;
} OPTIONS[] = {
    {"--json", offsetof(struct gbc, json), FLAG},
    {"--standalone", offsetof(struct gbc, standalone), FLAG},
    {"--native", offsetof(struct gbc, native), FLAG},
    {"--help", offsetof(struct gbc, help), FLAG},
    {"--map", offsetof(struct gbc, map_path), TEXT},
    {"--input", offsetof(struct gbc, input_path), TEXT},
    {"--plugins", offsetof(struct gbc, plugins_path), TEXT},
    {"--includes", offsetof(struct gbc, includes_path), TEXT},
    {"-o", offsetof(struct gbc, out_path), TEXT},
    {"--steps", offsetof(struct gbc, max_steps), COUNT},
};

static const struct option_row *find_option(const struct command *command, const char *name)
{
    char padded[32];
    bool policy = strcmp(name, "--plugins") == 0 || strcmp(name, "--includes") == 0;
    snprintf(padded, sizeof padded, " %s ", name);
    if (strcmp(name, "--help") != 0 && !(policy && command->wants_program) &&
        !strstr(command->options, padded))
        return NULL;
    for (size_t i = 0; i < sizeof OPTIONS / sizeof *OPTIONS; i++)
        if (strcmp(OPTIONS[i].name, name) == 0)
            return &OPTIONS[i];
    return NULL;
}

static bool set_option(struct gbc *c, const struct option_row *row, const char *value)
{
    char *member = (char *)c + row->member;
    char *end = NULL;
    if (row->kind == FLAG)
        *(bool *)member = true;
    else if (row->kind == TEXT)
        memcpy(member, &value, sizeof value);
    else if ((*(uint64_t *)(void *)member = strtoull(value, &end, 10)) == 0 || *end)
        return false;
    return true;
}

static int usage(const struct gbc *c, const char *what, const char *name)
{
    gbc_complain(c, "%s '%s'; see gbc help", what, name);
    return EX_USAGE;
}

static const struct command *find_command(const char *name)
{
    if (strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0)
        name = "help";
    if (strcmp(name, "--version") == 0)
        name = "version";
    for (size_t i = 0; i < N_COMMANDS; i++)
        if (strcmp(COMMANDS[i].name, name) == 0)
            return &COMMANDS[i];
    return NULL;
}

static int parse_options(struct gbc *c, const struct command *command, char **argv)
{
    for (; *argv; argv++) {
        const char *name = *argv;
        const struct option_row *row = find_option(command, name);
        if (row) {
            if (row->kind != FLAG && !*++argv)
                return usage(c, "a value is missing after", name);
            if (!set_option(c, row, *argv))
                return usage(c, "no number above 0:", *argv);
        } else if (name[0] == '-' && name[1]) {
            return usage(c, "unknown option", name);
        } else if (command->run == cmd_help && find_command(name)) {
            continue; /* one page says all */
        } else if (c->path || !command->wants_program) {
            return usage(c, "one argument too many:", name);
        } else {
            c->path = name;
        }
    }
    return 0;
}

int main(int argc, char **argv)
{
    struct gbc c = {.colour = isatty(STDERR_FILENO) && !getenv("NO_COLOR")};
    const struct command *command = find_command(argc > 1 ? argv[1] : "help");
    if (!command)
        return usage(&c, "unknown command", argv[1]);
    int r = parse_options(&c, command, argc > 1 ? argv + 2 : argv + 1);
    if (!r && c.help)
        command = find_command("help");
    if (!r && command->wants_program)
        r = gbc_load(&c);
    if (!r)
        r = command->run(&c);
    gbc_unload(&c);
    return r;
}
