/*
 * proc.c - watches one child: its output, its faults, its clock, its end.
 */
#include "proc.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "../../core/base/cleanup.h"
#include "cgroup.h"
#include "child.h"
#include "kill.h"
#include "notify.h"

#define NS_PER_MS 1000000LL
#define CHUNK (64U << 10)
#define POLL_MIN_MS 2
#define POLL_MAX_MS 50
#define LIBRARIES_KB 4096 /* of a process's resident pages, those of libraries it merely maps */

/* What is polled, in this order. */
enum watched {
    WATCH_STDOUT, /* the first ones are enum proc_stream */
    WATCH_STDERR,
    WATCH_FAULT,
    WATCH_REFUSED, /* the run filter's listener */
    WATCH_CHILD,
    WATCH_COUNT
};

struct watch {
    const struct proc_plan *plan;
    struct proc_result *result;
    struct pollfd fds[WATCH_COUNT];
    pid_t pid;
    bool gone; /* the child itself was reaped */
    bool exec_passed;
    int64_t started_ns, deadline_ns;
    int64_t cpu_at_start_ns, cpu_reaped_ns;
    int64_t oom_at_start, memory_at_start, own_at_start;
    int64_t largest_kb; /* of the processes that were reaped */
    unsigned char fault[8];
    size_t fault_bytes;
};

static int64_t now_ns(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 * NS_PER_MS + t.tv_nsec;
}

/* ---- what comes in --------------------------------------------------------------------------- */

/* The first limit that is met is the one to blame. */
static void blame(struct proc_result *r, enum proc_resource resource, uint64_t limit,
                  uint64_t observed)
{
    if (r->killed_by != RESOURCE_NONE)
        return;
    r->killed_by = resource;
    r->limit = limit;
    r->observed = observed;
}

static void stop(struct watch *w, enum proc_resource resource, uint64_t limit, uint64_t observed)
{
    blame(w->result, resource, limit, observed);
    kill_tree(w->pid);
}

static void drop(struct watch *w, enum watched which)
{
    close(w->fds[which].fd);
    w->fds[which].fd = -1;
}

static void read_stream(struct watch *w, enum watched which)
{
    static char chunk[CHUNK];
    const struct proc_limits *l = &w->plan->limits;
    uint64_t *count = &w->result->bytes[which];
    ssize_t n = read(w->fds[which].fd, chunk, sizeof(chunk));
    size_t room;

    if (n < 0 && (errno == EINTR || errno == EAGAIN))
        return;
    if (n <= 0) {
        drop(w, which);
        return;
    }
    room = *count < l->output_keep ? l->output_keep - (size_t)*count : 0;
    *count += (uint64_t)n;
    if (room > 0)
        w->plan->output(w->plan->data, (enum proc_stream)which,
                        (struct str){chunk, (size_t)n < room ? (size_t)n : room});
    if ((size_t)n > room)
        w->result->truncated = true;
    if (*count >= l->output_max)
        stop(w, RESOURCE_OUTPUT, l->output_max, *count);
}

