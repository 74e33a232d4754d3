/*
 * serve.c - one connection of gb-sandboxd: STATUS and CANCEL are answered at once, whatever the
 * jobs do; SUBMIT waits for a box, is relayed, and its box is destroyed.
 */
#include "../core/base/cleanup.h"
#include "../core/base/jsonw.h"
#include "../core/base/log.h"
#include "broker.h"
#include "io.h"
#include "relay.h"
#include "report.h"
#include "shift.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <sys/socket.h>

#define FIRST_FRAME_MS                                                                             \
    5000                   /* from the connection to the first whole frame; more for large ones    \
                            */
#define WHOLE_JOB_MS 30000 /* from the connection to END */
#define REPLY_MS 5000
#define LINGER_MS 1000 /* for a refused client to have read why */
#define LOOK_MS 100    /* how often a job that waits looks whether its client is there */

static const struct frame_rule client_rules[] = {
    {FRAME_SUBMIT, FRAME_MAX_BYTES},
    {FRAME_BLOB, FRAME_MAX_BYTES},
    {FRAME_END, 0},
    {FRAME_CANCEL, 4096},
    {FRAME_STATUS, 0},
};

/* ---- one job -------------------------------------------------------------------------------- */

struct visit {
    struct broker *broker;
    int fd;
    struct frame_reader in;
    int64_t begun_ms;
    struct submission job;
    struct job_entry entry;
    struct buf payload; /* what gb-job gets */
    struct ticket ticket;
    struct box *host_box; /* by the fallback */
    int64_t submitted_us, granted_us;
};

static int refuse(struct visit *v, enum refusal refusal, const char *message)
{
    cleanup_buf struct buf out = BUF_INIT(0);
    refusal_write(refusal, message, &out);
    log_info("refused", "reply", buf_cstr(&out));
    return io_send_frame(v->fd, FRAME_ERROR, buf_view(&out), io_now_ms() + REPLY_MS, NULL);
}

static bool client_is_gone(const struct visit *v)
{
    int events = io_wait(v->fd, POLLRDHUP, io_now_ms());
    return events < 0 || events & (POLLRDHUP | POLLHUP | POLLERR);
}

/* SUBMIT is here; reads BLOB* and END, and puts together what gb-job gets. */
static int read_rest(struct visit *v, struct str submit, struct err *err)
{
    int r = submission_parse(submit, &v->broker->ceilings, &v->job, err);
    if (r < 0)
        return r;
    v->payload = BUF_INIT(2 * (size_t)FRAME_MAX_BYTES + 64);
    frame_put(&v->payload, FRAME_SUBMIT, buf_view(&v->job.spec));
    buf_free(&v->job.spec);
    struct frame f = {0};
    while (r == 0 && f.type != FRAME_END) {
        r = io_read_frame(v->fd, &v->in, v->begun_ms + WHOLE_JOB_MS, &f, err);
        if (r == 0 && f.type != FRAME_END && (f.type != FRAME_BLOB || !v->job.binary))
            r = err_set(err, -EINVAL, "a frame '%c' inside a job", f.type);
        if (r == 0)
            frame_put(&v->payload, f.type, f.body);
    }
    if (r == 0 && v->payload.error)
        r = err_set(err, -EINVAL, "the job has more than %u bytes", 2 * FRAME_MAX_BYTES);
    return r;
}

/* Waits in the queue. 0: granted; -EPIPE: nobody waits for the answer; else why not. */
static int await_box(struct visit *v, struct err *err)
{
    struct pool *pool = v->broker->pool;
    int r = pool_enter(pool, &v->ticket, v->job.user, io_now_ms() + v->job.limits.queue_ms, err);
    if (r < 0)
        return r;
    while ((r = pool_wait(pool, &v->ticket, LOOK_MS, err)) == 0) {
        if (client_is_gone(v))
            r = -EPIPE;
        else if (atomic_load(&v->entry.cancelled))
            r = err_set(err, -ECANCELED, "the job was cancelled while it waited");
        if (r < 0)
            break;
    }
    if (r < 0)
        pool_leave(pool, &v->ticket);
    return r < 0 ? r : 0;
}

static void set_limits(void *data)
{
    shift_begin(data);
}

static void facts_of(const struct visit *v, const struct box *box, int64_t sent_us,
                     struct report_facts *facts)
{
    *facts = (struct report_facts){
        .container_id = box->id,
        .image = box->image,
        .queue_ms = (double)(v->granted_us - v->submitted_us) / 1000,
        .start_ms = sent_us > v->granted_us ? (double)(sent_us - v->granted_us) / 1000 : 0,
        .fallback_executed = box->pid != 0,
    };
}

