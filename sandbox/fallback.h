/*
 * fallback.h - jobs on the host, for development only (DEV_ALLOW_FALLBACK).
 *
 * gb-job runs as a process of this host, without a container: its own limits and filters hold, the
 * container's do not. Off by default; every job that ran so says so in its report.
 */
#ifndef GB_SANDBOX_FALLBACK_H
#define GB_SANDBOX_FALLBACK_H

#include "../core/base/config.h"
#include "box.h"

struct fallback {
    bool allowed;
    const char *token;  /* "": none is asked for */
    char program[4096]; /* gb-job */
};

/* By the rules: allowed only when the service listens on a local address, or when
 * DEV_FALLBACK_FORCE=1 and a token are set. -EPERM: the configuration breaks them. */
int fallback_init(struct fallback *f, const struct config *cfg, struct err *err);
/* The address is loopback or a unix socket: "127.0.0.1:8443", "[::1]:8443", "localhost", "/path".
 */
bool fallback_is_local(const char *listen);
/* The token fits, compared in constant time. */
bool fallback_admits(const struct fallback *f, const char *token);

int fallback_make(const struct fallback *f, struct box **ret_box, struct err *err);
void fallback_destroy(struct box *box);

#endif
