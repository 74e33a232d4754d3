/* container.c - see container.h. */
#include "container.h"

#include "../core/base/log.h"
#include "io.h"

#include <errno.h>
#include <sodium.h>
#include <stdio.h>

#define LEAST_MEMORY_MB 16
#define READY_MS 15000 /* from the start of a container to gb-job's READY */

struct container {
    struct box box; /* first: the pool knows only this */
    struct container *next;
};

void containers_init(struct containers *c, const struct docker *docker,
                     const struct container_limits *limits)
{
    *c = (struct containers){.docker = docker, .limits = *limits};
    pthread_mutex_init(&c->lock, NULL);
    unsigned char random[8];
    randombytes_buf(random, sizeof random);
    sodium_bin2hex(c->boot, sizeof c->boot, random, sizeof random);
}

void containers_use_image(struct containers *c, const char *id, const char *reference)
{
    pthread_mutex_lock(&c->lock);
    snprintf(c->image_id, sizeof c->image_id, "%s", id);
    snprintf(c->image, sizeof c->image, "%s", reference);
    pthread_mutex_unlock(&c->lock);
}

/* ---- which are ours ------------------------------------------------------------------------- */

/* A container that has a name, and is known by it before the Engine hears of it. */
static struct container *begin(struct containers *c, char image_id[DOCKER_ID_MAX])
{
    struct container *k = calloc(1, sizeof *k);
    if (!k)
        return NULL;
    channel_init(&k->box.channel, -1, true);
    snprintf(k->box.name, sizeof k->box.name, "gb-%s-%s-%u", c->limits.instance, c->boot,
             atomic_fetch_add(&c->made, 1));
    pthread_mutex_lock(&c->lock);
    memcpy(image_id, c->image_id, DOCKER_ID_MAX);
    memcpy(k->box.image, c->image, sizeof k->box.image);
    k->next = c->known;
    c->known = k;
    pthread_mutex_unlock(&c->lock);
    return k;
}

static bool is_known(struct containers *c, const char *name)
{
    bool found = false;
    pthread_mutex_lock(&c->lock);
    for (struct container *k = c->known; k && !found; k = k->next)
        found = strcmp(k->box.name, name) == 0;
    pthread_mutex_unlock(&c->lock);
    return found;
}

static void forget(struct containers *c, struct container *k)
{
    pthread_mutex_lock(&c->lock);
    struct container **at = &c->known;
    while (*at != k)
        at = &(*at)->next;
    *at = k->next;
    pthread_mutex_unlock(&c->lock);
    free(k);
}

/* ---- life of one ---------------------------------------------------------------------------- */

void container_destroy(void *data, struct box *box)
{
    struct containers *c = data;
    channel_close(&box->channel);
    struct err err;
    if (box->id[0] && docker_remove(c->docker, box->id, &err) < 0)
        log_err(LOG_LEVEL_WARN, &err, "a container stays until the next sweep", "container",
                box->id, NULL);
    forget(c, (struct container *)box);
}

/* The stream is attached before the start, so that nothing gb-job says is lost. */
static int bring_up(struct containers *c, struct box *box, const char *image_id, struct err *err)
{
    json_t *spec = container_spec(&c->limits, image_id);
    if (!spec)
        return err_set(err, -ENOMEM, "no memory for a container's description");
    int r = docker_create(c->docker, box->name, spec, box->id, err);
    json_decref(spec);
    if (r < 0)
        return err_wrap(err, r, "create a container");
    cleanup_buf struct buf early = BUF_INIT(0);
    r = docker_attach(c->docker, box->id, &box->channel.fd, &early, err);
    if (r < 0)
        return err_wrap(err, r, "attach to a container");
    r = channel_feed(&box->channel, buf_view(&early), err);
    if (r == 0)
        r = docker_start(c->docker, box->id, err);
    if (r < 0)
        return err_wrap(err, r, "start a container");
    r = channel_await_ready(&box->channel, io_now_ms() + READY_MS, err);
    return r < 0 ? err_wrap(err, r, "the image's gb-job does not begin") : 0;
}

int container_make(void *data, struct box **ret_box, struct err *err)
{
    struct containers *c = data;
    char image_id[DOCKER_ID_MAX];
    struct container *k = begin(c, image_id);
    if (!k)
        return err_set(err, -ENOMEM, "no memory for a container");
    int r = image_id[0] ? bring_up(c, &k->box, image_id, err)
                        : err_set(err, -ENOENT, "there is no image");
    if (r < 0) {
        container_destroy(c, &k->box);
        return r;
    }
    *ret_box = &k->box;
    return 0;
}

/* ---- all of them ---------------------------------------------------------------------------- */

int containers_sweep(struct containers *c, unsigned *ret_removed, struct err *err)
{
    char label[128];
    snprintf(label, sizeof label, CONTAINER_LABEL "=%s", c->limits.instance);
    json_t *list = NULL, *entry;
    int r = docker_list(c->docker, label, &list, err);
    if (r < 0)
        return r;
    unsigned removed = 0;
    size_t i;
    json_array_foreach(list, i, entry)
    {
        const char *id = json_string_value(json_object_get(entry, "Id"));
        const char *name = json_string_value(json_array_get(json_object_get(entry, "Names"), 0));
        if (!id || (name && is_known(c, name + 1))) /* the name comes as "/name" */
            continue;
        int failed = docker_remove(c->docker, id, err);
        removed += failed == 0;
        r = failed < 0 ? failed : r;
    }
    json_decref(list);
    *ret_removed = removed;
    return r;
}

int64_t container_run_memory(int64_t program_mb)
{
    return (program_mb < LEAST_MEMORY_MB ? LEAST_MEMORY_MB : program_mb) << 20;
}

int container_set_limits(const struct docker *d, const char *id, int64_t memory, int64_t nano_cpus,
                         struct err *err)
{
    json_t *limits = json_pack("{s:I}", "NanoCpus", (json_int_t)nano_cpus);
    if (limits && memory > 0) {
        json_object_set_new(limits, "Memory", json_integer(memory));
        json_object_set_new(limits, "MemorySwap", json_integer(memory));
    }
    int r = limits ? docker_update(d, id, limits, err) : err_set(err, -ENOMEM, "no memory");
    json_decref(limits);
    /* runc's words (libcontainer, cgroup v1): the kernel refuses a limit below what is in use. */
    if (r < 0 && err && strstr(err->message, "unable to set memory limit"))
        err->code = r = -EDQUOT;
    return r;
}
