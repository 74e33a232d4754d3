/* audit.c - gb-admin audit and event. */
#include "admin.h"

#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static int verify(struct admin *a, struct args *args, struct err *err)
{
    struct audit_verdict v;
    char head[2 * sizeof v.head + 1];
    (void)args;
    int code = store_audit_verify(a->store, &v, err);
    if (code)
        return code;
    if (v.problem && v.bad)
        return err_set(err, -EBADMSG, "the audit log does not hold: row %lld: %s", (long long)v.bad,
                       v.problem);
    if (v.problem)
        return err_set(err, -EBADMSG, "the audit log does not hold: %s: %s", v.problem, v.what);
    sodium_bin2hex(head, sizeof head, v.head, sizeof v.head);
    printf("the audit log holds: %lld rows, %lld to %lld, head %s\n", (long long)v.rows,
           (long long)v.first, (long long)v.last, head);
    return 0;
}

struct printing {
    int64_t last;
};

static void print_line(void *data, int64_t seq, struct str json)
{
    struct printing *p = data;
    p->last = seq;
    printf("%.*s\n", STR_ARG(json));
}

static int export(struct admin *a, struct args *args, struct err *err)
{
    struct printing p = {0};
    int64_t from;
    int code = arg_number(args, "--from", 1, 1, &from, err);
    if (!code)
        code = arg_rest(args, 0, err);
    return code ? code : store_audit_each(a->store, from, print_line, &p, err);
}

static int tail(struct admin *a, struct args *args, struct err *err)
{
    struct printing p = {0};
    int64_t n;
    bool follow = arg_flag(args, "--follow");
    int code = arg_number(args, "--rows", 1, 10, &n, err);
    if (!code)
        code = arg_rest(args, 0, err);
    if (code)
        return code;
    p.last = store_audit_last(a->store) - n;
    do {
        code = store_audit_each(a->store, p.last + 1, print_line, &p, err);
        fflush(stdout);
    } while (!code && follow && !ferror(stdout) && usleep(500000) == 0);
    return code;
}

static int events(struct admin *a, struct args *args, struct err *err)
{
    return admin_print(a,
                       "SELECT time, severity, kind, user, client_ip, job_id, detail "
                       "FROM security_events WHERE coalesce(user, '') = coalesce(?1, user, '') "
                       "ORDER BY id DESC LIMIT 50",
                       args->n ? args->v[0] : NULL, err);
}

const struct command audit_commands[] = {
    {"audit verify", "", "prove that no row was changed or taken", READS_STORE, 0, 0, verify},
    {"audit export", "[--from ROW]", "all rows, one JSON object a line", READS_STORE, 0, 2, export},
    {"audit tail", "[--rows N] [--follow]", "the last rows", READS_STORE, 0, 3, tail},
    {"event list", "[USER]", "the last 50 security events", READS_STORE, 0, 1, events},
    {0},
};
