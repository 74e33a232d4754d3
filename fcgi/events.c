/*
 * events.c - GET /v1/jobs/{id}/events: a job's life as server-sent events (HTML, section 9.2).
 *
 *   state   {"state": ...}              whenever it changes
 *   stdout  {"text": ...}               output as it is written, also `stderr`
 *   result  the job's result            and then the stream ends
 */
#include <errno.h>

#include "handlers.h"
#include "job_json.h"
#include "record.h"
#include "reply.h"
#include "service.h"

#define LOOK_MS 200
#define HEARTBEAT_MS 10000
#define LONGEST_MS 600000

static const char *const output_names[] = {"stdout", "stderr"};

struct stream {
    struct request *q;
    struct buf out;
    int state;      /* the last that was told; -1: none */
    size_t sent[2]; /* bytes of stdout and stderr */
    struct timespec spoke;
};

static void begin_event(struct stream *s, const char *name, struct jsonw *w)
{
    buf_printf(&s->out, "event: %s\ndata: ", name);
    *w = (struct jsonw){.out = &s->out};
}

/* Sends what has been written; false when the client is gone. */
static bool send_events(struct stream *s)
{
    const struct transport *t = s->q->transport;
    if (s->out.len == 0 && ms_since(&s->spoke) > HEARTBEAT_MS)
        buf_puts(&s->out, ": still there\n\n");
    if (s->out.len == 0)
        return true;
    bool there = t->write(t->data, s->out.data, s->out.len) == 0 && t->flush(t->data) == 0;
    buf_clear(&s->out);
    clock_gettime(CLOCK_MONOTONIC, &s->spoke);
    return there;
}

static void tell_state(struct stream *s, const struct job_view *view)
{
    struct jsonw w;
    if ((int)view->state == s->state)
        return;
    s->state = (int)view->state;
    begin_event(s, "state", &w);
    jw_open(&w, '{');
    jw_kcstr(&w, "state", job_state_name(view->state));
    jw_close(&w, '}');
    buf_puts(&s->out, "\n\n");
}

/* Without a character at the end whose bytes have not all been written yet (RFC 3629). */
static struct str whole_characters(struct str text)
{
    for (size_t back = 1; back <= 3 && back <= text.n; back++) {
        unsigned char c = (unsigned char)text.s[text.n - back];
        if ((c & 0xc0) == 0x80)
            continue;
        size_t wants = c >= 0xf0 ? 4 : c >= 0xe0 ? 3 : c >= 0xc0 ? 2 : 1;
        return wants > back ? (struct str){text.s, text.n - back} : text;
    }
    return text;
}

/* What of an output stream has not been told yet. */
static void tell_output(struct stream *s, int which, struct str all)
{
    struct jsonw w;
    if (all.n <= s->sent[which])
        return;
    struct str fresh = {all.s + s->sent[which], all.n - s->sent[which]};
    s->sent[which] = all.n;
    begin_event(s, output_names[which], &w);
    jw_open(&w, '{');
    output_json(&w, "text", fresh);
    jw_close(&w, '}');
    buf_puts(&s->out, "\n\n");
}

static void tell_live_output(struct stream *s, struct arena *arena, int which)
{
    struct request *q = s->q;
    struct artifact_view a;
    if (store_artifact(q->service->store, q->param, q->caller.user_id, output_names[which], arena,
                       &a, NULL) == 0)
        tell_output(s, which, whole_characters(a.content));
}

/* Live output ends a moment before the program does, and a job that was not run for itself has none:
 * the rest comes out of the result. */
static void tell_rest(struct stream *s, struct arena *arena, struct str result)
{
    struct jdoc d = {0};
    if (jdoc_parse(&d, result.s, result.n, NULL, NULL) == 0)
        for (int i = 0; i < 2; i++) {
            struct str all = {0};
            if (record_output(&d, output_names[i], arena, &all) == 0)
                tell_output(s, i, all);
        }
    jdoc_free(&d);
}

static struct str read_result(struct stream *s, struct arena *arena)
{
    struct request *q = s->q;
    struct artifact_view a;
    if (store_artifact(q->service->store, q->param, q->caller.user_id, "result", arena, &a, NULL) <
        0)
        return STR("{}");
    return a.content;
}

static void tell_result(struct stream *s, struct str result)
{
    buf_puts(&s->out, "event: result\ndata: ");
    for (size_t i = 0; i < result.n; i++) /* JSON: a line break stands between tokens only */
        if (result.s[i] != '\n' && result.s[i] != '\r')
            buf_putc(&s->out, result.s[i]);
    buf_puts(&s->out, "\n\n");
}

/* One look at the job. True when there is more to come. */
static bool look(struct stream *s)
{
    struct request *q = s->q;
    struct arena arena = ARENA_INIT(0);
    struct job_view view;
    bool over = true;
    if (store_job(q->service->store, q->param, q->caller.user_id, &arena, &view, NULL) == 0) {
        struct str result = {0};
        over = job_state_final(view.state);
        if (!over && s->state < 0)
            tell_state(s, &view);
        tell_live_output(s, &arena, 0);
        tell_live_output(s, &arena, 1);
        if (over) {
            result = read_result(s, &arena);
            tell_rest(s, &arena, result);
        }
        tell_state(s, &view);
        if (over)
            tell_result(s, result);
    }
    arena_free(&arena);
    return send_events(s) && !over;
}

static void stream_events(struct request *q)
{
    static const char head[] = "Status: 200 OK\r\nContent-Type: text/event-stream\r\n"
                               "Cache-Control: no-store\r\nX-Accel-Buffering: no\r\n";
    struct stream s = {.q = q, .state = -1};
    const struct timespec pause = {.tv_nsec = LOOK_MS * 1000000L};
    struct timespec began;
    clock_gettime(CLOCK_MONOTONIC, &began);
    s.spoke = began;
    buf_printf(&s.out, "%sX-Request-Id: %s\r\n", head, q->env.request_id);
    reply_server_timing(q, &s.out);
    buf_puts(&s.out, "\r\n");
    q->reply.sent = true;
    while (look(&s) && ms_since(&began) < LONGEST_MS && !atomic_load(&q->service->stopping))
        nanosleep(&pause, NULL);
    buf_free(&s.out);
}

enum outcome handle_job_events(struct request *q, uint32_t body)
{
    (void)body;
    struct job_view view;
    struct err err = {0};
    int rc = store_job(q->service->store, q->param, q->caller.user_id, &q->arena, &view, &err);
    if (rc == -ENOENT)
        return problem(q, OUTCOME_not_found, "you have no such job");
    if (rc < 0)
        return problem(q, OUTCOME_store_unavailable, "jobs cannot be read now; try again");
    if (!service_hold(q->service)) {
        reply_header(&q->reply, "Retry-After", "5");
        return problem(q, OUTCOME_overloaded, "too many streams are open");
    }
    stream_events(q);
    service_release(q->service);
    return OUTCOME_ok;
}
