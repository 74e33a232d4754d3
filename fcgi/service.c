/*
 * service.c - what a process opens before it serves.
 */
#include "service.h"

#include <errno.h>
#include <sodium.h>
#include <stdlib.h>
#include <unistd.h>

#include "../core/base/log.h"
#include "../sandbox/client.h"
#include "header_list.h"
#include "jget.h"
#include "metrics.h"

#define WATCH_S 2      /* how often gb-sandboxd is asked for its image */
#define STATUS_MS 1000 /* longest wait for its answer */
#define IMAGE_KEY "gb:image"
#define IMAGE_TTL_S 2592000

static int open_store(struct service *s, struct err *err)
{
    const struct store_options options = {
        .path = s->cfg.db_path,
        .process = s->program,
        .busy_timeout_ms = (int)s->cfg.db_busy_ms,
        .sync_full = s->cfg.db_sync_full,
        .max_pages = s->cfg.db_max_pages,
        .limits = {.running_jobs = s->cfg.max_running_jobs, .queued_jobs = s->cfg.max_queued_jobs},
    };
    return store_open(&options, &s->store, err);
}

int service_open(struct service *s, const char *program, struct err *err)
{
    const char *includes = s->cfg.allowed_includes[0] ? s->cfg.allowed_includes : NULL;
    const char *plugins = s->cfg.plugins[0] ? s->cfg.plugins : NULL;
    s->program = program;
    pthread_mutex_init(&s->image_lock, NULL);
    if (sodium_init() < 0)
        return err_set(err, -EIO, "libsodium does not initialise");
    s->flights = flights_new();
    if (!s->flights)
        return err_set(err, -ENOMEM, "no memory");
    int rc = gb_policy_load(includes, plugins, &s->arena, &s->policy, err);
    if (rc == 0)
        rc = header_list_load(s->cfg.allowed_headers, &s->arena, &s->headers, &s->n_headers, err);
    if (rc == 0)
        rc = metrics_open(s->cfg.metrics_dir, &s->metrics, err);
    return rc == 0 ? open_store(s, err) : rc;
}

void service_close(struct service *s)
{
    if (s->watching) {
        atomic_store(&s->stopping, true);
        pthread_join(s->watcher, NULL);
    }
    store_close(s->store);
    metrics_close(s->metrics);
    flights_free(s->flights);
    arena_free(&s->arena);
    pthread_mutex_destroy(&s->image_lock);
    config_free(&s->cfg);
}

bool service_hold(struct service *s)
{
    if (atomic_fetch_add(&s->holding, 1) < s->cfg.threads / 2)
        return true;
    service_release(s);
    return false;
}

void service_release(struct service *s)
{
    atomic_fetch_sub(&s->holding, 1);
}

int worker_open(struct worker *w, struct service *s, struct err *err)
{
    const struct cache_options options = {
        .servers = s->cfg.memcached,
        .timeout_ms = (unsigned)s->cfg.cache_timeout_ms,
        .max_bytes = (size_t)s->cfg.cache_max_kb << 10,
    };
    *w = (struct worker){.service = s};
    return cache_open(&options, &w->cache, err);
}

void worker_close(struct worker *w)
{
    cache_close(&w->cache);
    free(w->report);
    buf_free(&w->body);
    buf_free(&w->headers);
    buf_free(&w->reply);
}

/* ---- the image ------------------------------------------------------------------------------- */

void service_image(struct service *s, char ret[IMAGE_MAX])
{
    pthread_mutex_lock(&s->image_lock);
    memcpy(ret, s->image, IMAGE_MAX);
    pthread_mutex_unlock(&s->image_lock);
}

void service_set_image(struct service *s, struct str image)
{
    if (image.n == 0 || image.n >= IMAGE_MAX)
        return;
    pthread_mutex_lock(&s->image_lock);
    memcpy(s->image, image.s, image.n);
    s->image[image.n] = '\0';
    pthread_mutex_unlock(&s->image_lock);
}

/* Asks once. True when gb-sandboxd named its image. */
static bool ask_image(struct service *s)
{
    cleanup_buf struct buf json = BUF_INIT(1 << 20);
    struct jdoc d = {0};
    if (sandbox_status(s->cfg.sandbox_socket, STATUS_MS, &json, NULL) < 0)
        return false;
    bool known = false;
    if (jdoc_parse(&d, json.data, json.len, NULL, NULL) == 0) {
        struct str name = jget_str(&d, 0, "image"), digest = jget_str(&d, 0, "digest");
        cleanup_buf struct buf image = BUF_INIT(IMAGE_MAX - 1);
        buf_str(&image, name);
        buf_putc(&image, '@');
        buf_str(&image, digest);
        known = name.n && digest.n && !image.error;
        if (known)
            service_set_image(s, buf_view(&image));
    }
    jdoc_free(&d);
    return known;
}

/* The image of an earlier life, so that hits answer while gb-sandboxd is away. */
static void recall_image(struct service *s, struct cache *c)
{
    cleanup_buf struct buf image = BUF_INIT(IMAGE_MAX);
    char known[IMAGE_MAX];
    service_image(s, known);
    if (!known[0] && cache_get(c, IMAGE_KEY, &image, NULL) == 0)
        service_set_image(s, buf_view(&image));
}

static void *watch(void *data)
{
    struct service *s = data;
    struct worker w;
    char told[IMAGE_MAX] = "";
    if (worker_open(&w, s, NULL) < 0)
        return NULL;
    while (!atomic_load(&s->stopping)) {
        char now[IMAGE_MAX];
        if (!ask_image(s))
            recall_image(s, &w.cache);
        service_image(s, now);
        if (strcmp(now, told) != 0 &&
            cache_set(&w.cache, IMAGE_KEY, str_c(now), IMAGE_TTL_S, NULL) == 0)
            memcpy(told, now, sizeof(told));
        for (int i = 0; i < WATCH_S * 10 && !atomic_load(&s->stopping); i++)
            usleep(100000);
    }
    worker_close(&w);
    return NULL;
}

int service_watch(struct service *s, struct err *err)
{
    int rc = pthread_create(&s->watcher, NULL, watch, s);
    if (rc != 0)
        return err_errno(err, rc, "starting the watcher");
    s->watching = true;
    return 0;
}
