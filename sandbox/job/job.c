/*
 * job.c - gb-job: compiles and runs one untrusted program. PID 1 of its container.
 *
 * Theory of operation
 *
 * gb-sandboxd starts a container ahead of time; gb-job is its only process and waits for frames
 * (sandbox/wire.h) on standard input. It is single-threaded, runs as the container's one user (uid
 * 1000, no capability, no new privileges), and serves exactly one job:
 *
 *     say READY, read SUBMIT, BLOB*, END
 *     compile and link          children under the compile filter and limits    compile.c, child.c
 *     ARTIFACT, PHASE, wait for GO     gb-sandboxd sets the container's limits to those of the run
 *     for each input: run       a child under the run filter and limits         run.c, child.c
 *     REPORT, exit              and the container is destroyed
 *
 * Descriptors: the peer's stream is moved away from 0 and 1 to numbers that are close-on-exec; no
 * child ever holds them. A child has 0 (a sealed file in memory, or /dev/null), 1 and 2 (pipes to
 * us), 3 (a pipe to us, graphs only) and nothing else. So what a program writes can reach the peer
 * only inside STDOUT and STDERR frames, and the report is ours alone. The program itself is a
 * sealed file in memory: no path leads to it, no run can change it for the next.
 *
 * Children share our uid. They cannot touch us: we are not dumpable (no ptrace, no /proc/1/fd, no
 * /proc/1/mem), PID 1 takes no signal from its own namespace, and the filters refuse the calls
 * anyway. What they reach of the file system is bounded by Landlock (reach.h).
 *
 * Who ends whom: a deadline, a limit or the child's own end makes us kill(-1, SIGKILL) and reap
 * until nobody is left (kill.c, proc.c); gb-sandboxd ends us by destroying the container. When the
 * peer's stream closes we exit.
 *
 * Only ours fail loudly: anything the guest does is a verdict in the report; what we could not do is
 * {"verdict": "sandbox_unavailable", "error": …}.
 */
#include <errno.h>
#include <fcntl.h>
#include <mntent.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../../core/base/cleanup.h"
#include "../policy.h"
#include "cgroup.h"
#include "compile.h"
#include "frames.h"
#include "imports.h"
#include "reach.h"
#include "report.h"
#include "run.h"
#include "spec.h"
#include "workspace.h"

struct job {
    struct frames peer;
    struct filter compile_filter, run_filter;
    struct spec spec;
    struct report report;
    struct buf program; /* the ELF file; empty when there is none to run */
    struct imports imports;
};

static void job_free(struct job *job)
{
    filter_free(&job->compile_filter);
    filter_free(&job->run_filter);
    spec_free(&job->spec);
    report_free(&job->report);
    buf_free(&job->program);
}

/* The stream leaves 0 and 1 to /dev/null. */
static int take_stream(struct frames *ret, struct err *err)
{
    cleanup_close int null = open("/dev/null", O_RDWR | O_CLOEXEC);

    ret->in = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 100);
    ret->out = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 100);
    if (null < 0 || ret->in < 0 || ret->out < 0 || dup2(null, STDIN_FILENO) < 0 ||
        dup2(null, STDOUT_FILENO) < 0 || fcntl(STDERR_FILENO, F_SETFD, 0) < 0)
        return err_errno(err, errno, "taking the stream");
    return 0;
}

/* Whether a line of /proc/self/status says this; a kernel that has no such line (gVisor) says nothing
 * against it. */
static bool status_is(const char *status, const char *key, const char *value)
{
    const char *at = strstr(status, key);

    return at == NULL || strncmp(at + strlen(key), value, strlen(value)) == 0;
}

/* By the mount, not by who owns the folder; by /proc, since gVisor's statvfs() does not tell. */
static bool root_is_read_only(void)
{
    FILE *mounts = setmntent("/proc/self/mounts", "re");
    const struct mntent *m;
    bool read_only = false;

    while (mounts != NULL && (m = getmntent(mounts)) != NULL)
        if (strcmp(m->mnt_dir, "/") == 0)
            read_only = hasmntopt(m, MNTOPT_RO) != NULL;
    if (mounts != NULL)
        endmntent(mounts);
    return read_only;
}