static uint32_t big_endian(const unsigned char *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

/* Eight bytes are one fault: kind and site (core/faults.def). The program may write nonsense. */
static void read_fault(struct watch *w)
{
    struct proc_result *r = w->result;
    ssize_t n =
        read(w->fds[WATCH_FAULT].fd, w->fault + w->fault_bytes, sizeof(w->fault) - w->fault_bytes);

    if (n < 0 && (errno == EINTR || errno == EAGAIN))
        return;
    if (n <= 0) {
        drop(w, WATCH_FAULT);
        return;
    }
    w->fault_bytes += (size_t)n;
    if (w->fault_bytes < sizeof(w->fault))
        return;
    w->fault_bytes = 0;
    if (r->n_faults < PROC_MAX_FAULTS)
        r->faults[r->n_faults++] =
            (struct proc_fault){big_endian(w->fault), big_endian(w->fault + 4)};
}

static void note_refused(struct watch *w, const char *name)
{
    struct proc_result *r = w->result;
    size_t i = 0;

    r->forbidden++;
    while (i < r->n_refused && strcmp(r->refused[i], name) != 0)
        i++;
    if (i == r->n_refused && i < PROC_MAX_REFUSED)
        snprintf(r->refused[r->n_refused++], sizeof(r->refused[0]), "%s", name);
    if (w->plan->forbidden != NULL)
        w->plan->forbidden(w->plan->data, name);
}

/* The sanitizers ask by a pipe whether memory is readable, and live with "no". */
static bool is_harmless(const struct watch *w, const char *name)
{
    return w->plan->sanitized && (strcmp(name, "pipe2") == 0 || strcmp(name, "pipe") == 0);
}

static void read_refused(struct watch *w)
{
    const char *name;

    if ((w->fds[WATCH_REFUSED].revents & POLLIN) == 0) {
        drop(w, WATCH_REFUSED); /* nobody is left who could call */
        return;
    }
    name = notify_answer(w->fds[WATCH_REFUSED].fd, &w->exec_passed);
    if (name != NULL && !is_harmless(w, name))
        note_refused(w, name);
}

/* ---- who ends -------------------------------------------------------------------------------- */

static void count_usage(struct watch *w, const struct rusage *u)
{
    w->cpu_reaped_ns += ((int64_t)u->ru_utime.tv_sec + u->ru_stime.tv_sec) * 1000 * NS_PER_MS +
                        ((int64_t)u->ru_utime.tv_usec + u->ru_stime.tv_usec) * 1000;
    if (u->ru_maxrss > w->largest_kb)
        w->largest_kb = u->ru_maxrss;
    if (u->ru_maxrss > w->result->max_rss_kb)
        w->result->max_rss_kb = u->ru_maxrss;
}

static void note_end(struct watch *w, int status)
{
    w->gone = true;
    w->result->wall_ms = (double)(now_ns() - w->started_ns) / (double)NS_PER_MS;
    if (WIFSIGNALED(status))
        w->result->signal = WTERMSIG(status);
    else
        w->result->exit_code = WEXITSTATUS(status);
}

/* Reaps one child that has ended (options 0: waits for one). False when there is none. */
static bool reap(struct watch *w, int options)
{
    struct rusage usage;
    int status;
    pid_t pid;

    do
        pid = wait4(-1, &status, options, &usage);
    while (pid < 0 && errno == EINTR);
    if (pid <= 0)
        return false;
    count_usage(w, &usage);
    if (pid == w->pid)
        note_end(w, status);
    return true;
}

/* Orphans come to us, so this ends only when nobody is left. */
static void end_all(struct watch *w)
{
    do
        kill_tree(w->pid);
    while (reap(w, 0));
}

static void read_signals(struct watch *w)
{
    struct signalfd_siginfo info;

    while (read(w->fds[WATCH_CHILD].fd, &info, sizeof(info)) == (ssize_t)sizeof(info))
        ;
    while (reap(w, WNOHANG))
        ;
}

/* ---- clocks ---------------------------------------------------------------------------------- */

/* Of everything the child started; without a control group, of the child and whoever was reaped. */
static int64_t cpu_used_ns(const struct watch *w)
{
    int64_t group = w->cpu_at_start_ns < 0 ? -1 : cgroup_cpu_ns();
    struct timespec t;
    clockid_t clock;

    if (group >= 0)
        return group - w->cpu_at_start_ns;
    if (w->gone || clock_getcpuclockid(w->pid, &clock) != 0 || clock_gettime(clock, &t) != 0)
        return w->cpu_reaped_ns;
    return w->cpu_reaped_ns + (int64_t)t.tv_sec * 1000 * NS_PER_MS + t.tv_nsec;
}

/* How long a clock of which so much is left may go unread. */
static int64_t pause_for(int64_t left)
{
    return left / 4 + POLL_MIN_MS < POLL_MAX_MS ? left / 4 + POLL_MIN_MS : POLL_MAX_MS;
}

/* Ends the child when it holds too much; else when to look again. What is in use is cheap to ask and
 * holds what was read from files, too; what that comes to without them is asked only at the limit. */
static int64_t check_memory(struct watch *w)
{
    const struct proc_limits *l = &w->plan->limits;
    int64_t limit_kb = (int64_t)l->memory_mb << 10;
    int64_t used_kb =
        w->memory_at_start < 0 ? -1 : (cgroup_memory_bytes() - w->memory_at_start) / 1024;

    if (used_kb > w->result->max_rss_kb)
        w->result->max_rss_kb = used_kb;
    if (!l->watch_memory || w->own_at_start < 0)
        return POLL_MAX_MS;
    if (used_kb > limit_kb) {
        used_kb = (cgroup_memory_own_bytes() - w->own_at_start) / 1024;
        if (used_kb > limit_kb)
            stop(w, RESOURCE_MEMORY, (uint64_t)limit_kb, (uint64_t)used_kb);
    }
    return pause_for(used_kb < limit_kb ? (limit_kb - used_kb) / 1024 : 0);
}

/* Ends the child when a clock has run out; else says how long poll() may sleep. */
static int check_clocks(struct watch *w)
{
    const struct proc_limits *l = &w->plan->limits;
    int64_t now = now_ns();
    int64_t wall_left = (w->deadline_ns - now) / NS_PER_MS + 1;
    int64_t cpu_ms = cpu_used_ns(w) / NS_PER_MS;
    int64_t cpu_left = (int64_t)l->cpu_ms - cpu_ms, pause;

    if (now >= w->deadline_ns) {
        stop(w, RESOURCE_WALL, l->wall_ms, (uint64_t)((now - w->started_ns) / NS_PER_MS));
        return POLL_MIN_MS;
    }
    if (cpu_left <= 0) {
        stop(w, RESOURCE_CPU, l->cpu_ms, (uint64_t)cpu_ms);
        return POLL_MIN_MS;
    }
    pause = check_memory(w);
    if (pause_for(cpu_left) < pause) /* several threads may burn it */
        pause = pause_for(cpu_left);
    return (int)(wall_left < pause ? wall_left : pause);
}

/* ---- the whole ------------------------------------------------------------------------------- */

static void handle(struct watch *w, enum watched which)
{
    switch (which) {
    case WATCH_STDOUT:
    case WATCH_STDERR:
        read_stream(w, which);
        break;
    case WATCH_FAULT:
        read_fault(w);
        break;
    case WATCH_REFUSED:
        read_refused(w);
        break;
    case WATCH_CHILD:
        read_signals(w);
        break;
    case WATCH_COUNT:
        break;
    }
}

/* Until the child has ended; then nobody else is left alive and the pipes are read to their ends.
 */
static void watch_child(struct watch *w)
{
    while (!w->gone) {
        int timeout = check_clocks(w);

        if (poll(w->fds, WATCH_COUNT, timeout) <= 0)
            continue;
        for (int i = 0; i < WATCH_COUNT; i++)
            if (w->fds[i].revents != 0)
                handle(w, (enum watched)i);
    }
    end_all(w);
    for (int i = WATCH_STDOUT; i <= WATCH_FAULT; i++)
        while (w->fds[i].fd >= 0)
            handle(w, (enum watched)i);
}

/* It held too much and ended before anybody looked. What the kernel remembers as a process's most
 * reaches back to before its exec, when it was a copy of us (getrusage(2)). */
static bool was_too_large(const struct watch *w)
{
    int64_t limit_kb = (int64_t)w->plan->limits.memory_mb << 10;
    struct rusage ours;

    if (!w->plan->limits.watch_memory || getrusage(RUSAGE_SELF, &ours) != 0)
        return false;
    if (limit_kb < ours.ru_maxrss)
        limit_kb = ours.ru_maxrss;
    return w->largest_kb > limit_kb + LIBRARIES_KB;
}

/* Which limit of the kernel's making ended it, if one did. */
static void judge(struct watch *w)
{
    struct proc_result *r = w->result;
    const struct proc_limits *l = &w->plan->limits;

    r->cpu_ms = (double)w->cpu_reaped_ns / (double)NS_PER_MS;
    if ((w->oom_at_start >= 0 && cgroup_oom_kills() > w->oom_at_start) || was_too_large(w))
        blame(r, RESOURCE_MEMORY, (uint64_t)l->memory_mb << 10, (uint64_t)r->max_rss_kb);
    else if (r->signal == SIGXCPU)
        blame(r, RESOURCE_CPU, l->cpu_ms, (uint64_t)r->cpu_ms);
    else if (r->signal == SIGXFSZ)
        blame(r, RESOURCE_FILE, (uint64_t)l->file_mb << 20, (uint64_t)l->file_mb << 20);
    else if (r->signal == SIGSYS)
        note_refused(w, "(killed)"); /* the kernel does not say for which */
}

/* Pairs of descriptors; [0] is ours, [1] the child's. */
struct channels {
    int out[PROC_STREAMS][2], fault[2], report[2], handoff[2];
};

static void channels_close(struct channels *c, int from)
{
    for (int *pair = c->out[0]; pair < (int *)(c + 1); pair += 2)
        for (int i = from; i < 2; i++) {
            cleanup_close_impl(&pair[i]);
            pair[i] = -1;
        }
}

static int channels_open(struct channels *c, const struct proc_plan *plan)
{
    bool handoff = plan->filter != NULL && plan->filter->notifies;

    memset(c, 0xff, sizeof(*c)); /* -1 everywhere */
    if (pipe2(c->out[PROC_STDOUT], O_CLOEXEC) == 0 && pipe2(c->out[PROC_STDERR], O_CLOEXEC) == 0 &&
        pipe2(c->report, O_CLOEXEC) == 0 &&
        (!plan->fault_channel || pipe2(c->fault, O_CLOEXEC) == 0) &&
        (!handoff || socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, c->handoff) == 0))
        return 0;
    return -errno;
}

