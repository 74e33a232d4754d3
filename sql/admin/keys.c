/* keys.c - gb-admin key. */
#include "admin.h"

#include <errno.h>
#include <stdio.h>
#include <unistd.h>

/* The user's name, as `--user NAME` or as the last word. 0, or -EINVAL. */
static int take_user(struct args *args, const char **ret_user, struct err *err)
{
    const char *user = arg_option(args, "--user", NULL);
    int code = arg_rest(args, user ? 0 : 1, err);
    if (!code)
        *ret_user = user ? user : args->v[0];
    return code;
}

static int key_create(struct admin *a, struct args *args, struct err *err)
{
    char key[STORE_KEY_MAX];
    int64_t days, seconds;
    struct key_new k = {.label = arg_option(args, "--label", NULL)};
    const char *scopes = arg_option(args, "--scopes", "compile,execute,read");
    int code = arg_number(args, "--days", 1, 0, &days, err);
    if (!code)
        code = arg_number(args, "--seconds", 1, 0, &seconds, err);
    if (!code)
        code = take_user(args, &k.user, err);
    k.scopes = store_scopes_parse(scopes);
    if (!code && !k.scopes)
        return err_set(err, -EINVAL,
                       "--scopes takes words of compile, execute, read, admin; or all");
    if (code)
        return code;
    int64_t life_ms = days * 86400000 + seconds * 1000;
    k.expires_at = life_ms ? store_now(a->store) + life_ms : 0;
    code = store_key_create(a->store, a->actor, &k, key, err);
    if (code)
        return code;
    puts(key);
    if (isatty(STDERR_FILENO))
        fputs("This is the only time the key is shown: the service keeps a hash of it.\n", stderr);
    return 0;
}

static int key_list(struct admin *a, struct args *args, struct err *err)
{
    const char *user = NULL;
    int code = args->n ? take_user(args, &user, err) : 0;
    if (code)
        return code;
    return admin_print(
        a,
        "SELECT k.prefix, u.name AS user, k.label, "
        "rtrim(iif(k.scopes & 1, 'compile,', '') || iif(k.scopes & 2, 'execute,', '') || "
        "iif(k.scopes & 4, 'read,', '') || iif(k.scopes & 8, 'admin,', ''), ',') AS scopes, "
        "strftime('%Y-%m-%d %H:%M', k.created_at / 1000, 'unixepoch') AS created, "
        "strftime('%Y-%m-%d %H:%M', k.expires_at / 1000, 'unixepoch') AS expires, "
        "strftime('%Y-%m-%d %H:%M', k.revoked_at / 1000, 'unixepoch') AS revoked "
        "FROM api_key k JOIN user u ON u.id = k.user_id "
        "WHERE u.name = coalesce(?1, u.name) ORDER BY u.name, k.id",
        user, err);
}

static int key_revoke(struct admin *a, struct args *args, struct err *err)
{
    return store_key_revoke(a->store, a->actor, args->v[0], err);
}

static int key_rotate(struct admin *a, struct args *args, struct err *err)
{
    char key[STORE_KEY_MAX];
    int64_t grace;
    int code = arg_number(args, "--grace-seconds", 0, 0, &grace, err);
    if (!code)
        code = arg_rest(args, 1, err);
    if (!code)
        code = store_key_rotate(a->store, a->actor, args->v[0], grace * 1000, key, err);
    if (!code)
        puts(key);
    return code;
}

const struct command key_commands[] = {
    {"key create", "USER [--label TEXT] [--scopes LIST] [--days N] [--seconds N]",
     "a new key, shown once", NEEDS_STORE, 1, 9, key_create},
    {"key list", "[USER]", "keys by prefix, never the keys", READS_STORE, 0, 2, key_list},
    {"key revoke", "PREFIX", "end a key now", NEEDS_STORE, 1, 1, key_revoke},
    {"key rotate", "PREFIX [--grace-seconds N]", "a new key in its place", NEEDS_STORE, 1, 9,
     key_rotate},
    {0},
};
