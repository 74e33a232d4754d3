/* channel.c - see channel.h. */
#include "channel.h"

#include "io.h"

#include <errno.h>
#include <poll.h>
#include <unistd.h>

/* All that gb-job may ever say. What is allowed when is the relay's business. */
static const struct frame_rule job_rules[] = {
    {FRAME_READY, 4U << 10},           {FRAME_STDOUT, 1U << 20}, {FRAME_STDERR, 1U << 20},
    {FRAME_EVENT, 16U << 10},          {FRAME_PHASE, 4U << 10},  {FRAME_REPORT, 8U << 20},
    {FRAME_ARTIFACT, FRAME_MAX_BYTES},
};

void channel_init(struct channel *c, int fd, bool attached)
{
    *c = (struct channel){
        .fd = fd,
        .attached = attached,
        .in = FRAME_READER(job_rules),
        .said = BUF_INIT(CHANNEL_SAID_MAX),
    };
}

/* Keeps the beginning. */
static void keep_said(struct channel *c, struct str bytes)
{
    size_t room = CHANNEL_SAID_MAX - c->said.len;
    buf_put(&c->said, bytes.s, bytes.n < room ? bytes.n : room);
}

int channel_feed(struct channel *c, struct str bytes, struct err *err)
{
    if (!c->attached)
        return frame_feed(&c->in, bytes.s, bytes.n);
    int stream, r;
    struct str span;
    while ((r = demux_next(&c->demux, &bytes, &stream, &span, err)) > 0) {
        if (stream == DEMUX_STDERR)
            keep_said(c, span);
        else if (frame_feed(&c->in, span.s, span.n) < 0)
            return err_set(err, -ENOMEM, "no memory for a frame");
    }
    return r;
}

int channel_receive(struct channel *c, struct err *err)
{
    char room[65536];
    ssize_t got = io_recv(c->fd, room, sizeof room);
    if (got == -EAGAIN)
        return -EAGAIN;
    if (got <= 0)
        return err_set(err, -ECONNRESET, "gb-job ended without a report");
    return channel_feed(c, (struct str){room, (size_t)got}, err);
}

int channel_next(struct channel *c, struct frame *ret_frame, struct err *err)
{
    return frame_next(&c->in, ret_frame, err);
}

static int ready_frame(struct channel *c, struct err *err)
{
    struct frame f;
    int r = channel_next(c, &f, err);
    if (r > 0 && f.type != FRAME_READY)
        return err_set(err, -EPROTO, "gb-job begins with a frame '%c'", f.type);
    return r;
}

int channel_await_ready(struct channel *c, int64_t deadline_ms, struct err *err)
{
    for (;;) {
        int r = ready_frame(c, err);
        if (r > 0)
            return 0;
        if (r == 0)
            r = channel_receive(c, err);
        if (r == -EAGAIN && io_wait(c->fd, POLLIN, deadline_ms) == 0)
            return err_set(err, -ETIMEDOUT, "gb-job does not report that it is ready");
        if (r == 0 || r == -EAGAIN)
            continue;
        struct str said = buf_view(&c->said);
        return said.n ? err_wrap(err, r, "gb-job says \"%.*s\"", STR_ARG(said)) : r;
    }
}

bool channel_idle(const struct channel *c)
{
    return io_wait(c->fd, POLLIN | POLLRDHUP, 0) == 0 && !frame_partial(&c->in);
}

void channel_close(struct channel *c)
{
    if (c->fd >= 0)
        close(c->fd);
    c->fd = -1;
    frame_reader_free(&c->in);
    buf_free(&c->said);
}