/* Tells the client how the relay ended. */
static void conclude(struct visit *v, struct box *box, const struct relay *relay,
                     enum relay_end end, const struct err *why)
{
    struct report_facts facts;
    facts_of(v, box, relay->sent_us, &facts);
    cleanup_buf struct buf report = BUF_INIT(0);
    struct err err = *why;
    if (end == RELAY_REPORTED && report_finish(buf_view(&relay->report), &facts, &report, &err) < 0)
        end = RELAY_LOST;
    if (end == RELAY_OVER_MEMORY)
        report_memory(relay->running, v->job.limits.run_memory_mb * 1024, &facts, &report);
    if (end == RELAY_CANCELLED)
        refuse(v, REFUSAL_CANCELLED, "the job was cancelled");
    if (end == RELAY_LOST) {
        log_warn("a job was lost", "container", box->id, "why", err.message, "gb-job says",
                 buf_cstr(&box->channel.said));
        refuse(v, REFUSAL_UNAVAILABLE, err.message);
    }
    if (report.len)
        io_send_frame(v->fd, FRAME_REPORT, buf_view(&report), io_now_ms() + REPLY_MS, NULL);
}

static void run_in(struct visit *v, struct box *box)
{
    struct broker *b = v->broker;
    v->granted_us = io_now_us();
    struct shift shift = {
        .docker = &b->docker,
        .container = box->id,
        .memory = container_run_memory(v->job.limits.run_memory_mb),
        .nano_cpus = v->job.limits.run_cpus_milli * 1000000,
        .patient = !b->cfg.strict_limits,
    };
    struct relay relay = {
        .client = v->fd,
        .channel = &box->channel,
        .job = &v->job,
        .payload = buf_view(&v->payload),
        .cancelled = &v->entry.cancelled,
        .set_limits = set_limits,
        .strict = b->cfg.strict_limits,
        .limits_state = &shift.state,
        .data = &shift,
    };
    struct report_facts facts;
    facts_of(v, box, 0, &facts);
    cleanup_buf struct buf started = BUF_INIT(0);
    report_started(&facts, &started);
    io_send_frame(v->fd, FRAME_STARTED, buf_view(&started), io_now_ms() + REPLY_MS, NULL);
    struct err why = {0};
    enum relay_end end = relay_run(&relay, &why);
    conclude(v, box, &relay, end, &why);
    buf_free(&relay.report);
    shift_join(&shift);
}

/* No container can be had. */
static void without_container(struct visit *v, const struct err *why)
{
    struct fallback *f = &v->broker->fallback;
    if (!f->allowed) {
        refuse(v, REFUSAL_UNAVAILABLE, why->message);
        return;
    }
    if (!fallback_admits(f, v->job.fallback_token)) {
        refuse(v, REFUSAL_FALLBACK,
               "Docker is not there, and the development fallback needs its token "
               "(X-DEV-FALLBACK-TOKEN)");
        return;
    }
    struct err err;
    struct box *box;
    if (fallback_make(f, &box, &err) < 0) {
        refuse(v, REFUSAL_UNAVAILABLE, err.message);
        return;
    }
    log_warn("a job runs on the host", "user", v->job.user);
    run_in(v, box);
    fallback_destroy(box);
}

static void do_job(struct visit *v)
{
    struct err err = {0};
    v->submitted_us = io_now_us();
    int r = await_box(v, &err);
    switch (r) {
    case 0:
        run_in(v, v->ticket.box);
        pool_leave(v->broker->pool, &v->ticket);
        break;
    case -EPIPE:
        break;
    case -ECANCELED:
        refuse(v, REFUSAL_CANCELLED, err.message);
        break;
    case -ETIMEDOUT:
        refuse(v, REFUSAL_OVERLOADED, "no container became free in time");
        break;
    case -ENOBUFS:
    case -EDQUOT:
        refuse(v, REFUSAL_OVERLOADED, err.message);
        break;
    default:
        without_container(v, &err);
    }
}

static void serve_submit(struct visit *v, struct str submit)
{
    struct jobs *jobs = &v->broker->jobs;
    if (!jobs_admit(jobs)) {
        refuse(v, REFUSAL_OVERLOADED, "too many jobs are inside already");
        return;
    }
    struct err err = {0};
    int r = read_rest(v, submit, &err);
    frame_reader_free(&v->in);
    if (r == 0) {
        v->entry.job_id = v->job.job_id;
        v->entry.user = v->job.user;
        log_ids(NULL, v->job.job_id);
        jobs_add(jobs, &v->entry);
        do_job(v);
        jobs_remove(jobs, &v->entry);
        log_ids(NULL, NULL);
    } else if (r != -ECONNRESET) {
        refuse(v, REFUSAL_BAD_REQUEST, err.message);
    }
    jobs_release(jobs);
}

