/*
 * channel.h - the broker's end of the conversation with one gb-job.
 *
 * A socket that carries frames: bare when gb-job is a process of this host, in the Engine's attach
 * stream when it is in a container. Whatever comes out of it is hostile.
 */
#ifndef GB_SANDBOX_CHANNEL_H
#define GB_SANDBOX_CHANNEL_H

#include "demux.h"
#include "frame.h"

#define CHANNEL_SAID_MAX 2048 /* what is kept of gb-job's own standard error */

struct channel {
    int fd;
    bool attached; /* in the form of demux.h */
    struct demux demux;
    struct frame_reader in;
    struct buf said; /* gb-job's standard error: why it did not start */
};

/* Takes the descriptor. */
void channel_init(struct channel *c, int fd, bool attached);
/* Bytes that were read elsewhere already; 0, -EPROTO, -ENOMEM. */
int channel_feed(struct channel *c, struct str bytes, struct err *err);
/* Reads what is there: 0; -EAGAIN: nothing; -ECONNRESET: closed; -EPROTO, -ENOMEM. */
int channel_receive(struct channel *c, struct err *err);
/* As frame_next(). */
int channel_next(struct channel *c, struct frame *ret_frame, struct err *err);
/* Waits for the READY frame. 0; -ETIMEDOUT; -ECONNRESET, -EPROTO: with what gb-job said. */
int channel_await_ready(struct channel *c, int64_t deadline_ms, struct err *err);
/* An idle gb-job says nothing and does not close. */
bool channel_idle(const struct channel *c);
void channel_close(struct channel *c);

#endif
