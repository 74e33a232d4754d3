/*
 * webhook.h - telling a client's server that a job has ended.
 *
 * Only to hosts of the operator's list; the address that the name resolves to is checked when the
 * connection is made, so a name cannot turn into a private address in between. No redirects. The
 * body is signed: X-GB-Signature: sha256=HMAC-SHA-256(secret, timestamp "." body) in hexadecimal.
 */
#ifndef GB_FCGI_WEBHOOK_H
#define GB_FCGI_WEBHOOK_H

#include <stdbool.h>

#include "../core/base/buf.h"
#include "../core/base/err.h"
#include "service.h"

struct sockaddr;

struct webhook_options {
    const char *hosts; /* by comma */
    const char *secret;
    long timeout_ms;
    bool allow_private; /* for tests: addresses that no host of the internet has */
};

/* Whether a webhook may go there: http or https, a host of the list, no user or password in it. */
bool webhook_allowed(const char *hosts, struct str url);
/* Whether an address belongs to a host of the internet: not loopback, private, link-local,
 * multicast, or a mapping of one of these. */
bool webhook_public_address(const struct sockaddr *address);
/* Posts once. 0: answered with 2xx; -EPERM: not allowed; -EIO: anything else, err says what. */
int webhook_post(const struct webhook_options *o, const char *url, int64_t delivery,
                 struct str body, struct err *err);
/* Delivers one that is due. 0; -ENOENT: none is due. */
int webhook_step(struct service *s, struct err *err);

#endif
