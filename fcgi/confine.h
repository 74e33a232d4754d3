/*
 * confine.h - what a process may still do once it has started: a seccomp allowlist, for good.
 */
#ifndef GB_FCGI_CONFINE_H
#define GB_FCGI_CONFINE_H

#include <stdbool.h>

#include "../core/base/err.h"

struct confine_options {
    bool internet; /* new AF_INET and AF_INET6 sockets, and reading files for the resolver */
};

/* Filters all threads of the process; cannot be undone. From then on: no exec, no new process, no
 * new file (with `internet`: none for writing), no sockets but unix ones (and what the options
 * add). What is refused fails with EPERM. 0, or a negative errno: nothing was filtered. */
int confine(const struct confine_options *options, struct err *err);

#endif
