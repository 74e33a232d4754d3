/* main.c - gb-admin: the operator's commands, as rows of tables. */
#include "admin.h"

#include "../../core/base/log.h"

#include <errno.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static const struct command *const tables[] = {user_commands,  key_commands, job_commands,
                                               audit_commands, db_commands,  watch_commands};
#define N_TABLES (sizeof tables / sizeof tables[0])

/* ---- commands ------------------------------------------------------------------------------- */

/* How many words of the line the command's words are; 0: it is another command. */
static int matches(const struct command *c, int argc, char **argv)
{
    const char *at = c->words;
    int n = 0;
    for (; *at; n++) {
        size_t len = strcspn(at, " ");
        if (n >= argc || strlen(argv[n]) != len || strncmp(argv[n], at, len) != 0)
            return 0;
        at += len + (at[len] == ' ');
    }
    return n;
}

static const struct command *find_command(int argc, char **argv, int *ret_words)
{
    for (size_t t = 0; t < N_TABLES; t++)
        for (const struct command *c = tables[t]; c->words; c++)
            if ((*ret_words = matches(c, argc, argv)))
                return c;
    return NULL;
}

static void print_usage(FILE *to)
{
    fputs("gb-admin [--config FILE] [--json] COMMAND\n", to);
    for (size_t t = 0; t < N_TABLES; t++) {
        fputc('\n', to);
        for (const struct command *c = tables[t]; c->words; c++) {
            fprintf(to, "  %s %s\n      %s\n", c->words, c->usage, c->about);
        }
    }
}

static int open_store(struct admin *a, const struct command *c, struct err *err)
{
    return c->flags & (NEEDS_STORE | READS_STORE) ? admin_open(a, !(c->flags & NEEDS_STORE), err)
                                                  : 0;
}

static const char *who_is_it(void)
{
    const char *sudo = getenv("SUDO_USER");
    const struct passwd *pw = getpwuid(getuid());
    return sudo && *sudo ? sudo : pw ? pw->pw_name : "unknown";
}

static int run(struct admin *a, const struct command *c, struct args *args, struct err *err)
{
    a->json |= arg_flag(args, "--json");
    if (args->n < c->least || args->n > c->most)
        return err_set(err, -EINVAL, "usage: gb-admin %s %s", c->words, c->usage);
    int code = open_store(a, c, err);
    if (!code)
        code = c->run(a, args, err);
    store_close(a->store);
    return code;
}

static int fail(const struct err *err)
{
    fprintf(stderr, "gb-admin: %s\n", err->message);
    return err->code == -EINVAL ? 2 : 1;
}

int main(int argc, char **argv)
{
    struct admin a = {.actor = who_is_it()};
    struct err err = {0};
    int at = 1, words = 0;
    int code = config_main(argc, argv, "", &a.cfg, &at, &err);
    if (code == 1 && strcmp(argv[1], "--help") == 0)
        print_usage(stdout);
    if (code)
        return code == 1 ? 0 : fail(&err);
    log_init("gb-admin", a.cfg.log_level);
    a.json = at < argc && strcmp(argv[at], "--json") == 0;
    at += a.json;
    const struct command *c = find_command(argc - at, argv + at, &words);
    if (!c) {
        print_usage(stderr);
        return 2;
    }
    struct args args = {argc - at - words, argv + at + words};
    code = run(&a, c, &args, &err);
    config_free(&a.cfg);
    return code ? fail(&err) : 0;
}
