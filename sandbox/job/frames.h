/*
 * frames.h - gb-job's end of the conversation (sandbox/wire.h): frames in on one descriptor, frames
 * out on another, blocking, one thread.
 */
#ifndef GB_JOB_FRAMES_H
#define GB_JOB_FRAMES_H

#include "../../core/base/buf.h"
#include "../../core/base/err.h"
#include "../wire.h"

struct frames {
    int in;
    int out;
};

/* Reads one frame; its bytes replace the content of `payload`. 0; -EPIPE: the peer closed between
 * two frames; -EPROTO: cut off within one, or longer than FRAME_MAX_BYTES; -EIO; -ENOMEM. */
int frames_read(const struct frames *f, enum frame_type *ret_type, struct buf *payload,
                struct err *err);

/* Writes one frame whole. 0 or a negative errno. */
int frames_write(const struct frames *f, enum frame_type type, struct str payload);

/* The same for FRAME_STDOUT and FRAME_STDERR: the run's number before the bytes. */
int frames_write_output(const struct frames *f, enum frame_type type, uint32_t run,
                        struct str bytes);

#endif
