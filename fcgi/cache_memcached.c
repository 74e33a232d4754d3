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

static int backend_get(void *self, const char *key, struct buf *ret, struct err *err)
{
    struct backend *b = self;
    int rc = ready(b, err);
    if (rc < 0)
        return rc;
    size_t len = strlen(key);
    memcached_return_t mrc = memcached_mget(b->mc, &key, &len, 1);
    if (mrc != MEMCACHED_SUCCESS)
        return answer(b, mrc, err);
    bool found =
        memcached_fetch_result(b->mc, &b->result, &mrc) != NULL && mrc == MEMCACHED_SUCCESS;
    buf_clear(ret);
    if (found)
        buf_put(ret, memcached_result_value(&b->result), memcached_result_length(&b->result));
    /* The end of the answer must be taken off the connection too. */
    memcached_return_t end = mrc;
    while (end == MEMCACHED_SUCCESS || end == MEMCACHED_BUFFERED)
        if (!memcached_fetch_result(b->mc, &b->result, &end))
            break;
    if (!found && (mrc == MEMCACHED_END || mrc == MEMCACHED_NOTFOUND))
        return answer(b, MEMCACHED_NOTFOUND, err);
    return found ? ret->error : answer(b, mrc, err);
}

typedef memcached_return_t put_fn(memcached_st *, const char *, size_t, const char *, size_t,
                                  time_t, uint32_t);

static int put(struct backend *b, put_fn *how, const char *key, struct str value, unsigned ttl_s,
               struct err *err)
{
    if (value.n > b->max_bytes)
        return err_set(err, -E2BIG, "%zu bytes are more than a cache entry may have", value.n);
    int rc = ready(b, err);
    if (rc < 0)
        return rc;
    return answer(b, how(b->mc, key, strlen(key), value.s, value.n, (time_t)ttl_s, 0), err);
}

static int backend_set(void *self, const char *key, struct str value, unsigned ttl_s,
                       struct err *err)
{
    return put(self, memcached_set, key, value, ttl_s, err);
}

static int backend_add(void *self, const char *key, struct str value, unsigned ttl_s,
                       struct err *err)
{
    return put(self, memcached_add, key, value, ttl_s, err);
}

static int backend_remove(void *self, const char *key, struct err *err)
{
    struct backend *b = self;
    int rc = ready(b, err);
    return rc < 0 ? rc : answer(b, memcached_delete(b->mc, key, strlen(key), 0), err);
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
