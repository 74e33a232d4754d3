/*
 * flight.c - a list of keys in flight under one lock; it is as long as there are threads.
 */
#include "flight.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

struct flight {
    struct flight *next;
    char *key;
    struct execution *shared;
    unsigned joined;
    bool landed;
};

struct flights {
    pthread_mutex_t lock;
    pthread_cond_t landed;
    struct flight *first;
};

struct flights *flights_new(void)
{
    struct flights *f = calloc(1, sizeof(*f));
    if (f) {
        pthread_mutex_init(&f->lock, NULL);
        pthread_cond_init(&f->landed, NULL);
    }
    return f;
}

void flights_free(struct flights *f)
{
    if (!f)
        return;
    pthread_cond_destroy(&f->landed);
    pthread_mutex_destroy(&f->lock);
    free(f);
}

static struct flight *find(struct flights *f, const char *key)
{
    for (struct flight *it = f->first; it; it = it->next)
        if (strcmp(it->key, key) == 0)
            return it;
    return NULL;
}

static struct flight *begin(struct flights *f, const char *key)
{
    struct flight *it = calloc(1, sizeof(*it));
    if (!it)
        return NULL;
    it->key = strdup(key);
    if (!it->key) {
        free(it);
        return NULL;
    }
    it->next = f->first;
    f->first = it;
    return it;
}

struct flight *flight_join(struct flights *f, const char *key, bool *ret_first)
{
    pthread_mutex_lock(&f->lock);
    struct flight *it = find(f, key);
    bool first = it == NULL;
    if (first)
        it = begin(f, key);
    if (it)
        it->joined++;
    pthread_mutex_unlock(&f->lock);
    *ret_first = first;
    return it;
}

/* Nobody joins what has landed: a later request looks into the cache first. */
static void unlist(struct flights *f, const struct flight *it)
{
    struct flight **at = &f->first;
    while (*at && *at != it)
        at = &(*at)->next;
    if (*at)
        *at = it->next;
}

void flight_land(struct flights *f, struct flight *it, struct execution *x_take)
{
    pthread_mutex_lock(&f->lock);
    unlist(f, it);
    it->shared = x_take;
    it->landed = true;
    pthread_cond_broadcast(&f->landed);
    pthread_mutex_unlock(&f->lock);
}

const struct execution *flight_wait(struct flights *f, struct flight *it)
{
    pthread_mutex_lock(&f->lock);
    while (!it->landed)
        pthread_cond_wait(&f->landed, &f->lock);
    const struct execution *x = it->shared;
    pthread_mutex_unlock(&f->lock);
    return x;
}

void flight_leave(struct flights *f, struct flight *it)
{
    pthread_mutex_lock(&f->lock);
    bool last = --it->joined == 0;
    pthread_mutex_unlock(&f->lock);
    if (!last)
        return;
    execution_free(it->shared);
    free(it->shared);
    free(it->key);
    free(it);
}
