/*
 * service.h - what all requests of one process share, and what each of its threads has for itself.
 */
#ifndef GB_FCGI_SERVICE_H
#define GB_FCGI_SERVICE_H

#include <pthread.h>
#include <stdatomic.h>

#include "../core/base/config.h"
#include "../core/gb.h"
#include "../sql/store.h"
#include "cache.h"
#include "flight.h"

#define IMAGE_MAX 200

struct metrics;

struct service {
    const char *program; /* "gb-fcgi" or "gb-jobd" */
    struct config cfg;
    struct arena arena; /* of the policy */
    struct gb_policy policy;
    struct store *store;
    struct metrics *metrics;
    struct flights *flights;
    const struct str *headers; /* that C sources may include; NULL: the built-in list */
    size_t n_headers;
    atomic_int holding; /* threads that only wait: server-sent events, Prefer: wait */
    atomic_bool stopping;

    /* The image that new containers are made of, "" while nobody has said it. Half of every cache
     * key, so it is remembered when gb-sandboxd is away. */
    pthread_mutex_t image_lock;
    char image[IMAGE_MAX];
    pthread_t watcher;
    bool watching;
};

/* One a thread. What a request needs again and again keeps its memory here in between. */
struct worker {
    struct service *service;
    struct cache cache;
    struct gb_report *report;        /* taken (NULL) while a graph is being checked */
    struct buf body, headers, reply; /* the same while there is a request */
};

/* With s->cfg loaded: reads the files it names, opens the store. After it no file is opened any
 * more. Release with service_close(), also after a failure. */
int service_open(struct service *s, const char *program, struct err *err);
/* Starts the thread that keeps asking gb-sandboxd for its image. */
int service_watch(struct service *s, struct err *err);
void service_close(struct service *s);

/* For replies that keep a thread busy with waiting: false when half of the threads do so already;
 * otherwise service_release() ends it. */
bool service_hold(struct service *s);
void service_release(struct service *s);

int worker_open(struct worker *w, struct service *s, struct err *err);
void worker_close(struct worker *w);

/* Copies the image's name and digest; "" when it is not known. */
void service_image(struct service *s, char ret[IMAGE_MAX]);
/* Learns it, from a report or a status. */
void service_set_image(struct service *s, struct str image);

#endif
