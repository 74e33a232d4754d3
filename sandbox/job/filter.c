/*
 * filter.c - from the rows of policy.def to filters, by libseccomp.
 */
#include "filter.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <seccomp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "../../core/base/cleanup.h"
#include "../policy.h"

/* Stands for the child's process number until the child knows it: no number is that large (pid_max
 * is at most 2^22, proc(5)), and no rule compares with it otherwise. */
#define SELF_PLACEHOLDER 0x5e1f5e1fU

struct making {
    scmp_filter_ctx context;
    enum filter_kind kind;
    bool notifies;
};

/* seccomp(2): user notification, Linux 5.0. gVisor has none. Its seccomp(2) also answers libseccomp's
 * probes as if it knew no SECCOMP_RET_KILL_PROCESS, which is then refused here although it works. */
static bool kernel_notifies(void)
{
    unsigned level = seccomp_api_get();

    if (level < 3)
        seccomp_api_set(3);
    return level >= 5;
}

/* What becomes of a call that no row names. */
static uint32_t default_action(enum filter_kind kind)
{
    return kind == FILTER_COMPILE ? SCMP_ACT_ERRNO(EPERM) : SCMP_ACT_KILL_PROCESS;
}

static uint32_t action_of(const struct making *m, const struct policy_rule *r)
{
    switch (m->kind == FILTER_COMPILE ? r->compile : r->run) {
    case POLICY_ALLOW:
        return SCMP_ACT_ALLOW;
    case POLICY_REPORT:
        return m->notifies ? SCMP_ACT_NOTIFY : SCMP_ACT_KILL_PROCESS;
    case POLICY_JOB:
    case POLICY_REFUSE:
        return SCMP_ACT_ERRNO(EPERM);
    case POLICY_KILL:
        break;
    }
    return SCMP_ACT_KILL_PROCESS;
}

static struct scmp_arg_cmp equal(unsigned arg, uint64_t value)
{
    return (struct scmp_arg_cmp){.arg = arg, .op = SCMP_CMP_EQ, .datum_a = value};
}

static struct scmp_arg_cmp comparison(const struct policy_rule *r)
{
    switch (r->test) {
    case TEST_SELF:
        return equal(r->arg, SELF_PLACEHOLDER);
    case TEST_OTHER:
        return (struct scmp_arg_cmp){r->arg, SCMP_CMP_NE, SELF_PLACEHOLDER, 0};
    case TEST_ANY:
    case TEST_ARG:
        break;
    }
    if (r->mask == UINT64_MAX)
        return equal(r->arg, r->value);
    return (struct scmp_arg_cmp){r->arg, SCMP_CMP_MASKED_EQ, r->mask, r->value};
}

static int add_rule(const struct making *m, const struct policy_rule *r)
{
    uint32_t action = action_of(m, r);
    int number = seccomp_syscall_resolve_name(r->syscall);
    struct scmp_arg_cmp cmp;

    if (number < 0 || action == default_action(m->kind))
        return 0; /* this processor has no such call; or it needs no rule */
    if (r->test == TEST_ANY)
        return seccomp_rule_add_array(m->context, action, number, 0, NULL);
    cmp = comparison(r);
    return seccomp_rule_add_array(m->context, action, number, 1, &cmp);
}

/* Without a listener nobody can let the first exec pass: it is told by its descriptor, which the
 * program no longer has. */
static int add_first_exec(const struct making *m)
{
    const struct scmp_arg_cmp both[] = {equal(0, POLICY_PROGRAM_FD), equal(4, AT_EMPTY_PATH)};

    if (m->kind != FILTER_RUN || m->notifies)
        return 0;
    return seccomp_rule_add_array(m->context, SCMP_ACT_ALLOW, SCMP_SYS(execveat), 2, both);
}

/* Foreign ABIs are killed; clone3, whose flags no filter sees, is "not there", so glibc uses clone.
 * The program is laid out as a tree, which it pays for itself in fewer steps for each call. */
static int add_rules(const struct making *m)
{
    int rc = seccomp_attr_set(m->context, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS);

    if (rc == 0)
        rc = seccomp_attr_set(m->context, SCMP_FLTATR_CTL_OPTIMIZE, 2);
    if (rc == 0)
        rc = seccomp_rule_add(m->context, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0);
    if (rc == 0)
        rc = add_first_exec(m);
    for (size_t i = 0; i < policy_n_rules && rc == 0; i++)
        rc = add_rule(m, &policy_rules[i]);
    return rc;
}

/* The finished program; libseccomp writes it to a file only. */
static int export(const struct making *m, struct filter *f)
{
    cleanup_close int fd = memfd_create("filter", MFD_CLOEXEC);
    struct stat st;
    int rc = fd < 0 ? -errno : seccomp_export_bpf(m->context, fd);

    if (rc != 0)
        return rc;
    if (fstat(fd, &st) != 0)
        return -errno;
    f->code = malloc((size_t)st.st_size);
    if (f->code == NULL)
        return -ENOMEM;
    if (pread(fd, f->code, (size_t)st.st_size, 0) != st.st_size)
        return -EIO;
    f->n = (size_t)st.st_size / sizeof(*f->code);
    return 0;
}

int filter_make(enum filter_kind kind, struct filter *ret, struct err *err)
{
    bool notifies = kernel_notifies(); /* before anything else of libseccomp */
    struct making m = {seccomp_init(default_action(kind)), kind, kind == FILTER_RUN && notifies};
    struct filter f = {.notifies = m.notifies};
    int rc = m.context == NULL ? -ENOMEM : add_rules(&m);

    if (rc == 0)
        rc = export(&m, &f);
    if (m.context != NULL)
        seccomp_release(m.context);
    if (rc != 0) {
        filter_free(&f);
        return err_errno(err, -rc, "making a system-call filter");
    }
    *ret = f;
    return 0;
}

void filter_free(struct filter *f)
{
    free(f->code);
    *f = (struct filter){0};
}

int filter_load(struct filter *f)
{
    struct sock_fprog program = {(unsigned short)f->n, f->code};
    unsigned flags = f->notifies ? SECCOMP_FILTER_FLAG_NEW_LISTENER : 0;

    for (size_t i = 0; i < f->n; i++)
        if (f->code[i].code == (BPF_JMP | BPF_JEQ | BPF_K) && f->code[i].k == SELF_PLACEHOLDER)
            f->code[i].k = (uint32_t)getpid();
    return (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &program);
}

const char *filter_syscall_name(int number)
{
    static char text[64];
    char *name = seccomp_syscall_resolve_num_arch(seccomp_arch_native(), number);

    if (name != NULL)
        snprintf(text, sizeof(text), "%s", name);
    else
        snprintf(text, sizeof(text), "#%d", number);
    free(name);
    return text;
}
