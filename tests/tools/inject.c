/*
 * inject.c - makes a running process try a system call, and prints what the kernel answers it.
 *
 * Usage: inject TID CALL     (tries[] names the calls)
 * Prints "ok" or an errno's name. The thread goes on afterwards as if nothing had been.
 *
 * The thread is stopped by ptrace(2) while it waits in a system call, so the instruction before its
 * program counter is the one that enters the kernel: it is run once more with other registers. Paths
 * are NULL: a call that a filter lets through fails with EFAULT.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/wait.h>

#include <elf.h>

#if defined(__x86_64__)
typedef struct user_regs_struct regs_t;
static void prepare(regs_t *r, long nr, const long *args)
{
    r->orig_rax = (unsigned long long)-1; /* nothing to restart */
    r->rax = (unsigned long long)nr;
    r->rdi = (unsigned long long)args[0];
    r->rsi = (unsigned long long)args[1];
    r->rdx = (unsigned long long)args[2];
    r->rip -= 2; /* syscall */
}
static long result(const regs_t *r)
{
    return (long)r->rax;
}
#elif defined(__aarch64__)
typedef struct user_regs_struct regs_t;
static void prepare(regs_t *r, long nr, const long *args)
{
    r->regs[8] = (unsigned long long)nr;
    r->regs[0] = (unsigned long long)args[0];
    r->regs[1] = (unsigned long long)args[1];
    r->regs[2] = (unsigned long long)args[2];
    r->pc -= 4; /* svc #0 */
}
static long result(const regs_t *r)
{
    return (long)r->regs[0];
}
#else
#error "registers of this machine are not known here"
#endif

static const struct {
    const char *name;
    long nr, args[3];
} tries[] = {
    {"exec", SYS_execve, {0, 0, 0}},
    {"inet", SYS_socket, {AF_INET, SOCK_STREAM, 0}},
    {"inet6", SYS_socket, {AF_INET6, SOCK_DGRAM, 0}},
    {"unix", SYS_socket, {AF_UNIX, SOCK_STREAM, 0}},
    {"open", SYS_openat, {AT_FDCWD, 0, O_RDONLY}},
    {"create", SYS_openat, {AT_FDCWD, 0, O_WRONLY | O_CREAT}},
    {"unlink", SYS_unlinkat, {AT_FDCWD, 0, 0}},
    {"ptrace", SYS_ptrace, {PTRACE_TRACEME, 0, 0}},
};

static int fail(const char *what)
{
    fprintf(stderr, "inject: %s: %s\n", what, strerror(errno));
    return 2;
}

static int get(pid_t tid, regs_t *r)
{
    struct iovec v = {r, sizeof *r};
    return (int)ptrace(PTRACE_GETREGSET, tid, NT_PRSTATUS, &v);
}

static int set(pid_t tid, regs_t *r)
{
    struct iovec v = {r, sizeof *r};
    return (int)ptrace(PTRACE_SETREGSET, tid, NT_PRSTATUS, &v);
}

/* One call by a thread that is stopped. */
static int call(pid_t tid, long nr, const long *args, long *ret)
{
    regs_t before, r;
    int status;
    if (get(tid, &before))
        return -1;
    r = before;
    prepare(&r, nr, args);
    if (set(tid, &r) || ptrace(PTRACE_SINGLESTEP, tid, 0, 0) ||
        waitpid(tid, &status, __WALL) != tid || !WIFSTOPPED(status) || get(tid, &r))
        return -1;
    *ret = result(&r);
    return set(tid, &before);
}

int main(int argc, char **argv)
{
    size_t i = 0, n = sizeof tries / sizeof tries[0];
    while (argc == 3 && i < n && strcmp(tries[i].name, argv[2]) != 0)
        i++;
    if (argc != 3 || i == n) {
        fputs("usage: inject TID exec|inet|inet6|unix|open|create|unlink|ptrace\n", stderr);
        return 2;
    }
    pid_t tid = (pid_t)strtol(argv[1], NULL, 10);
    int status;
    long got = 0, ignored;
    if (ptrace(PTRACE_ATTACH, tid, 0, 0) || waitpid(tid, &status, __WALL) != tid)
        return fail("attach");
    int rc = call(tid, tries[i].nr, tries[i].args, &got);
    if (rc == 0 && got >= 0 && tries[i].nr == SYS_socket)
        rc = call(tid, SYS_close, (const long[3]){got}, &ignored);
    if (rc || ptrace(PTRACE_DETACH, tid, 0, 0))
        return fail("call");
    puts(got < 0 ? strerrorname_np((int)-got) : "ok");
    return 0;
}
