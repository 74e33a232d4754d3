/*
 * store_migrate.c - the files of sql/migrations/, in order, each in a transaction of its own.
 *
 * PRAGMA user_version is the number of migrations the file has seen. The texts are compiled in (the
 * Makefile makes store_migrations from the files).
 */
#include "store_priv.h"

#include <errno.h>

/* Made by sql/migrations.awk. */
extern const char *const store_migrations[];
extern const int store_n_migrations;

static int user_version(struct db *db, int *ret, struct err *err)
{
    cleanup_reset sqlite3_stmt *st = NULL;
    int code = db_query(db, "PRAGMA user_version", NO_CELLS, &st, err);
    if (code < 0)
        return code;
    *ret = (int)db_int(st, 0);
    return 0;
}

static int run(struct db *db, const char *sql, struct err *err)
{
    return sqlite3_exec(db->handle, sql, NULL, NULL, NULL) ? db_error(db, err) : 0;
}

/* The version is read again inside the transaction: another process may have been faster. */
static int migrate_in(struct db *db, int version, struct err *err)
{
    char set_version[64];
    int now = 0, code = user_version(db, &now, err);
    if (code || now != version)
        return code;
    code = run(db, store_migrations[version], err);
    if (code)
        return err_wrap(err, code, "migration %03d", version + 1);
    sqlite3_snprintf(sizeof set_version, set_version, "PRAGMA user_version = %d", version + 1);
    return run(db, set_version, err);
}

static int migrate_one(struct db *db, int version, struct err *err)
{
    int code = run(db, "BEGIN IMMEDIATE", err);
    if (code)
        return code;
    code = migrate_in(db, version, err);
    if (!code)
        code = run(db, "COMMIT", err);
    if (code && !sqlite3_get_autocommit(db->handle))
        run(db, "ROLLBACK", NULL);
    return code;
}

static int refuse(int version, struct err *err)
{
    return err_set(err, -ENOTSUP, "the database has version %d, this program knows %d", version,
                   store_n_migrations);
}

int store_migrate(struct db *db, struct err *err)
{
    int version = 0, code = user_version(db, &version, err);
    while (!code && version < store_n_migrations) {
        code = migrate_one(db, version, err);
        if (!code)
            code = user_version(db, &version, err);
    }
    if (!code && version > store_n_migrations)
        return refuse(version, err);
    return code;
}

int store_migrated(struct db *db, struct err *err)
{
    int version = 0, code = user_version(db, &version, err);
    return !code && version != store_n_migrations ? refuse(version, err) : code;
}
