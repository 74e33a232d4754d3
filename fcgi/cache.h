/*
 * cache.h - results and binaries by hash. It fails open: a cache that cannot answer costs a metric
 * and a log line, nothing else.
 *
 * One struct cache a thread; it keeps its connections. After a failure it is left alone for a
 * second, so no request waits for a memcached that is gone.
 */
#ifndef GB_FCGI_CACHE_H
#define GB_FCGI_CACHE_H

#include "../core/base/buf.h"
#include "../core/base/err.h"

#define CACHE_KEY_MAX 100

struct cache_ops {
    /* 0: *ret is filled (emptied before); -ENOENT: not there; another negative errno: no cache. */
    int (*get)(void *self, const char *key, struct buf *ret, struct err *err);
    int (*set)(void *self, const char *key, struct str value, unsigned ttl_s, struct err *err);
    /* As set, but -EEXIST when the key is there. */
    int (*add)(void *self, const char *key, struct str value, unsigned ttl_s, struct err *err);
    int (*remove)(void *self, const char *key, struct err *err);
    void (*close)(void *self);
};

struct cache {
    const struct cache_ops *ops;
    void *self;
};

struct cache_options {
    const char *servers; /* libmemcached's configuration; "": no cache */
    unsigned timeout_ms; /* longest wait for one answer */
    size_t max_bytes;    /* larger values are not stored: -E2BIG */
};

/* 0; -EINVAL: the configuration cannot be read; -ENOMEM. No server is asked yet. */
int cache_open(const struct cache_options *options, struct cache *ret, struct err *err);
void cache_close(struct cache *c); /* accepts a zeroed one */

static inline int cache_get(struct cache *c, const char *key, struct buf *ret, struct err *err)
{
    return c->ops->get(c->self, key, ret, err);
}

static inline int cache_set(struct cache *c, const char *key, struct str value, unsigned ttl_s,
                            struct err *err)
{
    return c->ops->set(c->self, key, value, ttl_s, err);
}

static inline int cache_add(struct cache *c, const char *key, struct str value, unsigned ttl_s,
                            struct err *err)
{
    return c->ops->add(c->self, key, value, ttl_s, err);
}

static inline int cache_remove(struct cache *c, const char *key, struct err *err)
{
    return c->ops->remove(c->self, key, err);
}

/* The backends: `none` answers -ENOTCONN to everything. */
int cache_memcached_open(const struct cache_options *options, struct cache *ret, struct err *err);
extern const struct cache_ops cache_none;

#endif
