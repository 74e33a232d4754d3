/* shift.c - see shift.h. */
#include "shift.h"

#include "../core/base/log.h"

#include <errno.h>
#include <unistd.h>

#define AGAIN_US 20000

/* The program was faster than the Engine: its container has ended, or is gone. */
static bool has_ended(const struct shift *s)
{
    json_t *container = NULL;
    int r = docker_inspect(s->docker, s->container, &container, NULL);
    const json_t *state = json_object_get(container, "State");
    bool ended = r == -ENOENT || (r == 0 && !json_is_true(json_object_get(state, "Running")));
    json_decref(container);
    return ended;
}

/* cgroup v1: no limit below what is in use. gb-job ends a program that holds too much within
 * milliseconds, with its output and a verdict; then the limit can be set for the runs to come. */
static int set(const struct shift *s, struct err *err)
{
    int r = container_set_limits(s->docker, s->container, s->memory, s->nano_cpus, err);
    if (r != -EDQUOT || !s->patient)
        return r;
    r = container_set_limits(s->docker, s->container, 0, s->nano_cpus, err);
    while (r == 0 && !atomic_load(&s->over) &&
           container_set_limits(s->docker, s->container, s->memory, s->nano_cpus, err) == -EDQUOT)
        usleep(AGAIN_US);
    return r;
}

static void *shift_main(void *data)
{
    struct shift *s = data;
    struct err err = {0};
    int r = set(s, &err);
    if (r < 0 && r != -EDQUOT && has_ended(s))
        r = 0;
    if (r < 0 && r != -EDQUOT)
        log_err(LOG_LEVEL_WARN, &err, "limits of a run not set", "container", s->container, NULL);
    atomic_store(&s->state, r == 0 ? 1 : r);
    return NULL;
}

void shift_begin(struct shift *s)
{
    if (!s->container[0]) {
        atomic_store(&s->state, 1);
        return;
    }
    int r = pthread_create(&s->thread, NULL, shift_main, s);
    s->started = r == 0;
    if (r)
        atomic_store(&s->state, -r);
}

void shift_join(struct shift *s)
{
    atomic_store(&s->over, true);
    if (s->started)
        pthread_join(s->thread, NULL);
    s->started = false;
}
