/*
 * policy.c - the table of policy.def, and Docker's profile from it.
 */
#include "policy.h"

#include <asm/ioctls.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>

#include "../core/base/jsonw.h"

#ifndef PR_SET_VMA
#define PR_SET_VMA 0x53564d41 /* Linux 5.17 */
#endif

/* What is tested of clone's flags: threads pass, namespaces never do. */
#define CLONE_MINE                                                                                 \
    (CLONE_THREAD | CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWUSER |  \
     CLONE_NEWPID | CLONE_NEWNET)

#define ANY TEST_ANY, 0, 0, 0
#define ARG(n, v) TEST_ARG, n, UINT64_MAX, v
#define BITS(n, mask, v) TEST_ARG, n, mask, v
#define SELF(n) TEST_SELF, n, 0, 0
#define OTHER(n) TEST_OTHER, n, 0, 0
/* Two steps, so that a test has become its four parts before they are counted. */
#define RULE(...) ROW(__VA_ARGS__)
#define ROW(name, test, arg, mask, value, compile, run, why)                                       \
    {#name, test, arg, mask, value, POLICY_##compile, POLICY_##run, why},

const struct policy_rule policy_rules[] = {
#include "policy.def"
};
const size_t policy_n_rules = sizeof(policy_rules) / sizeof(policy_rules[0]);

/* ---- Docker's profile ------------------------------------------------------------------------ */

/* Whether the profile tests arguments: it cannot compare with a process number. */
static bool tested(const struct policy_rule *r)
{
    return r->test == TEST_ARG;
}

static bool named_before(const struct policy_rule *rule)
{
    for (const struct policy_rule *r = policy_rules; r < rule; r++)
        if (policy_in_profile(r) && !tested(r) && strcmp(r->syscall, rule->syscall) == 0)
            return true;
    return false;
}

static void begin_entry(struct jsonw *w)
{
    buf_puts(w->out, w->comma ? ",\n    " : "\n    ");
    w->comma = false;
    jw_open(w, '{');
    jw_key(w, "names");
    jw_open(w, '[');
}

static void end_entry(struct jsonw *w, const char *action)
{
    jw_kcstr(w, "action", action);
}

/* Calls that pass whatever their arguments. */
static void write_untested(struct jsonw *w)
{
    begin_entry(w);
    for (size_t i = 0; i < policy_n_rules; i++) {
        const struct policy_rule *r = &policy_rules[i];

        if (!policy_in_profile(r) || tested(r) || named_before(r))
            continue;
        buf_puts(w->out, w->comma ? ",\n      " : "\n      ");
        w->comma = false;
        jw_cstr(w, r->syscall);
    }
    jw_close(w, ']');
    end_entry(w, "SCMP_ACT_ALLOW");
    jw_close(w, '}');
}

static void write_tested(struct jsonw *w, const struct policy_rule *r)
{
    bool exact = r->mask == UINT64_MAX;

    begin_entry(w);
    jw_cstr(w, r->syscall);
    jw_close(w, ']');
    end_entry(w, "SCMP_ACT_ALLOW");
    jw_key(w, "args");
    jw_open(w, '[');
    jw_open(w, '{');
    jw_kint(w, "index", r->arg);
    jw_key(w, "value");
    jw_uint(w, exact ? r->value : r->mask);
    jw_key(w, "valueTwo");
    jw_uint(w, exact ? 0 : r->value);
    jw_kcstr(w, "op", exact ? "SCMP_CMP_EQ" : "SCMP_CMP_MASKED_EQ");
    jw_close(w, '}');
    jw_close(w, ']');
    jw_kcstr(w, "comment", r->why);
    jw_close(w, '}');
}

/* glibc falls back to clone, whose flags can be tested, when it hears ENOSYS. */
static void write_clone3(struct jsonw *w)
{
    begin_entry(w);
    jw_cstr(w, "clone3");
    jw_close(w, ']');
    end_entry(w, "SCMP_ACT_ERRNO");
    jw_kint(w, "errnoRet", 38);
    jw_close(w, '}');
}

void policy_profile_json(struct buf *out)
{
    struct jsonw w = {.out = out};

    buf_puts(out, "{\n  \"defaultAction\": \"SCMP_ACT_ERRNO\",\n"
                  "  \"archMap\": [\n"
                  "    {\"architecture\": \"SCMP_ARCH_X86_64\", \"subArchitectures\": []},\n"
                  "    {\"architecture\": \"SCMP_ARCH_AARCH64\", \"subArchitectures\": []}\n"
                  "  ],\n  \"syscalls\": [");
    write_untested(&w);
    for (size_t i = 0; i < policy_n_rules; i++)
        if (policy_in_profile(&policy_rules[i]) && tested(&policy_rules[i]))
            write_tested(&w, &policy_rules[i]);
    write_clone3(&w);
    buf_puts(out, "\n  ]\n}\n");
}
