/* db.c - gb-admin db and config. */
#include "admin.h"

#include <errno.h>
#include <sqlite3.h>
#include <stdio.h>

static int migrate(struct admin *a, struct args *args, struct err *err)
{
    (void)args;
    (void)err; /* opening it has done the work */
    printf("%s is up to date\n", a->cfg.db_path);
    return 0;
}

static int check(struct admin *a, struct args *args, struct err *err)
{
    struct buf out = BUF_INIT(0);
    (void)args;
    int code = store_print(a->store, "SELECT integrity_check FROM pragma_integrity_check", NULL,
                           false, &out, err);
    if (!code)
        code =
            store_print(a->store, "SELECT * FROM pragma_foreign_key_check", NULL, false, &out, err);
    if (!code && strcmp(buf_cstr(&out), "integrity_check\nok\ntable  rowid  parent  fkid\n") != 0)
        code = err_set(err, -EBADMSG, "the database is damaged:\n%s", buf_cstr(&out));
    if (!code)
        puts("the database is sound");
    buf_free(&out);
    return code;
}

static int query(struct admin *a, struct args *args, struct err *err)
{
    return admin_print(a, args->v[0], NULL, err);
}

/* SQLite's online backup: the service goes on meanwhile. */
static int copy_pages(sqlite3 *from, sqlite3 *to, struct err *err)
{
    sqlite3_backup *b = sqlite3_backup_init(to, "main", from, "main");
    if (!b)
        return err_set(err, -EIO, "backup: %s", sqlite3_errmsg(to));
    int code;
    while ((code = sqlite3_backup_step(b, 1000)) == SQLITE_OK || code == SQLITE_BUSY ||
           code == SQLITE_LOCKED)
        sqlite3_sleep(10);
    sqlite3_backup_finish(b);
    return code == SQLITE_DONE ? 0 : err_set(err, -EIO, "backup: %s", sqlite3_errmsg(to));
}

static int backup(struct admin *a, struct args *args, struct err *err)
{
    sqlite3 *from = NULL, *to = NULL;
    int code = 0;
    if (sqlite3_open_v2(a->cfg.db_path, &from, SQLITE_OPEN_READONLY, NULL) ||
        sqlite3_open(args->v[0], &to))
        code = err_set(err, -EIO, "cannot open %s and %s", a->cfg.db_path, args->v[0]);
    if (!code)
        code = copy_pages(from, to, err);
    sqlite3_close(from);
    sqlite3_close(to);
    return code;
}

static int config_page(struct admin *a, struct args *args, struct err *err)
{
    cleanup_buf struct buf out = BUF_INIT(0);
    const char *what = args->v[0];
    if (strcmp(what, "print") == 0)
        config_print(&a->cfg, &out);
    else if (strcmp(what, "page") == 0)
        config_markdown(&out);
    else if (strcmp(what, "sample") == 0)
        config_sample(&out);
    else
        return err_set(err, -EINVAL, "config print, config page or config sample");
    fputs(buf_cstr(&out), stdout);
    return 0;
}

const struct command db_commands[] = {
    {"db migrate", "", "make the database, or bring it up to date", NEEDS_STORE, 0, 0, migrate},
    {"db check", "", "prove that the file is sound", READS_STORE, 0, 0, check},
    {"db backup", "FILE", "a copy, while the service works", 0, 1, 1, backup},
    {"db query", "SQL", "the rows of a SELECT", READS_STORE, 1, 1, query},
    {"config", "print|page|sample", "what is in force; the page; a sample file", 0, 1, 1,
     config_page},
    {0},
};
