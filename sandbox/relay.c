/* relay.c - see relay.h. */
#include "relay.h"

#include "io.h"

#include <errno.h>
#include <jansson.h>
#include <poll.h>
#include <sys/socket.h>

#define TICK_MS 25          /* how often cancellation and the limits' state are looked at */
#define SLOW_CLIENT_MS 5000 /* longest wait for a client to take one frame */
#define SLACK_MS 5000       /* gb-job's own deadlines come first; these are for when it fails */
#define EVENTS_MAX 1000
#define OUTPUT_SLACK 4096 /* per stream and run, for frame boundaries */

static bool is_object(struct str json)
{
    json_t *doc = json_loadb(json.s ? json.s : "", json.n, JSON_REJECT_DUPLICATES, NULL);
    bool is = json_is_object(doc);
    json_decref(doc);
    return is;
}

/* 0, or an error that ends the relay: -EPIPE when it is the client's. */
static int forward(struct relay *r, const struct frame *f)
{
    return io_send_frame(r->client, f->type, f->body, io_now_ms() + SLOW_CLIENT_MS, NULL) < 0
               ? -EPIPE
               : 0;
}

static int on_output(struct relay *r, const struct frame *f, struct err *err)
{
    if (f->body.n < 4)
        return err_set(err, -EPROTO, "gb-job sends output of no run");
    const unsigned char *p = (const unsigned char *)f->body.s;
    uint32_t run = (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
    r->output_left -= (int64_t)f->body.n - 4;
    if (run >= r->job->runs || r->output_left < 0)
        return err_set(err, -EPROTO, "gb-job sends more output than it may");
    return forward(r, f);
}

/* Past the bound events are dropped: the first thousand tell the story. */
static int on_event(struct relay *r, const struct frame *f, struct err *err)
{
    if (!is_object(f->body))
        return err_set(err, -EPROTO, "gb-job sends an event that is no object");
    if (!r->events_left)
        return 0;
    r->events_left--;
    return forward(r, f);
}

static int on_artifact(struct relay *r, const struct frame *f, struct err *err)
{
    r->artifact_left -= (int64_t)f->body.n;
    if (!r->job->want_binary || r->artifact_left < 0)
        return err_set(err, -EPROTO, "gb-job sends a program nobody asked for");
    return forward(r, f);
}

/* When it fails gb-job has ended, which is found by reading. */
static void send_go(struct relay *r)
{
    r->owes_go = false;
    io_send_frame(r->channel->fd, FRAME_GO, (struct str){0}, r->deadline_ms, NULL);
}

static int on_phase(struct relay *r, const struct frame *f, struct err *err)
{
    (void)f;
    if (r->running)
        return err_set(err, -EPROTO, "gb-job begins to run twice");
    r->running = true;
    r->owes_go = true;
    r->limits_at_ms = io_now_ms() + (r->strict ? 0 : RELAY_SETTLE_MS);
    if (!r->strict)
        send_go(r);
    return 0;
}

static int on_report(struct relay *r, const struct frame *f, struct err *err)
{
    buf_str(&r->report, f->body);
    return r->report.error ? err_set(err, -ENOMEM, "no memory for a report") : 0;
}

static int on_ready(struct relay *r, const struct frame *f, struct err *err)
{
    (void)r;
    (void)f;
    return err_set(err, -EPROTO, "gb-job says twice that it is ready");
}

static const struct {
    enum frame_type type;
    int (*handle)(struct relay *r, const struct frame *f, struct err *err);
} handlers[] = {
    {FRAME_STDOUT, on_output}, {FRAME_STDERR, on_output},     {FRAME_EVENT, on_event},
    {FRAME_PHASE, on_phase},   {FRAME_ARTIFACT, on_artifact}, {FRAME_REPORT, on_report},
    {FRAME_READY, on_ready},
};

static int on_frame(struct relay *r, const struct frame *f, struct err *err)
{
    for (size_t i = 0; i < sizeof handlers / sizeof *handlers; i++)
        if (handlers[i].type == f->type)
            return handlers[i].handle(r, f, err);
    return err_set(err, -EPROTO, "gb-job sends a frame '%c'", f->type);
}

/* All whole frames, up to the report. */
static int take_frames(struct relay *r, struct err *err)
{
    struct frame f;
    int have = 0, result = 0;
    while (result == 0 && !r->report.len && (have = channel_next(r->channel, &f, err)) > 0)
        result = on_frame(r, &f, err);
    return have < 0 ? have : result;
}

/* Sends what fits. A gb-job that reads no more may have reported already: that it has ended is
 * found by reading. */
static void transmit(struct relay *r)
{
    ssize_t n = send(r->channel->fd, r->payload.s + r->sent, r->payload.n - r->sent,
                     MSG_DONTWAIT | MSG_NOSIGNAL);
    if (n > 0)
        r->sent += (size_t)n;
    else if (n < 0 && errno != EAGAIN && errno != EINTR)
        r->sent = r->payload.n;
    if (n > 0 && r->sent == r->payload.n)
        r->sent_us = io_now_us();
}

/* One wait and what it brings; 0 to go on. */
static int step(struct relay *r, struct err *err)
{
    bool sending = r->sent < r->payload.n;
    struct pollfd p[2] = {
        {.fd = r->client, .events = POLLRDHUP},
        {.fd = r->channel->fd, .events = (short)(POLLIN | (sending ? POLLOUT : 0))},
    };
    if (poll(p, 2, TICK_MS) < 0 && errno != EINTR)
        return err_errno(err, errno, "poll");
    if (p[0].revents & (POLLRDHUP | POLLHUP | POLLERR))
        return -EPIPE;
    int result = 0;
    if (sending && p[1].revents & POLLOUT)
        transmit(r);
    if (p[1].revents & (POLLIN | POLLHUP | POLLERR)) {
        result = channel_receive(r->channel, err);
        if (result == 0 || result == -EAGAIN)
            result = take_frames(r, err);
    }
    return result;
}

/* What others have decided meanwhile; 0 to go on. */
static int look_around(struct relay *r, struct err *err)
{
    int limits = atomic_load(r->limits_state);
    if (atomic_load(r->cancelled))
        return -ECANCELED;
    if (limits == -EDQUOT)
        return -EDQUOT;
    if (limits < 0)
        return err_set(err, -EIO, "the limits of the run could not be set");
    if (io_now_ms() >= r->deadline_ms)
        return err_set(err, -ETIMEDOUT, "gb-job does not report in time");
    if (r->owes_go && limits)
        send_go(r);
    if (io_now_ms() >= r->limits_at_ms) {
        r->limits_at_ms = INT64_MAX;
        r->set_limits(r->data);
    }
    return 0;
}

static enum relay_end end_of(int result)
{
    switch (result) {
    case 0:
        return RELAY_REPORTED;
    case -EPIPE:
        return RELAY_CLIENT_GONE;
    case -ECANCELED:
        return RELAY_CANCELLED;
    case -EDQUOT:
        return RELAY_OVER_MEMORY;
    default:
        return RELAY_LOST;
    }
}

enum relay_end relay_run(struct relay *r, struct err *err)
{
    const struct ceilings *l = &r->job->limits;
    int64_t runs = (int64_t)r->job->runs;
    r->deadline_ms = io_now_ms() + l->compile_wall_ms + runs * l->run_wall_ms + SLACK_MS;
    r->output_left = runs * 2 * (l->output_kb * 1024 + OUTPUT_SLACK);
    r->artifact_left = FRAME_MAX_BYTES;
    r->events_left = EVENTS_MAX;
    r->limits_at_ms = INT64_MAX;
    int result = 0;
    while (result == 0 && !r->report.len) {
        result = look_around(r, err);
        if (result == 0)
            result = step(r, err);
    }
    return end_of(result);
}
