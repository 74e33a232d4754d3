/*
 * gateway.h - FastCGI: the only part that knows libfcgi.
 */
#ifndef GB_FCGI_GATEWAY_H
#define GB_FCGI_GATEWAY_H

#include "../core/base/err.h"
#include "transport.h"

/* Once, before any thread. 0 or -EIO. */
int gateway_init(struct err *err);

/* Serves requests from the listening descriptor on this thread, one after the other, until
 * gateway_stop(); each is handed to serve(). 0; -ENOMEM; -EIO when accepting fails for good. */
int gateway_loop(int listen_fd, void (*serve)(void *data, const struct transport *t), void *data,
                 struct err *err);

/* Async-signal-safe: the loops end after the request they are at. A thread that waits in accept
 * needs a signal to see it. */
void gateway_stop(void);

#endif
