/*
 * transport.h - how a request comes in and its reply goes out: FastCGI, or a test's memory.
 */
#ifndef GB_FCGI_TRANSPORT_H
#define GB_FCGI_TRANSPORT_H

#include <stdbool.h>
#include <stddef.h>

struct transport {
    void *data;
    /* The parameter's value, valid as long as the request; NULL when it is not there. */
    const char *(*param)(void *data, const char *name);
    /* Up to n bytes of the body; 0 at its end. */
    size_t (*read)(void *data, char *into, size_t n);
    /* All n bytes; 0 or -EPIPE when the client is gone. */
    int (*write)(void *data, const char *bytes, size_t n);
    /* What is written goes on its way now; 0 or -EPIPE. */
    int (*flush)(void *data);
    /* Whether the client has gone away meanwhile. */
    bool (*gone)(void *data);
};

#endif
