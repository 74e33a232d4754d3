/*
 * admin.h - what the files of gb-admin share: its arguments, its commands, its store.
 */
#ifndef GB_SQL_ADMIN_H
#define GB_SQL_ADMIN_H

#include "../../core/base/config.h"
#include "../store_admin.h"
#include "../store_jobs.h"

/* The words behind the command, less the options that were taken. */
struct args {
    int n;
    char **v;
};

struct admin {
    struct config cfg;
    struct store *store;
    const char *actor; /* who is logged in, for the audit */
    bool json;         /* --json */
};

/* The value of `--name VALUE`, or when_absent; taken out of the arguments. */
const char *arg_option(struct args *a, const char *name, const char *when_absent);
/* True when `--name` is there; taken out. */
bool arg_flag(struct args *a, const char *name);
/* The same as a number. 0, or -EINVAL with a message. */
int arg_number(struct args *a, const char *name, int64_t least, int64_t when_absent,
               int64_t *ret_value, struct err *err);

/* 0 when n arguments are left, now that the options are taken; -EINVAL with a message. */
int arg_rest(const struct args *a, int n, struct err *err);

/* A command returns 0 or a negative errno with a message; results go to stdout. */
typedef int (*command_run)(struct admin *admin, struct args *args, struct err *err);

enum command_flags {
    NEEDS_STORE = 1, /* opened for writing */
    READS_STORE = 2, /* opened for reading */
};

struct command {
    const char *words; /* "user add" */
    const char *usage; /* "NAME [--plan PLAN]" */
    const char *about;
    unsigned flags;
    int least, most; /* words that may follow, options included */
    command_run run;
};

/* Opens admin->store; main() closes it. */
int admin_open(struct admin *admin, bool read_only, struct err *err);
/* Prints a query's rows. */
int admin_print(struct admin *admin, const char *sql, const char *arg, struct err *err);

/* One table a file. */
extern const struct command user_commands[], key_commands[], job_commands[], audit_commands[],
    db_commands[], watch_commands[];

#endif
