/* store.c - opening, closing, readers, ids: see store.h. */
#include "store_priv.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#define DEFAULT_BUSY_MS 2000
#define DEFAULT_READERS 4

static int64_t wall_clock(void *clock)
{
    (void)clock;
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int64_t store_now(struct store *s)
{
    return s->now_ms(s->clock);
}

bool store_unavailable(int code)
{
    return code == -EAGAIN || code == -ENOSPC || code == -EIO;
}

/* ---- readers -------------------------------------------------------------------------------- */

struct db *store_reader(struct store *s)
{
    pthread_mutex_lock(&s->readers_lock);
    while (s->n_free == 0)
        pthread_cond_wait(&s->reader_free, &s->readers_lock);
    struct db *db = s->free_readers[--s->n_free];
    pthread_mutex_unlock(&s->readers_lock);
    return db;
}

void store_reader_done(struct store *s, struct db *db)
{
    pthread_mutex_lock(&s->readers_lock);
    s->free_readers[s->n_free++] = db;
    pthread_cond_signal(&s->reader_free);
    pthread_mutex_unlock(&s->readers_lock);
}

static int open_readers(struct store *s, const struct db_options *o, int n, struct err *err)
{
    s->readers = calloc((size_t)n, sizeof *s->readers);
    s->free_readers = calloc((size_t)n, sizeof(struct db *));
    if (!s->readers || !s->free_readers)
        return err_set(err, -ENOMEM, "no memory for the store");
    for (; s->n_readers < n; s->n_readers++) {
        int code = db_open(&s->readers[s->n_readers], o, err);
        if (code)
            return code;
        s->free_readers[s->n_free++] = &s->readers[s->n_readers];
    }
    return 0;
}

/* ---- open and close ------------------------------------------------------------------------- */

static struct store *new_store(const struct store_options *o)
{
    struct store *s = calloc(1, sizeof *s);
    if (!s)
        return NULL;
    s->limits = o->limits;
    s->now_ms = o->now_ms ? o->now_ms : wall_clock;
    s->clock = o->clock;
    s->read_only = o->read_only;
    s->alive_fd = -1;
    pthread_mutex_init(&s->queue_lock, NULL);
    pthread_mutex_init(&s->readers_lock, NULL);
    pthread_cond_init(&s->reader_free, NULL);
    return s;
}

/* A new file is for the service's user and group alone; -wal and -shm get the same mode. Never opened
 * when it exists: closing it would drop this process's POSIX locks on it (fcntl(2)). */
static void create_private(const char *path)
{
    int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0640);
    if (fd >= 0)
        close(fd);
}

static int open_writer(struct store *s, const struct store_options *o,
                       const struct db_options *file, struct err *err)
{
    create_private(o->path);
    int code = db_open(&s->writer, file, err);
    if (!code)
        code = store_migrate(&s->writer, err);
    if (!code)
        code = process_register(s, o->path, o->process, err);
    return code;
}

static int open_all(struct store *s, const struct store_options *o, struct err *err)
{
    struct db_options file = {
        .path = o->path,
        .busy_timeout_ms = o->busy_timeout_ms ? o->busy_timeout_ms : DEFAULT_BUSY_MS,
        .max_pages = o->max_pages,
        .read_only = o->read_only,
        .sync_full = o->sync_full,
    };
    if (sodium_init() < 0)
        return err_set(err, -EIO, "libsodium cannot start");
    int code = o->read_only ? 0 : open_writer(s, o, &file, err);
    if (!code)
        code = open_readers(s, &file, o->readers ? o->readers : DEFAULT_READERS, err);
    if (!code && o->read_only)
        code = store_migrated(&s->readers[0], err);
    return code;
}

int store_open(const struct store_options *options, struct store **ret, struct err *err)
{
    struct store *s = new_store(options);
    if (!s)
        return err_set(err, -ENOMEM, "no memory for the store");
    int code = open_all(s, options, err);
    if (code) {
        store_close(s);
        return code;
    }
    *ret = s;
    return 0;
}

void store_close(struct store *s)
{
    if (!s)
        return;
    if (s->process_id)
        process_leave(s);
    if (s->alive_fd >= 0)
        close(s->alive_fd);
    for (int i = 0; i < s->n_readers; i++)
        db_close(&s->readers[i]);
    db_close(&s->writer);
    free(s->readers);
    free(s->free_readers);
    pthread_mutex_destroy(&s->queue_lock);
    pthread_mutex_destroy(&s->readers_lock);
    pthread_cond_destroy(&s->reader_free);
    free(s);
}

/* A row that changes: a transaction without one would find room on a full disk. */
static int touch(struct store *s, struct db *db, void *arg, struct err *err)
{
    (void)arg;
    int code = db_exec(db, "UPDATE process SET checked_at = ?2 WHERE id = ?1",
                       CELLS(cell_int(s->process_id), cell_int(store_now(s))), err);
    return code < 0 ? code : 0;
}

int store_ready(struct store *s, struct err *err)
{
    return store_write(s, touch, NULL, err);
}

/* ---- ids ------------------------------------------------------------------------------------ */

void store_new_id(struct store *s, char ret_id[STORE_ID_MAX])
{
    static const char digits[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    unsigned char random[16];
    uint64_t time = (uint64_t)store_now(s);
    randombytes_buf(random, sizeof random);
    for (int i = 9; i >= 0; i--, time >>= 5)
        ret_id[i] = digits[time & 31];
    for (int i = 0; i < 16; i++)
        ret_id[10 + i] = digits[random[i] & 31];
    ret_id[STORE_ID_MAX - 1] = '\0';
}

/* ---- names ---------------------------------------------------------------------------------- */

static const char *const state_names[] = {
#define JOB_STATE(name, ...) #name,
#include "job_states.def"
#undef JOB_STATE
};

const char *job_state_name(enum job_state state)
{
    return state_names[state];
}

bool job_state_parse(struct str name, enum job_state *ret)
{
    for (size_t i = 0; i < JOB_STATE_COUNT; i++)
        if (str_eqc(name, state_names[i])) {
            *ret = (enum job_state)i;
            return true;
        }
    return false;
}
