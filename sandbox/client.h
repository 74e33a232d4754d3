/*
 * client.h - how a job gets from the service to gb-sandboxd and its outcome back.
 *
 * The only way in: gb-fcgi, gb-jobd and gb-admin use it. Blocking; one call, one connection, one
 * job.
 */
#ifndef GB_SANDBOX_CLIENT_H
#define GB_SANDBOX_CLIENT_H

#include "../core/base/buf.h"
#include "../core/base/err.h"
#include "wire.h"

/* Called as frames arrive, on the caller's thread. Any may be NULL. */
struct sandbox_events {
    void *data;
    void (*started)(void *data, struct str json);
    void (*output)(void *data, unsigned run, bool is_stderr, struct str bytes);
    void (*event)(void *data, struct str json);
    /* Asked about every 100 ms while waiting; true ends the job (its container is destroyed). */
    bool (*cancelled)(void *data);
};

struct sandbox_reply {
    struct buf report;   /* the REPORT document; empty when refused */
    struct buf refusal;  /* the ERROR document; empty when there is a report */
    struct buf artifact; /* the compiled program, when asked for and compiled */
};

/* Sends the job and waits for its end, at most timeout_ms (then the job is cancelled: -ETIMEDOUT).
 * binary: the compiled program for "binary": true, else empty. 0: exactly one of report and refusal
 * is set. -ECONNREFUSED, -ENOENT: gb-sandboxd is not there; -ECONNRESET: it went away in between;
 * -ECANCELED; -EPROTO. Free with sandbox_reply_free() in every case. */
int sandbox_run(const char *socket_path, struct str submit_json, struct str binary,
                unsigned timeout_ms, const struct sandbox_events *events,
                struct sandbox_reply *reply, struct err *err);
void sandbox_reply_free(struct sandbox_reply *reply);

/* gb-sandboxd's state as JSON: {ready, engine, image, digest, runtime, pool: {warm, busy, starting,
 * size, max}, queue: {length, max}, reasons: []}. Never waits behind jobs. */
int sandbox_status(const char *socket_path, unsigned timeout_ms, struct buf *ret_json,
                   struct err *err);
/* Ends a job wherever it is. 0; -ENOENT: no such job of that user. */
int sandbox_cancel(const char *socket_path, struct str job_id, struct str user, struct err *err);

#endif
