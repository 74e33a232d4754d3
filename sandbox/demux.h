/*
 * demux.h - the Engine's attach stream of a container without a terminal, taken apart.
 *
 * Each piece has a header of 8 bytes: the stream (1 standard output, 2 standard error), three
 * zeros, and the piece's length, big-endian (Docker Engine API, "Attach to a container"). Pure:
 * pieces may be cut anywhere, and nothing is copied.
 */
#ifndef GB_SANDBOX_DEMUX_H
#define GB_SANDBOX_DEMUX_H

#include "../core/base/buf.h"
#include "../core/base/err.h"

enum { DEMUX_STDOUT = 1, DEMUX_STDERR = 2 };

struct demux {
    unsigned char head[8];
    unsigned have; /* bytes of the header so far */
    uint32_t left; /* bytes of the piece still to come */
    int stream;
};

/* Takes the next span of one stream off *bytes. 1: a span (it points into *bytes and is never
 * empty); 0: all of *bytes is used up; -EPROTO: this is no such stream. */
int demux_next(struct demux *d, struct str *bytes, int *ret_stream, struct str *ret_span,
               struct err *err);

#endif
