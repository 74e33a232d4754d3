/* gbc_run.c - `gbc run`: the evaluator, or (--native) the local compiler and the program itself. */
#include "gbc.h"

#include "base/cleanup.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/wait.h>

/* The program's report of a fault: kind and site, big-endian, on this descriptor. */
#define FAULT_FD 3
#define FAULT_BYTES 8

extern char **environ;

/* ---- the evaluator -------------------------------------------------------------------------- */

static bool graph_reads(const struct gb_graph *g)
{
    for (uint32_t i = 0; i < g->n_nodes; i++)
        if (g->nodes[i].op == GB_OP_READ)
            return true;
    return false;
}

/* A program that reads nothing must not wait at a terminal. */
static bool program_reads(const struct gb_program *p)
{
    for (uint32_t i = 0; i < p->n_funcs; i++)
        if (graph_reads(&p->funcs[i].graph))
            return true;
    return graph_reads(&p->main);
}

static bool graph_is_stdin(const struct gbc *c)
{
    return !c->path || strcmp(c->path, "-") == 0;
}

/* What the program reads: --input, or standard input unless the graph came from there. */
static int load_input(const struct gbc *c, struct buf *ret)
{
    if (c->input_path)
        return gbc_read(c->input_path, ret);
    if (!graph_is_stdin(c) && program_reads(c->program))
        return gbc_read(NULL, ret);
    return 0;
}

static int run_evaluator(struct gbc *c)
{
    cleanup_buf struct buf input = BUF_INIT(0);
    int r = load_input(c, &input);
    if (r)
        return r;
    struct gb_eval_options options = {.input = buf_view(&input), .max_steps = c->max_steps};
    struct gb_eval_result result = {0};
    int failed = gb_eval(c->program, &options, &result);
    r = gbc_write(c->out_path, buf_view(&result.output));
    buf_free(&result.output);
    if (failed == -ENOTSUP) {
        gbc_show_stop(c, "unavailable", "the evaluator cannot run this function (try --native)",
                      result.fault_func, result.fault_node);
        return EX_UNAVAILABLE;
    }
    if (failed) {
        gbc_complain(c, "out of memory");
        return EX_OSERR;
    }
    if (result.fault)
        gbc_show_stop(c, gb_fault_name(result.fault), gb_fault_message(result.fault),
                      result.fault_func, result.fault_node);
    return r ? r : result.exit_code;
}

/* ---- the compiler --------------------------------------------------------------------------- */

struct workshop {
    char dir[PATH_MAX];
    char cpp[PATH_MAX + 16], program[PATH_MAX + 16], messages[PATH_MAX + 16];
};

static int workshop_open(struct workshop *w)
{
    const char *tmp = getenv("TMPDIR");
    snprintf(w->dir, sizeof w->dir, "%s/gbc.XXXXXX", tmp && *tmp ? tmp : "/tmp");
    if (!mkdtemp(w->dir)) {
        fprintf(stderr, "gbc: %s: %s\n", w->dir, strerror(errno));
        return EX_CANTCREAT;
    }
    snprintf(w->cpp, sizeof w->cpp, "%s/program.cpp", w->dir);
    snprintf(w->program, sizeof w->program, "%s/program", w->dir);
    snprintf(w->messages, sizeof w->messages, "%s/messages", w->dir);
    return 0;
}

static void workshop_close(struct workshop *w)
{
    unlink(w->cpp);
    unlink(w->program);
    unlink(w->messages);
    rmdir(w->dir);
}

/* 0 and the wait status, or an errno. */
static int spawn_and_wait(char *const argv[], const posix_spawn_file_actions_t *actions,
                          int *ret_status)
{
    pid_t pid = 0;
    int r = posix_spawnp(&pid, argv[0], actions, NULL, argv, environ);
    if (r)
        return r;
    while (waitpid(pid, ret_status, 0) < 0)
        if (errno != EINTR)
            return errno;
    return 0;
}

