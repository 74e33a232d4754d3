/*
 * cache.c - the choice of a backend, and the one that has no cache.
 */
#include "cache.h"

#include <errno.h>

static int none_get(void *self, const char *key, struct buf *ret, struct err *err)
{
    (void)self, (void)key, (void)ret;
    return err_set(err, -ENOTCONN, "no cache is configured");
}

static int none_put(void *self, const char *key, struct str value, unsigned ttl_s, struct err *err)
{
    (void)self, (void)key, (void)value, (void)ttl_s;
    return err_set(err, -ENOTCONN, "no cache is configured");
}

static int none_remove(void *self, const char *key, struct err *err)
{
    (void)self, (void)key;
    return err_set(err, -ENOTCONN, "no cache is configured");
}

static void none_close(void *self)
{
    (void)self;
}

const struct cache_ops cache_none = {none_get, none_put, none_put, none_remove, none_close};

int cache_open(const struct cache_options *options, struct cache *ret, struct err *err)
{
    if (options->servers[0])
        return cache_memcached_open(options, ret, err);
    *ret = (struct cache){.ops = &cache_none};
    return 0;
}

void cache_close(struct cache *c)
{
    if (c->ops)
        c->ops->close(c->self);
    *c = (struct cache){0};
}
