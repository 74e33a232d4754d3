/*
 * test_policy.c - the table of system calls, the container's profile, and the filters made of it.
 */
#include <errno.h>
#include <linux/seccomp.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>
#include <seccomp.h>

#include "../../core/base/cleanup.h"
#include "../../sandbox/job/filter.h"
#include "../../sandbox/policy.h"

static void read_file(const char *path, struct buf *into)
{
    FILE *f = fopen(path, "r");
    char piece[4096];
    size_t n;

    assert_non_null(f);
    while ((n = fread(piece, 1, sizeof(piece), f)) > 0)
        buf_put(into, piece, n);
    fclose(f);
}

static void test_profile_is_the_table(void **state)
{
    cleanup_buf struct buf made = BUF_INIT(0), kept = BUF_INIT(0);

    (void)state;
    policy_profile_json(&made);
    read_file("sandbox/image/seccomp.json", &kept);
    assert_string_equal(buf_cstr(&made), buf_cstr(&kept));
}

/* A misspelt name would silently allow nothing. */
static void test_every_name_is_known(void **state)
{
    (void)state;
    for (size_t i = 0; i < policy_n_rules; i++)
        if (seccomp_syscall_resolve_name(policy_rules[i].syscall) == __NR_SCMP_ERROR)
            fail_msg("no such system call: %s", policy_rules[i].syscall);
}

static bool exclusive(const struct policy_rule *a, const struct policy_rule *b)
{
    if (a->test == TEST_ARG && b->test == TEST_ARG)
        return a->arg == b->arg && a->mask == b->mask && a->value != b->value;
    return (a->test == TEST_SELF && b->test == TEST_OTHER) ||
           (a->test == TEST_OTHER && b->test == TEST_SELF);
}

static void test_rows_of_one_call_exclude_each_other(void **state)
{
    (void)state;
    for (size_t i = 0; i < policy_n_rules; i++)
        for (size_t k = 0; k < i; k++)
            if (strcmp(policy_rules[i].syscall, policy_rules[k].syscall) == 0 &&
                !exclusive(&policy_rules[i], &policy_rules[k]))
                fail_msg("%s: rows %zu and %zu overlap", policy_rules[i].syscall, k, i);
}

static void test_every_row_says_why(void **state)
{
    (void)state;
    for (size_t i = 0; i < policy_n_rules; i++) {
        assert_true(policy_rules[i].why[0] != '\0');
        /* What a program may do, the compiler may do too. */
        if (policy_rules[i].run == POLICY_ALLOW)
            assert_true(policy_rules[i].compile == POLICY_ALLOW ||
                        policy_rules[i].compile == POLICY_JOB);
    }
}

#define MUST_BE_KILLED                                                                             \
    "unshare", "setns", "mount", "keyctl", "add_key", "request_key", "bpf", "perf_event_open",     \
        "userfaultfd", "io_uring_setup", "io_uring_enter", "init_module", "open_by_handle_at"

static void test_the_worst_are_in_no_profile(void **state)
{
    static const char *const worst[] = {MUST_BE_KILLED};
    cleanup_buf struct buf profile = BUF_INIT(0);

    (void)state;
    policy_profile_json(&profile);
    for (size_t i = 0; i < sizeof(worst) / sizeof(worst[0]); i++) {
        char quoted[64];

        snprintf(quoted, sizeof(quoted), "\"%s\"", worst[i]);
        assert_null(strstr(buf_cstr(&profile), quoted));
    }
}

/* ---- filters, loaded for real ---------------------------------------------------------------- */

/* Runs `action` in a child behind the filter and returns its wait status. */
static int status_behind(enum filter_kind kind, void (*action)(void))
{
    struct filter f;
    struct err err;
    int status = 0;
    pid_t pid;

    assert_int_equal(filter_make(kind, &f, &err), 0);
    f.notifies = false; /* nobody would answer */
    pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
        if (filter_load(&f) < 0)
            syscall(SYS_exit_group, 99);
        action();
        syscall(SYS_exit_group, 0);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    filter_free(&f);
    return status;
}

static void exit_with(long result)
{
    syscall(SYS_exit_group, result < 0 ? errno : 0);
}

static void do_nothing(void)
{
}

static void do_keyctl(void)
{
    exit_with(syscall(SYS_keyctl, 0, 0));
}

static void do_io_uring(void)
{
    exit_with(syscall(SYS_io_uring_setup, 1, NULL));
}

static void do_socket(void)
{
    exit_with(syscall(SYS_socket, AF_INET, SOCK_STREAM, 0));
}

static void do_vsock(void)
{
    exit_with(syscall(SYS_socket, AF_VSOCK, SOCK_STREAM, 0));
}

static void do_namespace_thread(void)
{
    exit_with(syscall(SYS_clone, 0x10000000UL /* CLONE_NEWUSER */ | SIGCHLD, 0, 0, 0, 0));
}

static void do_clone3(void)
{
    exit_with(syscall(SYS_clone3, NULL, 0));
}

static void do_signal_to_self(void)
{
    exit_with(syscall(SYS_kill, getpid(), 0));
}

static void expect_exit(enum filter_kind kind, void (*action)(void), int code)
{
    int status = status_behind(kind, action);

    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), code);
}

static void expect_killed(void (*action)(void))
{
    int status = status_behind(FILTER_RUN, action);

    assert_true(WIFSIGNALED(status));
    assert_int_equal(WTERMSIG(status), SIGSYS);
}

static void test_filters_do_what_the_table_says(void **state)
{
    (void)state;
    expect_exit(FILTER_RUN, do_nothing, 0);
    expect_exit(FILTER_COMPILE, do_nothing, 0);
    expect_killed(do_keyctl);
    expect_killed(do_io_uring);
    expect_killed(do_vsock);
    expect_killed(do_namespace_thread);
    expect_exit(FILTER_RUN, do_clone3, ENOSYS);
    expect_exit(FILTER_RUN, do_signal_to_self, 0);
    expect_exit(FILTER_COMPILE, do_socket, EPERM);
    expect_exit(FILTER_COMPILE, do_keyctl, EPERM);
    /* A notification that nobody listens to is ENOSYS (seccomp(2)). */
    expect_exit(FILTER_RUN, do_socket, ENOSYS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_profile_is_the_table),
        cmocka_unit_test(test_every_name_is_known),
        cmocka_unit_test(test_rows_of_one_call_exclude_each_other),
        cmocka_unit_test(test_every_row_says_why),
        cmocka_unit_test(test_the_worst_are_in_no_profile),
        cmocka_unit_test(test_filters_do_what_the_table_says),
    };

    return cmocka_run_group_tests(tests, NULL, NULL) != 0;
}
