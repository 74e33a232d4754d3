/*
 * child.c - the security order, as a list of calls (child_become).
 */
#include "child.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "../policy.h"
#include "notify.h"
#include "reach.h"

/* Descriptors below this are the program's own; everything of ours is moved above it first. */
#define FIRST_HIGH_FD (POLICY_PROGRAM_FD + 1)

static int must(const struct child_fds *fds, int rc)
{
    if (rc < 0) {
        int code = errno;

        if (write(fds->report, &code, sizeof(code)) < 0)
            _exit(126);
        _exit(127);
    }
    return rc;
}

static int move_high(const struct child_fds *fds, int fd)
{
    return fd < 0 ? fd : must(fds, fcntl(fd, F_DUPFD_CLOEXEC, FIRST_HIGH_FD));
}

/* At a number that the filter knows. */
static void place(const struct child_fds *fds, int fd, int number)
{
    if (fd >= 0 && fd != number)
        must(fds, dup3(fd, number, O_CLOEXEC));
}

static void fresh_session(const struct child_fds *fds)
{
    sigset_t none;

    must(fds, setsid());
    must(fds, prctl(PR_SET_PDEATHSIG, SIGKILL)); /* no child outlives gb-job, on a host either */
    sigemptyset(&none);
    for (int s = 1; s < NSIG; s++)
        signal(s, SIG_DFL);
    must(fds, sigprocmask(SIG_SETMASK, &none, NULL));
}

/* 0, 1, 2 and the fault channel stay; the rest goes with the exec. What is to be moved is moved out
 * of the way first. */
static void set_fds(const struct proc_plan *plan, struct child_fds *fds)
{
    int in, handoff, program;

    fds->report = move_high(fds, fds->report);
    handoff = move_high(fds, fds->handoff);
    program = plan->path == NULL ? move_high(fds, plan->exec_fd) : -1;
    in = move_high(fds, plan->stdin_fd);
    fds->fault = move_high(fds, fds->fault);
    for (int s = 0; s < PROC_STREAMS; s++)
        fds->out[s] = move_high(fds, fds->out[s]);
    place(fds, handoff, POLICY_HANDOFF_FD);
    place(fds, program, POLICY_PROGRAM_FD);
    must(fds, dup2(in, STDIN_FILENO));
    must(fds, dup2(fds->out[PROC_STDOUT], STDOUT_FILENO));
    must(fds, dup2(fds->out[PROC_STDERR], STDERR_FILENO));
    if (fds->fault >= 0)
        must(fds, dup2(fds->fault, PROC_FAULT_FD));
    else
        close(PROC_FAULT_FD);
}

static void limit(const struct child_fds *fds, __rlimit_resource_t resource, rlim_t n)
{
    struct rlimit value;

    must(fds, getrlimit(resource, &value));
    if (value.rlim_max != RLIM_INFINITY && n > value.rlim_max)
        n = value.rlim_max;
    if (value.rlim_cur == n && value.rlim_max == n)
        return; /* the container's own; gVisor lets nobody set some of them */
    value = (struct rlimit){n, n};
    must(fds, setrlimit(resource, &value));
}

/* The parent watches wall, processor time and output more finely; these hold even if it is late. */
static void set_rlimits(const struct child_fds *fds, const struct proc_limits *l)
{
    limit(fds, RLIMIT_CORE, 0);
    limit(fds, RLIMIT_CPU, (rlim_t)l->cpu_ms / 1000 + 2);
    limit(fds, RLIMIT_NOFILE, 256);
    limit(fds, RLIMIT_STACK, (rlim_t)8 << 20);
    limit(fds, RLIMIT_MEMLOCK, 0);
    if (l->file_mb != 0)
        limit(fds, RLIMIT_FSIZE, (rlim_t)l->file_mb << 20);
    if (fds->limit_data)
        limit(fds, RLIMIT_DATA, (rlim_t)l->memory_mb << 20);
}

/* The first to go when the container's memory runs out, before gb-job. Raising the score needs no
 * privilege, but a process that is not dumpable does not own its /proc files. */
static void volunteer_for_oom(void)
{
    int fd;

    prctl(PR_SET_DUMPABLE, 1);
    fd = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
    if (fd >= 0) {
        if (write(fd, "1000", 4) < 0)
            errno = 0; /* best effort: without it the kernel picks by size alone */
        close(fd);
    }
}

/* Nothing regains what is given up from here on. */
static void give_up_privileges(const struct child_fds *fds)
{
    must(fds, prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
}

/* From here on only what the filter allows is possible. */
static void load_filter(const struct child_fds *fds, struct filter *filter)
{
    int listener;

    if (filter == NULL)
        return;
    listener = must(fds, filter_load(filter));
    if (filter->notifies)
        must(fds, notify_hand_over(POLICY_HANDOFF_FD, listener));
}

static void become(const struct proc_plan *plan)
{
    char *const *argv = (char *const *)plan->argv, *const *envp = (char *const *)plan->envp;

    if (plan->path != NULL)
        execve(plan->path, argv, envp);
    else
        syscall(SYS_execveat, POLICY_PROGRAM_FD, "", argv, envp, AT_EMPTY_PATH);
}

void child_become(const struct proc_plan *plan, const struct child_fds *given)
{
    struct child_fds fds = *given;

    fresh_session(&fds);
    set_fds(plan, &fds);
    volunteer_for_oom();
    set_rlimits(&fds, &plan->limits);
    give_up_privileges(&fds);
    must(&fds, reach_restrict(plan->also_reads));
    load_filter(&fds, plan->filter);
    become(plan);
    must(&fds, -1);
    _exit(127);
}
