/*
 * container.h - the containers of this instance: how one is made, and which are ours.
 *
 * Everything that confines a container is in one place, container_spec.c. What bears our label and
 * is not known here is an orphan (of an earlier process, or of a removal that failed).
 */
#ifndef GB_SANDBOX_CONTAINER_H
#define GB_SANDBOX_CONTAINER_H

#include "box.h"

#include <pthread.h>
#include <stdatomic.h>

#define CONTAINER_LABEL "graph-blocks.instance"

/* What a container is confined to; see docs/sandbox.md. */
struct container_limits {
    int64_t memory;    /* bytes, swap included, while it compiles */
    int64_t nano_cpus; /* while it compiles */
    int64_t pids;
    int64_t workspace;    /* bytes of the tmpfs /workspace */
    const char *seccomp;  /* the profile as JSON text */
    const char *runtime;  /* "": the Engine's default one */
    const char *instance; /* the label's value */
};

struct container;

struct containers {
    const struct docker *docker;
    struct container_limits limits;
    char boot[17];    /* random, in every name: tells this process's containers from earlier ones */
    atomic_uint made; /* counts names */
    pthread_mutex_t lock;
    struct container *known;      /* begun and not yet removed */
    char image_id[DOCKER_ID_MAX]; /* what new ones are made of; "": no image */
    char image[BOX_IMAGE_MAX];    /* name@digest, for reports */
};

void containers_init(struct containers *c, const struct docker *docker,
                     const struct container_limits *limits);
/* From now on containers are made of this image. */
void containers_use_image(struct containers *c, const char *id, const char *reference);

/* For struct box_ops, data being a struct containers. */
int container_make(void *data, struct box **ret_box, struct err *err);
void container_destroy(void *data, struct box *box);

/* Removes what bears our label and is not known; *ret_removed: how many. */
int containers_sweep(struct containers *c, unsigned *ret_removed, struct err *err);

/* The container's memory in bytes while its program may have so much: the same, but no less than
 * gb-job and the Engine (which takes nothing under 6 MB) need; gb-job holds the program to less. */
int64_t container_run_memory(int64_t program_mb);
/* The limits of the run in place of those of the compiler; memory 0: only the processor's. -EDQUOT:
 * it holds more memory already. */
int container_set_limits(const struct docker *d, const char *id, int64_t memory, int64_t nano_cpus,
                         struct err *err);

/* The body of POST /containers/create; NULL when there is no memory. */
json_t *container_spec(const struct container_limits *limits, const char *image_id);

#endif
