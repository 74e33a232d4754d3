/*
 * cache_memcached.c - the cache in memcached, through libmemcached.
 *
 * Keys are ours (a prefix and hexadecimal digits), values any bytes. Several servers share the keys
 * by consistent hashing.
 */
#include <errno.h>
#include <libmemcached/memcached.h>
#include <stdlib.h>
#include <time.h>

#include "../core/base/cleanup.h"
#include "cache.h"

#define REST_S 1 /* after a failure */

struct backend {
    memcached_st *mc;
    memcached_result_st result;
    size_t max_bytes;
    time_t rests_until; /* CLOCK_MONOTONIC seconds; 0: it works */
};

static time_t monotonic_s(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec;
}

static int ready(const struct backend *b, struct err *err)
{
    if (b->rests_until == 0 || monotonic_s() > b->rests_until)
        return 0;
    return err_set(err, -ENOTCONN, "memcached rests after a failure");
}

/* Turns libmemcached's answer into ours; what is no answer of a server's makes it rest. */
static int answer(struct backend *b, memcached_return_t rc, struct err *err)
{
    b->rests_until = 0;
    switch ((int)rc) {
    case MEMCACHED_SUCCESS:
    case MEMCACHED_END:
        return 0;
    case MEMCACHED_NOTFOUND:
        return -ENOENT;
    case MEMCACHED_NOTSTORED:
    case MEMCACHED_DATA_EXISTS:
        return -EEXIST;
    case MEMCACHED_E2BIG:
    case MEMCACHED_SERVER_MEMORY_ALLOCATION_FAILURE:
        return err_set(err, -E2BIG, "memcached takes no value this large");
    case MEMCACHED_BAD_KEY_PROVIDED:
        return err_set(err, -EINVAL, "not a key for memcached");
    default:
        b->rests_until = monotonic_s() + REST_S;
        return err_set(err, -ENOTCONN, "memcached: %s", memcached_strerror(b->mc, rc));
    }
}

/* One question as libmemcached's calls take it; what a get found stands in `ret`. */
struct question {
    memcached_return_t (*ask)(struct backend *b, const struct question *q);
    const char *key;
    struct str value;
    time_t ttl_s;
    struct buf *ret;
};

static memcached_return_t ask_get(struct backend *b, const struct question *q)
{
    size_t len = strlen(q->key);
    memcached_return_t rc = memcached_mget(b->mc, &q->key, &len, 1);
    if (rc != MEMCACHED_SUCCESS)
        return rc;
    bool found = memcached_fetch_result(b->mc, &b->result, &rc) != NULL && rc == MEMCACHED_SUCCESS;
    buf_clear(q->ret);
    if (found)
        buf_put(q->ret, memcached_result_value(&b->result), memcached_result_length(&b->result));
    /* The end of the answer must be taken off the connection too. */
    memcached_return_t end = rc;
    while (end == MEMCACHED_SUCCESS || end == MEMCACHED_BUFFERED)
        if (!memcached_fetch_result(b->mc, &b->result, &end))
            break;
    return !found && rc == MEMCACHED_END ? MEMCACHED_NOTFOUND : rc;
}

static memcached_return_t ask_set(struct backend *b, const struct question *q)
{
    return memcached_set(b->mc, q->key, strlen(q->key), q->value.s, q->value.n, q->ttl_s, 0);
}

static memcached_return_t ask_add(struct backend *b, const struct question *q)
{
    return memcached_add(b->mc, q->key, strlen(q->key), q->value.s, q->value.n, q->ttl_s, 0);
}

static memcached_return_t ask_delete(struct backend *b, const struct question *q)
{
    return memcached_delete(b->mc, q->key, strlen(q->key), 0);
}

/* The server went away, and perhaps came back: the next call makes a new connection. What it held
 * is gone, so asking again cannot do anything twice. */
