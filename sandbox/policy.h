/*
 * policy.h - which system calls a container, its compiler and its program may make (policy.def).
 */
#ifndef GB_SANDBOX_POLICY_H
#define GB_SANDBOX_POLICY_H

#include <stddef.h>
#include <stdint.h>

#include "../core/base/buf.h"

/* Part of every cache key: raise it whenever a row or a screening rule changes what is refused. */
#define POLICY_VERSION 1

/* The one descriptor on which a child of gb-job may send a message after its filter is loaded. It
 * is close-on-exec, so the program never holds it. */
#define POLICY_HANDOFF_FD 200

/* The descriptor a child executes the program from; close-on-exec too. */
#define POLICY_PROGRAM_FD 201

enum policy_test {
    TEST_ANY,
    TEST_ARG,   /* argument & mask == value */
    TEST_SELF,  /* argument == the process */
    TEST_OTHER, /* argument != the process */
};

enum policy_action {
    POLICY_ALLOW,
    POLICY_JOB,    /* allowed to gb-job itself, refused to the compiler */
    POLICY_REFUSE, /* EPERM */
    POLICY_REPORT, /* EPERM and a security event */
    POLICY_KILL,
};

struct policy_rule {
    const char *syscall;
    enum policy_test test;
    unsigned arg;
    uint64_t mask, value; /* TEST_ARG */
    enum policy_action compile, run;
    const char *why;
};

/* The rows of policy.def, in order. */
extern const struct policy_rule policy_rules[];
extern const size_t policy_n_rules;

/* Whether the container's profile lets this row's calls through. */
static inline int policy_in_profile(const struct policy_rule *r)
{
    return r->run != POLICY_KILL;
}

/* Appends the container's profile as Docker reads it: what sandbox/image/seccomp.json holds. */
void policy_profile_json(struct buf *out);

#endif