/* Until the exec, which closes the report channel; whatever comes over it before is an errno. The
 * exec itself waits for an answer. */
static int wait_for_exec(struct watch *w, int report, struct err *err)
{
    struct pollfd both[] = {{.fd = report, .events = POLLIN},
                            {.fd = w->fds[WATCH_REFUSED].fd, .events = POLLIN}};
    int code = 0;

    while (both[0].revents == 0) {
        if (poll(both, 2, -1) < 0 && errno != EINTR)
            return err_errno(err, errno, "poll");
        w->fds[WATCH_REFUSED].revents = both[1].revents;
        if (both[1].revents != 0)
            read_refused(w); /* the program may have come as far as its first refused call */
        both[1].fd = w->fds[WATCH_REFUSED].fd;
    }
    return read(report, &code, sizeof(code)) <= 0 ? 0
                                                  : err_errno(err, code, "starting the program");
}

/* The parent keeps its ends. */
static int parent_side(struct watch *w, struct channels *c, struct err *err)
{
    int rc;

    channels_close(c, 1);
    w->fds[WATCH_STDOUT].fd = steal_fd(&c->out[PROC_STDOUT][0]);
    w->fds[WATCH_STDERR].fd = steal_fd(&c->out[PROC_STDERR][0]);
    w->fds[WATCH_FAULT].fd = steal_fd(&c->fault[0]);
    w->fds[WATCH_REFUSED].fd = c->handoff[0] < 0 ? -1 : notify_receive(c->handoff[0]);
    rc = wait_for_exec(w, c->report[0], err);
    channels_close(c, 0);
    return rc;
}