static bool connection_is_lost(memcached_return_t rc)
{
    return rc == MEMCACHED_FAILURE || rc == MEMCACHED_ERRNO || rc == MEMCACHED_WRITE_FAILURE ||
           rc == MEMCACHED_UNKNOWN_READ_FAILURE || rc == MEMCACHED_CONNECTION_FAILURE;
}

static int ask(struct backend *b, const struct question *q, struct err *err)
{
    int rc = ready(b, err);
    if (rc < 0)
        return rc;
    memcached_return_t said = q->ask(b, q);
    if (connection_is_lost(said) && b->rests_until == 0)
        said = q->ask(b, q);
    return answer(b, said, err);
}

static int backend_get(void *self, const char *key, struct buf *ret, struct err *err)
{
    int rc = ask(self, &(struct question){.ask = ask_get, .key = key, .ret = ret}, err);
    return rc < 0 ? rc : ret->error;
}

static int put(struct backend *b, const struct question *q, struct err *err)
{
    if (q->value.n > b->max_bytes)
        return err_set(err, -E2BIG, "%zu bytes are more than a cache entry may have", q->value.n);
    return ask(b, q, err);
}

static int backend_set(void *self, const char *key, struct str value, unsigned ttl_s,
                       struct err *err)
{
    const struct question q = {.ask = ask_set, .key = key, .value = value, .ttl_s = ttl_s};
    return put(self, &q, err);
}

static int backend_add(void *self, const char *key, struct str value, unsigned ttl_s,
                       struct err *err)
{
    const struct question q = {.ask = ask_add, .key = key, .value = value, .ttl_s = ttl_s};
    return put(self, &q, err);
}

static int backend_remove(void *self, const char *key, struct err *err)
{
    return ask(self, &(struct question){.ask = ask_delete, .key = key}, err);
}

static void backend_close(void *self)
{
    struct backend *b = self;
    memcached_result_free(&b->result);
    memcached_free(b->mc);
    free(b);
}

static const struct cache_ops memcached_ops = {backend_get, backend_set, backend_add,
                                               backend_remove, backend_close};

static void configure(memcached_st *mc, unsigned timeout_ms)
{
    const struct {
        memcached_behavior_t behavior;
        uint64_t value;
    } rows[] = {
        {MEMCACHED_BEHAVIOR_NO_BLOCK, 1},
        {MEMCACHED_BEHAVIOR_TCP_NODELAY, 1},
        {MEMCACHED_BEHAVIOR_CONNECT_TIMEOUT, timeout_ms},
        {MEMCACHED_BEHAVIOR_POLL_TIMEOUT, timeout_ms},
        {MEMCACHED_BEHAVIOR_VERIFY_KEY, 1},
        {MEMCACHED_BEHAVIOR_DISTRIBUTION, MEMCACHED_DISTRIBUTION_CONSISTENT},
        {MEMCACHED_BEHAVIOR_SERVER_FAILURE_LIMIT, 1},
        {MEMCACHED_BEHAVIOR_RETRY_TIMEOUT, REST_S},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        memcached_behavior_set(mc, rows[i].behavior, rows[i].value);
}

int cache_memcached_open(const struct cache_options *options, struct cache *ret, struct err *err)
{
    cleanup_free struct backend *b = calloc(1, sizeof(*b));
    if (!b)
        return err_set(err, -ENOMEM, "no memory for the cache");
    b->mc = memcached(options->servers, strlen(options->servers));
    if (!b->mc)
        return err_set(err, -EINVAL, "not a configuration of memcached: %s", options->servers);
    configure(b->mc, options->timeout_ms);
    b->max_bytes = options->max_bytes;
    if (!memcached_result_create(b->mc, &b->result)) {
        memcached_free(b->mc);
        return err_set(err, -ENOMEM, "no memory for the cache");
    }
    *ret = (struct cache){.ops = &memcached_ops, .self = steal_ptr(b)};
    return 0;
}
