/* client.c - see client.h. The system calls used are those of io.c, poll and recv. */
#include "client.h"

#include "../core/base/cleanup.h"
#include "../core/base/jsonw.h"
#include "io.h"

#include <errno.h>
#include <poll.h>
#include <sys/socket.h>

#define TICK_MS 100              /* how often cancelled() is asked */
#define ARTIFACT_MAX (64U << 20) /* all ARTIFACT frames of a job together */
#define SHORT_CALL_MS 5000       /* CANCEL */

/* What gb-sandboxd may answer, and how much of each. */
static const struct frame_rule job_rules[] = {
    {FRAME_STARTED, 64U << 10}, {FRAME_STDOUT, 1U << 20},          {FRAME_STDERR, 1U << 20},
    {FRAME_EVENT, 64U << 10},   {FRAME_ARTIFACT, FRAME_MAX_BYTES}, {FRAME_REPORT, FRAME_MAX_BYTES},
    {FRAME_ERROR, 64U << 10},
};
static const struct frame_rule call_rules[] = {
    {FRAME_STATUS, 1U << 20},
    {FRAME_OK, 64U << 10},
    {FRAME_ERROR, 64U << 10},
};

struct call {
    int fd;
    int64_t deadline;
    struct buf out; /* frames to send */
    size_t sent;
    struct frame_reader in;
    const struct sandbox_events *events;
    struct sandbox_reply *reply;
    bool done;
};

static void call_free(struct call *c)
{
    cleanup_close_impl(&c->fd);
    buf_free(&c->out);
    frame_reader_free(&c->in);
}

static int on_output(const struct call *c, const struct frame *f, struct err *err)
{
    if (f->body.n < 4)
        return err_set(err, -EPROTO, "an output frame without its run's index");
    const unsigned char *p = (const unsigned char *)f->body.s;
    unsigned run = (unsigned)p[0] << 24 | (unsigned)p[1] << 16 | (unsigned)p[2] << 8 | p[3];
    if (c->events && c->events->output)
        c->events->output(c->events->data, run, f->type == FRAME_STDERR,
                          (struct str){f->body.s + 4, f->body.n - 4});
    return 0;
}

/* One frame of a job's conversation; the rules let no other type through. */
static int on_frame(struct call *c, const struct frame *f, struct err *err)
{
    const struct sandbox_events *e = c->events;
    if (f->type == FRAME_STDOUT || f->type == FRAME_STDERR)
        return on_output(c, f, err);
    if (f->type == FRAME_STARTED && e && e->started)
        e->started(e->data, f->body);
    if (f->type == FRAME_EVENT && e && e->event)
        e->event(e->data, f->body);
    struct buf *kept = f->type == FRAME_ARTIFACT ? &c->reply->artifact
                       : f->type == FRAME_REPORT ? &c->reply->report
                       : f->type == FRAME_ERROR  ? &c->reply->refusal
                                                 : NULL;
    if (!kept)
        return 0;
    buf_str(kept, f->body);
    c->done = f->type != FRAME_ARTIFACT;
    return kept->error ? err_set(err, kept->error, "no room for the sandbox's reply") : 0;
}

static int receive(struct call *c, struct err *err)
{
    char room[65536];
    ssize_t got = io_recv(c->fd, room, sizeof room);
    if (got == -EAGAIN)
        return 0;
    if (got == 0)
        return err_set(err, -ECONNRESET, "gb-sandboxd closed the connection");
    if (got < 0)
        return err_errno(err, (int)-got, "read from gb-sandboxd");
    if (frame_feed(&c->in, room, (size_t)got) < 0)
        return err_set(err, -ENOMEM, "no memory for a frame");
    struct frame f;
    int have = 0, r = 0;
    while (r == 0 && !c->done && (have = frame_next(&c->in, &f, err)) > 0)
        r = on_frame(c, &f, err);
    return have < 0 ? have : r;
}

/* Sends what fits. A peer that has refused the job reads no further: that is no error here, its
 * reason is about to be read. */
static void transmit(struct call *c)
{
    ssize_t n =
        send(c->fd, c->out.data + c->sent, c->out.len - c->sent, MSG_DONTWAIT | MSG_NOSIGNAL);
    if (n > 0)
        c->sent += (size_t)n;
    else if (n < 0 && errno != EAGAIN && errno != EINTR)
        c->sent = c->out.len;
}

