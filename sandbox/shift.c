/* shift.c - see shift.h. */
#include "shift.h"

#include "../core/base/log.h"

#include <errno.h>

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

static void *shift_main(void *data)
{
    struct shift *s = data;
    struct err err = {0};
    int r = container_set_limits(s->docker, s->container, s->memory, s->nano_cpus, &err);
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
    if (s->started)
        pthread_join(s->thread, NULL);
    s->started = false;
}
