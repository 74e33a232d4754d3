/* shift.c - see shift.h. */
#include "shift.h"

#include "../core/base/log.h"

#include <errno.h>

static void *shift_main(void *data)
{
    struct shift *s = data;
    struct err err = {0};
    int r = container_set_limits(s->docker, s->container, s->memory, s->nano_cpus, &err);
    /* -ENOENT, -EBUSY: the program was faster and its container is gone. */
    bool over = r == -ENOENT || r == -EBUSY;
    if (r < 0 && !over && r != -EDQUOT)
        log_err(LOG_LEVEL_WARN, &err, "limits of a run not set", "container", s->container, NULL);
    atomic_store(&s->state, r == 0 || over ? 1 : r);
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
