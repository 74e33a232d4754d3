/*
 * docker.h - the few calls of the Docker Engine API (1.41) that the broker makes.
 *
 * The only file that speaks HTTP to the Engine. Every call opens a connection of its own, so any
 * thread may make it, and ends within the timeout. What all of them answer when they fail:
 * -ENOTCONN: no Engine answers; -ETIMEDOUT; -ENOENT (404); -EBUSY (409); -EINVAL (400);
 * -ENOSPC: the Engine's disk is full; -EIO: another refusal, with the Engine's words; -EPROTO;
 * -ENOMEM.
 */
#ifndef GB_SANDBOX_DOCKER_H
#define GB_SANDBOX_DOCKER_H

#include "../core/base/buf.h"
#include "../core/base/err.h"

#include <jansson.h>

#define DOCKER_ID_MAX 80 /* "sha256:", 64 digits, NUL */

struct docker {
    const char *socket; /* path of the Engine's unix socket */
    unsigned timeout_ms;
};

/* Once, before threads. 0 or -ENOMEM. */
int docker_global_init(void);

/* GET /info and GET /images/{name}/json; the documents are the caller's (json_decref). */
int docker_info(const struct docker *d, json_t **ret_info, struct err *err);
int docker_image(const struct docker *d, const char *name, json_t **ret_image, struct err *err);
/* The containers, running or not, that bear the label: an array. */
int docker_list(const struct docker *d, const char *label, json_t **ret_list, struct err *err);

/* A new container of this name. -EPERM: the Engine made it, but with a warning, that is with a
 * limit it cannot enforce; it is removed again. */
int docker_create(const struct docker *d, const char *name, const json_t *spec,
                  char ret_id[DOCKER_ID_MAX], struct err *err);
int docker_start(const struct docker *d, const char *id, struct err *err);
/* The container's standard streams as one socket: bytes written are its standard input, bytes read
 * are in the form of demux.h. *rest gets what came behind the response's head. */
int docker_attach(const struct docker *d, const char *id, int *ret_fd, struct buf *rest,
                  struct err *err);
int docker_update(const struct docker *d, const char *id, const json_t *limits, struct err *err);
int docker_inspect(const struct docker *d, const char *id, json_t **ret_container, struct err *err);
/* Kills and removes, with its anonymous volumes. A container that is gone already is a success. */
int docker_remove(const struct docker *d, const char *id, struct err *err);

#endif
