/*
 * box.h - a place in which one gb-job waits for one job: a container, or in development a process.
 */
#ifndef GB_SANDBOX_BOX_H
#define GB_SANDBOX_BOX_H

#include "channel.h"
#include "docker.h"

#define BOX_NAME_MAX 96
#define BOX_IMAGE_MAX 300

struct box {
    struct box *next; /* in whichever list holds it */
    struct channel channel;
    char name[BOX_NAME_MAX];
    char id[DOCKER_ID_MAX];    /* the container's; "" when it is none */
    char image[BOX_IMAGE_MAX]; /* name@digest; "" when it is no container */
    int pid;                   /* the process's, when it is no container; else 0 */
    unsigned epoch;            /* the pool's when it was begun */
    int64_t born_ms;           /* when it became ready */
};

/* How boxes are made and ended: by the Engine, by fork, or by a test. Called from several threads.
 */
struct box_ops {
    void *data;
    /* A box whose gb-job is ready. */
    int (*make)(void *data, struct box **ret_box, struct err *err);
    /* Ends what runs in it, removes it and frees it. Does not fail: what could not be removed is
     * found by its label later. */
    void (*destroy)(void *data, struct box *box);
};

#endif