static int converse(struct call *c, struct err *err)
{
    while (!c->done) {
        int64_t now = io_now_ms();
        if (now >= c->deadline)
            return err_set(err, -ETIMEDOUT, "the sandbox did not answer in time");
        if (c->events && c->events->cancelled && c->events->cancelled(c->events->data))
            return err_set(err, -ECANCELED, "the job was cancelled");
        bool sending = c->sent < c->out.len;
        int64_t tick = now + TICK_MS < c->deadline ? now + TICK_MS : c->deadline;
        int ready = io_wait(c->fd, (short)(POLLIN | (sending ? POLLOUT : 0)), tick);
        if (ready < 0)
            return err_errno(err, -ready, "poll");
        if (sending && ready & POLLOUT)
            transmit(c);
        int r = ready & (POLLIN | POLLHUP | POLLERR) ? receive(c, err) : 0;
        if (r < 0)
            return r;
    }
    return 0;
}

int sandbox_run(const char *socket_path, struct str submit_json, struct str binary,
                unsigned timeout_ms, const struct sandbox_events *events,
                struct sandbox_reply *reply, struct err *err)
{
    *reply = (struct sandbox_reply){.artifact = BUF_INIT(ARTIFACT_MAX)};
    if (submit_json.n > FRAME_MAX_BYTES || binary.n > FRAME_MAX_BYTES)
        return err_set(err, -EMSGSIZE, "a job has at most %u bytes", FRAME_MAX_BYTES);
    __attribute__((cleanup(call_free))) struct call c = {
        .fd = -1,
        .deadline = io_now_ms() + timeout_ms,
        .in = FRAME_READER(job_rules),
        .events = events,
        .reply = reply,
    };
    frame_put(&c.out, FRAME_SUBMIT, submit_json);
    if (binary.n)
        frame_put(&c.out, FRAME_BLOB, binary);
    frame_put(&c.out, FRAME_END, (struct str){0});
    if (c.out.error)
        return err_set(err, c.out.error, "no memory for the job");
    c.fd = io_connect(socket_path, c.deadline, err);
    return c.fd < 0 ? c.fd : converse(&c, err);
}

void sandbox_reply_free(struct sandbox_reply *reply)
{
    buf_free(&reply->report);
    buf_free(&reply->refusal);
    buf_free(&reply->artifact);
}

/* One frame there, one back. */
static int call_once(const char *socket_path, enum frame_type type, struct str body,
                     unsigned timeout_ms, struct frame_reader *in, struct frame *ret_answer,
                     struct err *err)
{
    int64_t deadline = io_now_ms() + timeout_ms;
    cleanup_close int fd = io_connect(socket_path, deadline, err);
    if (fd < 0)
        return fd;
    int r = io_send_frame(fd, type, body, deadline, err);
    return r < 0 ? r : io_read_frame(fd, in, deadline, ret_answer, err);
}

int sandbox_status(const char *socket_path, unsigned timeout_ms, struct buf *ret_json,
                   struct err *err)
{
    cleanup_frame_reader struct frame_reader in = FRAME_READER(call_rules);
    struct frame f;
    int r = call_once(socket_path, FRAME_STATUS, (struct str){0}, timeout_ms, &in, &f, err);
    if (r < 0)
        return r;
    if (f.type != FRAME_STATUS)
        return err_set(err, -EPROTO, "gb-sandboxd: %.*s", (int)f.body.n, f.body.s);
    buf_str(ret_json, f.body);
    return ret_json->error ? err_set(err, ret_json->error, "no memory for the status") : 0;
}

int sandbox_cancel(const char *socket_path, struct str job_id, struct str user, struct err *err)
{
    cleanup_buf struct buf ask = BUF_INIT(0);
    struct jsonw w = {.out = &ask};
    jw_open(&w, '{');
    jw_kstr(&w, "job_id", job_id);
    jw_kstr(&w, "user", user);
    jw_close(&w, '}');
    cleanup_frame_reader struct frame_reader in = FRAME_READER(call_rules);
    struct frame f;
    int r = call_once(socket_path, FRAME_CANCEL, buf_view(&ask), SHORT_CALL_MS, &in, &f, err);
    if (r < 0)
        return r;
    return f.type == FRAME_OK ? 0 : err_set(err, -ENOENT, "no such job of that user");
}