/* A container that is weaker than it was ordered runs nothing; gb-sandboxd hears why. */
static int check_container(struct err *err)
{
    char status[4096] = "";
    cleanup_close int fd = open("/proc/self/status", O_RDONLY | O_CLOEXEC);
    const char *lack = NULL;

    if (fd < 0 || read(fd, status, sizeof status - 1) <= 0)
        return err_errno(err, errno, "reading /proc/self/status");
    if (geteuid() == 0)
        lack = "its user is root (non-root)";
    else if (!status_is(status, "\nNoNewPrivs:\t", "1"))
        lack = "a program may gain privileges (no-new-privileges)";
    else if (!status_is(status, "\nCapBnd:\t", "0000000000000000\n"))
        lack = "a program may have capabilities (capabilities)";
    else if (!root_is_read_only())
        lack = "its root can be written (workspace)";
    return lack ? err_set(err, -EPERM, "the container is not as it was ordered: %s", lack) : 0;
}

/* Everything that does not depend on the job is done while there is none. */
static int prepare(struct job *job, struct err *err)
{
    int rc = take_stream(&job->peer, err);

    if (rc == 0 && in_container())
        rc = check_container(err);
    if (rc != 0)
        return rc;
    umask(022);
    if (prctl(PR_SET_DUMPABLE, 0) != 0 || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
        return err_errno(err, errno, "prctl");
    rc = proc_init(err);
    if (rc == 0)
        rc = filter_make(FILTER_COMPILE, &job->compile_filter, err);
    if (rc == 0)
        rc = filter_make(FILTER_RUN, &job->run_filter, err);
    if (rc == 0 && report_init(&job->report) != 0)
        rc = err_set(err, -ENOMEM, "no memory");
    return rc;
}

/* SUBMIT, BLOB*, END. */
static int read_job(struct job *job, struct err *err)
{
    cleanup_buf struct buf payload = BUF_INIT(FRAME_MAX_BYTES);
    enum frame_type type;
    int rc = frames_read(&job->peer, &type, &payload, err);

    if (rc != 0)
        return rc;
    if (type != FRAME_SUBMIT)
        return err_set(err, -EPROTO, "a job begins with SUBMIT");
    rc = spec_parse(buf_view(&payload), &job->spec, err);
    while (rc == 0) {
        rc = frames_read(&job->peer, &type, &payload, err);
        if (rc != 0 || type == FRAME_END)
            break;
        if (type != FRAME_BLOB)
            rc = err_set(err, -EPROTO, "only BLOB and END may follow SUBMIT");
        buf_str(&job->program, buf_view(&payload));
    }
    if (rc == 0 && (job->program.error != 0 || job->spec.binary != (job->program.len > 0)))
        rc = err_set(err, -EPROTO, "the program's bytes and \"binary\" do not agree");
    return rc;
}

static int wait_for_go(const struct frames *peer, struct err *err)
{
    cleanup_buf struct buf payload = BUF_INIT(FRAME_MAX_BYTES);
    enum frame_type type;
    int rc = frames_write(peer, FRAME_PHASE, STR("{\"phase\": \"run\"}"));

    if (rc == 0)
        rc = frames_read(peer, &type, &payload, err);
    if (rc == 0 && type != FRAME_GO)
        rc = err_set(err, -EPROTO, "expected GO");
    return rc;
}

/* The second layer: what the program takes from the libraries. One that takes what is blocked is
 * not handed on, wherever it came from. */
static int inspect_program(struct job *job, struct err *err)
{
    int rc = imports_read(buf_view(&job->program), &job->imports, err);

    if (rc == 0 && job->imports.n_blocked > 0) {
        report_refusal(&job->report, &job->imports);
        buf_free(&job->program);
    }
    return rc;
}

static int make_program(struct job *job, struct err *err)
{
    struct compilation c;
    int rc = compile_sources(&job->spec, &job->compile_filter, &c, err);

    if (rc != 0)
        return rc;
    report_compile(&job->report, &c);
    if (c.outcome == COMPILE_OK) {
        job->program = c.program;
        c.program = BUF_INIT(0);
    }
    compilation_free(&c);
    return 0;
}

static int send_program(struct job *job)
{
    if (job->spec.binary || !job->spec.want_binary || job->program.len == 0)
        return 0;
    return frames_write(&job->peer, FRAME_ARTIFACT, buf_view(&job->program));
}

static int run_all(struct job *job, struct err *err)
{
    cleanup_close int fd = memory_file("program", buf_view(&job->program), err);
    int rc = fd < 0 ? fd : wait_for_go(&job->peer, err);

    buf_free(&job->program); /* its memory counts against the run's limit */
    for (size_t i = 0; i < job->spec.n_inputs && rc == 0; i++) {
        struct proc_result result;

        rc = run_program(&job->spec, i, fd, &job->run_filter, &job->peer, &result, err);
        if (rc == 0)
            report_run(&job->report, &result, job->imports.reads_clock);
    }
    return rc;
}

static int do_job(struct job *job, struct err *err)
{
    int rc = read_job(job, err);

    if (rc == 0)
        rc = workspace_enter(err);
    if (rc == 0 && !job->spec.binary)
        rc = make_program(job, err);
    if (rc == 0 && job->program.len > 0)
        rc = inspect_program(job, err);
    if (rc == 0)
        rc = send_program(job);
    if (rc == 0 && job->spec.run && job->program.len > 0)
        rc = run_all(job, err);
    workspace_leave();
    return rc;
}

static int send_report(const struct job *job)
{
    cleanup_free char *text = report_text(&job->report);

    return text == NULL ? -ENOMEM : frames_write(&job->peer, FRAME_REPORT, str_c(text));
}

/* The first frame: from now on the container is a warm one. */
static int say_ready(const struct frames *peer, struct err *err)
{
    char json[96];
    int n = snprintf(json, sizeof json, "{\"version\":\"%s\",\"cgroup\":%d,\"landlock\":%d}",
                     GB_VERSION, cgroup_version(), reach_version());
    int rc = frames_write(peer, FRAME_READY, (struct str){json, (size_t)n});

    return rc == 0 ? 0 : err_errno(err, -rc, "saying that we are ready");
}

/* gb-job --seccomp-profile: what sandbox/image/seccomp.json holds. */
static int print_profile(void)
{
    cleanup_buf struct buf out = BUF_INIT(0);

    policy_profile_json(&out);
    return fputs(buf_cstr(&out), stdout) < 0 || out.error != 0;
}

/* Whoever starts it by hand is not left to wait for frames. */
static int refuse_arguments(const char *argument)
{
    fprintf(stderr,
            "gb-job: unknown argument '%s'\n"
            "usage: gb-job < job > report    one job by frames (sandbox/wire.h)\n"
            "       gb-job --seccomp-profile\n",
            argument);
    return 2;
}

int main(int argc, char **argv)
{
    __attribute__((cleanup(job_free))) struct job job = {.program = BUF_INIT(COMPILE_PROGRAM_MAX)};
    struct err err = {0};
    int rc;

    if (argc == 2 && strcmp(argv[1], "--seccomp-profile") == 0)
        return print_profile();
    if (argc > 1)
        return refuse_arguments(argv[1]);
    rc = prepare(&job, &err);
    if (rc == 0)
        rc = say_ready(&job.peer, &err);
    if (rc == 0)
        rc = do_job(&job, &err);
    if (rc == -EPIPE)
        return 0; /* never given a job, or the peer has gone */
    if (rc != 0) {
        fprintf(stderr, "gb-job: %s\n", err.message);
        if (job.report.root == NULL)
            return 1;
        report_failure(&job.report, &err);
    }
    return send_report(&job) == 0 ? 0 : 1;
}
