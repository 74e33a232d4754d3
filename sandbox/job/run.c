/*
 * run.c - one run of the program.
 */
#include "run.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdio.h>

#include "../../core/base/cleanup.h"
#include "workspace.h"

#define OUTPUT_STOP_FACTOR 16 /* times what is kept: then the program is stopped */
#define MAX_EVENTS 16         /* of one run; more are counted only */

struct run {
    const struct frames *peer;
    uint32_t index;
    unsigned events;
};

static void forward(void *data, enum proc_stream stream, struct str bytes)
{
    const struct run *run = data;

    /* A peer that is gone takes the container with it; there is nobody to tell. */
    (void)frames_write_output(run->peer, stream == PROC_STDOUT ? FRAME_STDOUT : FRAME_STDERR,
                              run->index, bytes);
}

static void tell_forbidden(void *data, const char *syscall)
{
    struct run *run = data;
    char json[160];
    int n;

    if (run->events++ >= MAX_EVENTS)
        return;
    n = snprintf(json, sizeof(json),
                 "{\"kind\": \"forbidden_syscall\", \"syscall\": \"%.40s\", \"run\": %u}", syscall,
                 run->index);
    (void)frames_write(run->peer, FRAME_EVENT, (struct str){json, (size_t)n});
}

static int open_input(struct str text, struct err *err)
{
    int fd;

    if (text.n > 0)
        return memory_file("stdin", text, err);
    fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
    return fd >= 0 ? fd : err_errno(err, errno, "/dev/null");
}

int run_program(const struct spec *spec, size_t index, int program_fd, struct filter *filter,
                const struct frames *peer, struct proc_result *ret, struct err *err)
{
    /* The search for leaks traces the program, which no filter lets it. */
    const char *const environment[] = {"PATH=/usr/bin", "HOME=/workspace", "LANG=C.UTF-8",
                                       spec->sanitize ? "ASAN_OPTIONS=detect_leaks=0" : NULL, NULL};
    const struct spec_input *input = &spec->inputs[index];
    const struct spec_limits *l = &spec->run_limits;
    cleanup_close int in = open_input(input->standard_input, err);
    const char *argv[SPEC_MAX_ARGS + 2] = {"program"};
    struct run run = {peer, (uint32_t)index, 0};
    struct proc_plan plan = {
        .exec_fd = program_fd,
        .argv = argv,
        .envp = environment,
        .stdin_fd = in,
        .fault_channel = spec->graph,
        .filter = filter,
        .also_reads = spec->sanitize ? "/proc/self" : NULL, /* the sanitizers look for themselves */
        .sanitized = spec->sanitize,
        .limits = {l->wall_ms, l->cpu_ms, l->memory_mb, true, l->file_mb,
                   (size_t)l->output_kb << 10, ((uint64_t)l->output_kb << 10) * OUTPUT_STOP_FACTOR},
        .data = &run,
        .output = forward,
        .forbidden = tell_forbidden,
    };
    int rc;

    if (in < 0)
        return in;
    for (size_t i = 0; i < input->n_args; i++)
        argv[i + 1] = input->args[i];
    rc = proc_run(&plan, ret, err);
    workspace_clean();
    return rc == 0 ? 0 : err_wrap(err, rc, "run %zu", index);
}