static void show_messages(const struct gbc *c, const struct workshop *w,
                          const struct gb_emission *e)
{
    cleanup_buf struct buf text = BUF_INIT(0);
    struct arena arena = ARENA_INIT(0);
    struct gb_diagnostic *all = NULL;
    uint32_t n = 0;
    if (gbc_read(w->messages, &text) == 0 &&
        gb_diagnostics(buf_view(&text), w->cpp, e, &arena, &all, &n) == 0)
        for (uint32_t i = 0; i < n; i++)
            gbc_show_diagnostic(c, &all[i]);
    arena_free(&arena);
}

static int compile(const struct gbc *c, const struct workshop *w, const struct gb_emission *e)
{
    const char *chosen = getenv("CXX");
    char *argv[] = {(char *)(chosen && *chosen ? chosen : "g++"),
                    "-std=c++17",
                    "-fno-exceptions",
                    "-O2",
                    "-fdiagnostics-format=json",
                    "-o",
                    (char *)w->program,
                    (char *)w->cpp,
                    NULL};
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, w->messages,
                                     O_WRONLY | O_CREAT | O_TRUNC, 0600);
    int status = 0;
    int failed = spawn_and_wait(argv, &actions, &status);
    posix_spawn_file_actions_destroy(&actions);
    if (failed) {
        gbc_complain(c, "%s: %s", argv[0], strerror(failed));
        return EX_UNAVAILABLE;
    }
    if (status == 0)
        return 0;
    show_messages(c, w, e);
    return EX_DATAERR;
}

static uint32_t big_endian(const unsigned char *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

/* Reads the fault that the program left in the pipe, if it did, and shows its node. */
static void show_reported_fault(const struct gbc *c, const struct gb_identity *id, int fd)
{
    unsigned char bytes[FAULT_BYTES];
    if (read(fd, bytes, sizeof bytes) != FAULT_BYTES)
        return;
    uint32_t kind = big_endian(bytes), site = big_endian(bytes + 4);
    if (kind == GB_FAULT_none || kind >= GB_FAULT_COUNT)
        return;
    bool known = site > 0 && site < id->n_sites;
    gbc_show_stop(c, gb_fault_name((enum gb_fault)kind), gb_fault_message((enum gb_fault)kind),
                  known ? id->sites[site].func : GB_NIL, known ? id->sites[site].node : GB_NIL);
}

static int execute(const struct gbc *c, const struct workshop *w, const struct gb_identity *id)
{
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) < 0) {
        gbc_complain(c, "pipe: %s", strerror(errno));
        return EX_OSERR;
    }
    cleanup_close int from = ends[0], to = ends[1];
    char *argv[] = {(char *)w->program, NULL};
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    if (c->input_path || graph_is_stdin(c))
        posix_spawn_file_actions_addopen(&actions, STDIN_FILENO,
                                         c->input_path ? c->input_path : "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&actions, to, FAULT_FD);
    int status = 0;
    int failed = spawn_and_wait(argv, &actions, &status);
    posix_spawn_file_actions_destroy(&actions);
    close(steal_fd(&to));
    if (failed) {
        gbc_complain(c, "%s: %s", w->program, strerror(failed));
        return EX_OSERR;
    }
    show_reported_fault(c, id, from);
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

static int run_native(struct gbc *c)
{
    struct arena arena = ARENA_INIT(0);
    struct gb_identity id = {0};
    struct gb_emission e = {0};
    struct workshop w;
    int r = workshop_open(&w);
    if (r)
        return r;
    if (gb_identify(c->program, &arena, &id) ||
        gb_emit(c->program, &id, &(struct gb_emit_options){.standalone = true}, &e)) {
        gbc_complain(c, "out of memory");
        r = EX_OSERR;
    }
    if (!r)
        r = gbc_write(w.cpp, buf_view(&e.cpp));
    if (!r)
        r = compile(c, &w, &e);
    if (!r)
        r = execute(c, &w, &id);
    workshop_close(&w);
    gb_emission_free(&e);
    arena_free(&arena);
    return r;
}

int gbc_run(struct gbc *c)
{
    return c->native ? run_native(c) : run_evaluator(c);
}
