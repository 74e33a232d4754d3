/*
 * store_process.c - who runs jobs, and who of them is dead (table process).
 *
 * Each process holds a write lock on one byte of the file PATH-alive, at the offset of its id. The
 * kernel lets go of it the moment the process is gone, however it went, so a look at the byte tells
 * the living from the dead: at once, without heartbeats, without clocks, across pid namespaces. The
 * locks are of the open file (fcntl(2), "Open file description locks"), so threads do not matter.
 */
#include "store_priv.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

static struct flock one_byte(int64_t at)
{
    return (struct flock){.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = at, .l_len = 1};
}

struct registration {
    const char *name;
    int64_t id;
};

/* The lock is taken before anybody else can see the row. */
static int register_apply(struct store *s, struct db *db, void *arg, struct err *err)
{
    struct registration *r = arg;
    int code = db_exec(
        db, "INSERT INTO process (name, pid, started_at) VALUES (?1, ?2, ?3)",
        CELLS(cell_cstr(r->name ? r->name : "unknown"), cell_int(getpid()), cell_int(store_now(s))),
        err);
    if (code < 0)
        return code;
    r->id = sqlite3_last_insert_rowid(db->handle);
    struct flock lock = one_byte(r->id);
    if (fcntl(s->alive_fd, F_OFD_SETLK, &lock))
        return err_errno(err, EIO, "cannot lock byte %lld", (long long)r->id);
    return 0;
}

int process_register(struct store *s, const char *path, const char *name, struct err *err)
{
    char alive[4096];
    if (snprintf(alive, sizeof alive, "%s-alive", path) >= (int)sizeof alive)
        return err_set(err, -ENAMETOOLONG, "%s", path);
    s->alive_fd = open(alive, O_RDWR | O_CREAT | O_CLOEXEC, 0660);
    if (s->alive_fd < 0)
        return err_errno(err, errno, "%s", alive);
    struct registration r = {.name = name};
    int code = store_write(s, register_apply, &r, err);
    if (!code)
        s->process_id = r.id;
    return code;
}

static bool is_dead(struct store *s, int64_t id)
{
    struct flock lock = one_byte(id);
    return id != s->process_id && fcntl(s->alive_fd, F_OFD_GETLK, &lock) == 0 &&
           lock.l_type == F_UNLCK;
}

static int remove_row(struct db *db, int64_t id, struct err *err)
{
    return db_exec(db, "DELETE FROM process WHERE id = ?1", CELLS(cell_int(id)), err);
}

static int leave_apply(struct store *s, struct db *db, void *arg, struct err *err)
{
    (void)arg;
    struct reap_counts counts = {0};
    int code = remove_row(db, s->process_id, err);
    return code < 0 ? code : queue_reap(s, db, &counts, err);
}

void process_leave(struct store *s)
{
    store_write(s, leave_apply, NULL, NULL); /* when it fails, the next to look will bury us */
    s->process_id = 0;
}

int process_bury(struct store *s, struct db *db, struct err *err)
{
    cleanup_reset sqlite3_stmt *st = NULL;
    int code = db_query(db, "SELECT id FROM process", NO_CELLS, &st, err);
    for (; code > 0; code = db_next(db, st, err)) {
        int64_t id = db_int(st, 0);
        if (is_dead(s, id) && (code = remove_row(db, id, err)) < 0)
            return code;
    }
    return code;
}
