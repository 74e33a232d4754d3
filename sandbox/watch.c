/* watch.c - see watch.h. */
#include "watch.h"

#include "../core/base/log.h"
#include "io.h"

#include <errno.h>
#include <stdio.h>
#include <time.h>

#define TICK_MS 1000 /* the pool's tick */
#define LOOK_MS 2000 /* between two looks at Engine and image */

/* ---- what the Engine can do ----------------------------------------------------------------- */

/* Members of GET /info that must be true, and what is lost when one is not. */
static const struct {
    const char *member, *lost;
} must_have[] = {
    {"MemoryLimit", "memory (no memory controller)"},
    {"SwapLimit", "swap (no swap accounting)"},
    {"CpuCfsQuota", "CPU (no cpu controller)"},
    {"PidsLimit", "processes (no pids controller)"},
};

static bool has_seccomp(const json_t *info)
{
    size_t i;
    json_t *option;
    json_array_foreach(json_object_get(info, "SecurityOptions"), i, option)
    {
        const char *text = json_string_value(option);
        if (text && strncmp(text, "name=seccomp", 12) == 0)
            return true;
    }
    return false;
}

static int check_engine(const json_t *info, const char *runtime, struct err *err)
{
    for (size_t i = 0; i < sizeof must_have / sizeof *must_have; i++)
        if (!json_is_true(json_object_get(info, must_have[i].member)))
            return err_set(err, -EPERM, "the Docker Engine cannot limit %s", must_have[i].lost);
    if (!has_seccomp(info))
        return err_set(err, -EPERM, "the Docker Engine has no seccomp");
    const json_t *runtimes = json_object_get(info, "Runtimes");
    if (runtime[0] && !json_object_get(runtimes, runtime))
        return err_set(err, -EPERM, "the Docker Engine has no runtime '%s' (SANDBOX_RUNTIME)",
                       runtime);
    return 0;
}

/* ---- the image ------------------------------------------------------------------------------ */

/* "", "root", "0", "0:0", "root:root" */
static bool is_root(const char *user)
{
    size_t n = strcspn(user, ":");
    bool digits = n > 0 && strspn(user, "0") == n;
    return n == 0 || digits || (n == 4 && strncmp(user, "root", 4) == 0);
}

static int check_image(const json_t *image, const char *name, struct err *err)
{
    const json_t *config = json_object_get(image, "Config");
    const char *user = json_string_value(json_object_get(config, "User"));
    if (!json_string_value(json_object_get(image, "Id")))
        return err_set(err, -EPROTO, "the Docker Engine knows the image %s without an id", name);
    if (is_root(user ? user : ""))
        return err_set(err, -EPERM, "the image %s runs as root (its USER is \"%s\")", name,
                       user ? user : "");
    return 0;
}

/* ---- looking -------------------------------------------------------------------------------- */

static int look(struct watch *w, struct watch_facts *f, struct err *err)
{
    json_t *info = NULL, *image = NULL;
    int r = docker_info(w->docker, &info, err);
    if (r < 0)
        return r;
    const char *version = json_string_value(json_object_get(info, "ServerVersion"));
    const char *standard = json_string_value(json_object_get(info, "DefaultRuntime"));
    snprintf(f->engine, sizeof f->engine, "%s", version ? version : "?");
    snprintf(f->runtime, sizeof f->runtime, "%s",
             w->runtime[0] ? w->runtime
             : standard    ? standard
                           : "");
    r = check_engine(info, w->runtime, err);
    json_decref(info);
    if (r == 0)
        r = docker_image(w->docker, w->image, &image, err);
    if (r == 0)
        r = check_image(image, w->image, err);
    if (r == 0)
        snprintf(f->image_id, sizeof f->image_id, "%s",
                 json_string_value(json_object_get(image, "Id")));
    json_decref(image);
    if (r == -ENOENT)
        err_set(err, r, "the image %s is not there", w->image);
    return r;
}

/* Tells the others what was found. */
static void apply(struct watch *w, const struct watch_facts *now)
{
    pthread_mutex_lock(&w->lock);
    struct watch_facts before = w->facts;
    w->facts = *now;
    if (!now->image_id[0]) /* remembered, to notice that it comes back changed */
        memcpy(w->facts.image_id, before.image_id, sizeof before.image_id);
    pthread_mutex_unlock(&w->lock);

    bool other_image = now->image_id[0] && strcmp(now->image_id, before.image_id) != 0;
    if (other_image) {
        char reference[BOX_IMAGE_MAX];
        snprintf(reference, sizeof reference, "%.200s@%s", w->image, now->image_id);
        containers_use_image(w->containers, now->image_id, reference);
        log_info("image", "name", w->image, "id", now->image_id);
    }
    if (strcmp(now->reason, before.reason) != 0)
        log_write(now->reason[0] ? LOG_LEVEL_ERROR : LOG_LEVEL_INFO,
                  now->reason[0] ? "not ready" : "ready again", "reason", now->reason, NULL);
    if (!w->pool)
        return;
    if (other_image && before.image_id[0])
        pool_renew(w->pool);
    pool_gate(w->pool, now->reason[0] ? now->reason : NULL);
}

int watch_look(struct watch *w, struct err *err)
{
    struct watch_facts f = {0};
    struct err why = {0};
    int r = look(w, &f, &why);
    snprintf(f.reason, sizeof f.reason, "%s", why.message);
    apply(w, &f);
    if (r < 0)
        err_set(err, r, "%s", why.message);
    return r;
}

void watch_sweep(struct watch *w)
{
    unsigned removed = 0;
    struct err err;
    int r = containers_sweep(w->containers, &removed, &err);
    if (r < 0)
        log_err(LOG_LEVEL_WARN, &err, "the sweep for orphans failed", NULL);
    else if (removed)
        log_info("orphans removed", "count", log_int(removed));
}

static void *watch_main(void *data)
{
    struct watch *w = data;
    int64_t look_at = 0, sweep_at = 0;
    while (!atomic_load(&w->stop)) {
        int64_t now = io_now_ms();
        if (now >= look_at) {
            bool there = watch_look(w, NULL) != -ENOTCONN;
            look_at = io_now_ms() + LOOK_MS;
            if (there && now >= sweep_at) {
                watch_sweep(w);
                sweep_at = io_now_ms() + w->sweep_ms;
            }
            if (!there) /* what could not be removed meanwhile goes once it is back */
                sweep_at = 0;
        }
        pool_tick(w->pool);
        nanosleep(&(struct timespec){.tv_sec = TICK_MS / 1000, .tv_nsec = TICK_MS % 1000 * 1000000},
                  NULL);
    }
    return NULL;
}

int watch_start(struct watch *w, struct pool *pool, struct err *err)
{
    w->pool = pool;
    int r = pthread_create(&w->thread, NULL, watch_main, w);
    w->started = r == 0;
    return r ? err_errno(err, r, "start the watch") : 0;
}

void watch_stop(struct watch *w)
{
    atomic_store(&w->stop, true);
    if (w->started)
        pthread_join(w->thread, NULL);
    w->started = false;
}

void watch_read(struct watch *w, struct watch_facts *ret_facts)
{
    pthread_mutex_lock(&w->lock);
    *ret_facts = w->facts;
    pthread_mutex_unlock(&w->lock);
}
