/*
 * filter.h - the compile filter and the run filter, from the table of policy.def.
 *
 * libseccomp takes milliseconds to put a filter together, so gb-job does it while it waits for its
 * job; a child only fills in its own process number and hands the finished program to the kernel.
 * After that the child is what the filter says.
 */
#ifndef GB_JOB_FILTER_H
#define GB_JOB_FILTER_H

#include <stdbool.h>
#include <stddef.h>

#include "../../core/base/err.h"

struct sock_filter;

/* Which system calls a child may make. */
enum filter_kind {
    FILTER_COMPILE,
    FILTER_RUN,
};

struct filter {
    struct sock_filter *code;
    size_t n;      /* instructions */
    bool notifies; /* refused calls of the program are reported through a listener */
};

/* 0 or a negative errno. The kernel decides whether a run filter can notify; where it cannot
 * (gVisor), what would be reported is killed (SIGSYS), and an exec passes by its descriptor, which
 * must then be POLICY_PROGRAM_FD. */
int filter_make(enum filter_kind kind, struct filter *ret, struct err *err);
void filter_free(struct filter *f); /* accepts a zeroed one */

/* In the child, last before exec. Returns the listener's descriptor when it notifies, else 0; -1
 * with errno. */
int filter_load(struct filter *f);

/* "ptrace", or "#" and the number when libseccomp does not know it; static storage. */
const char *filter_syscall_name(int number);

#endif
