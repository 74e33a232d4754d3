/*
 * http_head.h - the head of an HTTP/1.1 response (RFC 9112), as the Engine sends it before the
 * stream of an attach. Pure: bytes in, facts out.
 */
#ifndef GB_SANDBOX_HTTP_HEAD_H
#define GB_SANDBOX_HTTP_HEAD_H

#include "../core/base/buf.h"
#include "../core/base/err.h"

#define HTTP_HEAD_MAX 16384 /* bytes of status line and fields together */

struct http_head {
    int status;
    bool upgraded; /* 101 with Upgrade: tcp: what follows the head is the stream */
    int64_t body;  /* Content-Length, or -1 when there is none */
    size_t length; /* bytes of the head, with the empty line that ends it */
};

/* 1: *ret_head is set; 0: the head is not all there; -EPROTO: it is none, or too long. */
int http_head_parse(struct str bytes, struct http_head *ret_head, struct err *err);

#endif