static void note_start(struct watch *w)
{
    w->oom_at_start = cgroup_oom_kills();
    w->memory_at_start = cgroup_memory_bytes();
    w->own_at_start = w->plan->limits.watch_memory ? cgroup_memory_own_bytes() : -1;
    w->cpu_at_start_ns = cgroup_cpu_ns();
    w->started_ns = now_ns();
    w->deadline_ns = w->started_ns + (int64_t)w->plan->limits.wall_ms * NS_PER_MS;
}

static int begin(struct watch *w, struct err *err)
{
    bool limit_data = cgroup_version() == 0; /* asked here: in the child the answer is another */
    struct channels c;
    int rc = channels_open(&c, w->plan);

    note_start(w);
    w->pid = rc == 0 ? fork() : -1;
    if (w->pid < 0) {
        rc = err_errno(err, rc == 0 ? errno : -rc, "starting a child");
        channels_close(&c, 0);
        return rc;
    }
    if (w->pid == 0) {
        const struct child_fds fds = {{c.out[PROC_STDOUT][1], c.out[PROC_STDERR][1]},
                                      c.fault[1],
                                      c.report[1],
                                      c.handoff[1],
                                      limit_data};

        child_become(w->plan, &fds);
    }
    return parent_side(w, &c, err);
}

static void watch_init(struct watch *w, int signals)
{
    for (int i = 0; i < WATCH_COUNT; i++)
        w->fds[i] = (struct pollfd){.fd = -1, .events = POLLIN};
    w->fds[WATCH_CHILD].fd = signals;
}

static void watch_close(struct watch *w)
{
    for (int i = 0; i < WATCH_CHILD; i++)
        cleanup_close_impl(&w->fds[i].fd);
}

static int child_signals(struct err *err)
{
    sigset_t set;
    int fd;

    sigemptyset(&set);
    sigaddset(&set, SIGCHLD);
    fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
    return fd < 0 ? err_errno(err, errno, "signalfd") : fd;
}

int proc_run(const struct proc_plan *plan, struct proc_result *ret, struct err *err)
{
    struct proc_result result = {0};
    struct watch w = {.plan = plan, .result = &result};
    cleanup_close int signals = child_signals(err);
    int rc;

    if (signals < 0)
        return signals;
    watch_init(&w, signals);
    rc = begin(&w, err);
    if (rc == 0)
        watch_child(&w);
    else if (w.pid > 0)
        end_all(&w);
    watch_close(&w);
    if (rc != 0)
        return rc;
    judge(&w);
    *ret = result;
    return 0;
}

int proc_init(struct err *err)
{
    sigset_t set;

    sigemptyset(&set);
    sigaddset(&set, SIGCHLD);
    if (sigprocmask(SIG_BLOCK, &set, NULL) != 0 || prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) != 0)
        return err_errno(err, errno, "preparing to watch children");
    return 0;
}
