/* args.c - arguments, the store and tables, for every command: see admin.h. */
#include "admin.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

/* ---- arguments ------------------------------------------------------------------------------ */

static int find_arg(const struct args *a, const char *name)
{
    for (int i = 0; i < a->n; i++)
        if (strcmp(a->v[i], name) == 0)
            return i;
    return -1;
}

static void drop_args(struct args *a, int at, int n)
{
    memmove(a->v + at, a->v + at + n, (size_t)(a->n - at - n) * sizeof *a->v);
    a->n -= n;
}

const char *arg_option(struct args *a, const char *name, const char *when_absent)
{
    int at = find_arg(a, name);
    if (at < 0 || at + 1 >= a->n)
        return when_absent;
    const char *value = a->v[at + 1];
    drop_args(a, at, 2);
    return value;
}

bool arg_flag(struct args *a, const char *name)
{
    int at = find_arg(a, name);
    if (at >= 0)
        drop_args(a, at, 1);
    return at >= 0;
}

int arg_number(struct args *a, const char *name, int64_t least, int64_t when_absent,
               int64_t *ret_value, struct err *err)
{
    const char *text = arg_option(a, name, NULL);
    char *end;
    *ret_value = when_absent;
    if (!text)
        return 0;
    errno = 0;
    long long v = strtoll(text, &end, 10);
    if (end == text || *end || errno || v < least)
        return err_set(err, -EINVAL, "%s must be a whole number of at least %lld, not \"%s\"", name,
                       (long long)least, text);
    *ret_value = v;
    return 0;
}

int arg_rest(const struct args *a, int n, struct err *err)
{
    if (a->n > n)
        return err_set(err, -EINVAL, "what is \"%s\"? gb-admin --help lists the commands", a->v[n]);
    if (a->n < n)
        return err_set(err, -EINVAL, "an argument is missing; gb-admin --help lists the commands");
    return 0;
}

/* ---- the store ------------------------------------------------------------------------------ */

int admin_open(struct admin *a, bool read_only, struct err *err)
{
    struct store_options o = {
        .path = a->cfg.db_path,
        .process = "gb-admin",
        .busy_timeout_ms = (int)a->cfg.db_busy_ms,
        .readers = 1,
        .sync_full = a->cfg.db_sync_full,
        .read_only = read_only,
        .limits = {a->cfg.max_running_jobs, a->cfg.max_queued_jobs},
    };
    return store_open(&o, &a->store, err);
}

int admin_print(struct admin *a, const char *sql, const char *arg, struct err *err)
{
    struct buf out = BUF_INIT(0);
    int code = store_print(a->store, sql, arg, a->json, &out, err);
    if (!code)
        fputs(buf_cstr(&out), stdout);
    buf_free(&out);
    return code;
}