/* ---- the short calls ------------------------------------------------------------------------ */

static void serve_cancel(struct visit *v, struct str body)
{
    json_t *doc = json_loadb(body.s ? body.s : "", body.n, 0, NULL);
    const char *job_id = json_string_value(json_object_get(doc, "job_id"));
    const char *user = json_string_value(json_object_get(doc, "user"));
    if (job_id && jobs_cancel(&v->broker->jobs, job_id, user ? user : ""))
        io_send_frame(v->fd, FRAME_OK, STR("{}"), io_now_ms() + REPLY_MS, NULL);
    else
        refuse(v, REFUSAL_BAD_REQUEST, "no such job");
    json_decref(doc);
}

static void write_pool(struct jsonw *w, const struct broker *b, const struct pool_counts *n)
{
    jw_key(w, "pool");
    jw_open(w, '{');
    jw_kint(w, "warm", n->warm);
    jw_kint(w, "busy", n->busy);
    jw_kint(w, "starting", n->starting);
    jw_kint(w, "ending", n->dying);
    jw_kint(w, "size", b->cfg.pool_size);
    jw_kint(w, "max", b->cfg.pool_max);
    jw_close(w, '}');
    jw_key(w, "queue");
    jw_open(w, '{');
    jw_kint(w, "length", n->waiting);
    jw_kint(w, "max", b->cfg.queue_max);
    jw_close(w, '}');
}

void broker_status(struct broker *b, struct buf *out)
{
    struct watch_facts f;
    struct pool_counts n;
    watch_read(&b->watch, &f);
    pool_count(b->pool, &n);
    bool failing = n.failures && !n.warm;
    struct jsonw w = {.out = out};
    jw_open(&w, '{');
    jw_kbool(&w, "ready", !f.reason[0] && !failing);
    jw_kcstr(&w, "engine", f.engine[0] ? f.engine : NULL);
    jw_kcstr(&w, "image", b->cfg.sandbox_image);
    jw_kcstr(&w, "digest", f.image_id[0] ? f.image_id : NULL);
    jw_kcstr(&w, "runtime", f.runtime);
    jw_kbool(&w, "fallback", b->fallback.allowed);
    write_pool(&w, b, &n);
    jw_key(&w, "reasons");
    jw_open(&w, '[');
    if (f.reason[0])
        jw_cstr(&w, f.reason);
    if (n.failures)
        jw_cstr(&w, n.problem);
    jw_close(&w, ']');
    jw_close(&w, '}');
}

static void serve_status(struct visit *v)
{
    cleanup_buf struct buf out = BUF_INIT(0);
    broker_status(v->broker, &out);
    io_send_frame(v->fd, FRAME_STATUS, buf_view(&out), io_now_ms() + REPLY_MS, NULL);
}

/* ---- the connection ------------------------------------------------------------------------- */

/* A close with bytes unread would take our last words with it (unix(7)): let the client read them
 * and close first. */
static void linger(int fd)
{
    char room[65536];
    shutdown(fd, SHUT_WR);
    int64_t deadline = io_now_ms() + LINGER_MS;
    for (;;) {
        ssize_t got = io_recv(fd, room, sizeof room);
        if (got == -EAGAIN ? io_wait(fd, POLLIN, deadline) <= 0 : got <= 0)
            return;
        if (io_now_ms() >= deadline)
            return;
    }
}

void broker_serve(struct broker *b, int fd)
{
    cleanup_close int owned = fd;
    struct visit v = {
        .broker = b, .fd = fd, .in = FRAME_READER(client_rules), .begun_ms = io_now_ms()};
    struct frame f;
    struct err err = {0};
    int r = io_read_frame(fd, &v.in, v.begun_ms + FIRST_FRAME_MS, &f, &err);
    if (r == 0 && f.type == FRAME_SUBMIT)
        serve_submit(&v, f.body);
    else if (r == 0 && f.type == FRAME_CANCEL)
        serve_cancel(&v, f.body);
    else if (r == 0 && f.type == FRAME_STATUS)
        serve_status(&v);
    else if (r != -ECONNRESET)
        refuse(&v, REFUSAL_BAD_REQUEST, r < 0 ? err.message : "a frame that begins nothing");
    frame_reader_free(&v.in);
    submission_free(&v.job);
    buf_free(&v.payload);
    linger(owned);
}
