/* test_client.c - the client against a scripted peer on a real unix socket. */
#include "../../core/base/cleanup.h"
#include "../../sandbox/client.h"
#include "../../sandbox/io.h"

#include <errno.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <cmocka.h>

/* A peer that reads `take` bytes of the job, sends `answer` and closes. */
struct peer {
    char path[64];
    int listener;
    size_t take;
    struct buf answer;
    pthread_t thread;
};

static void *peer_main(void *data)
{
    struct peer *p = data;
    cleanup_close int fd = accept(p->listener, NULL, NULL);
    char room[4096];
    for (size_t got = 0; got < p->take;) {
        ssize_t n = recv(fd, room, sizeof room, 0);
        if (n <= 0)
            return NULL;
        got += (size_t)n;
    }
    io_send(fd, buf_view(&p->answer), io_now_ms() + 1000, NULL);
    if (!p->answer.len)
        (void)recv(fd, room, sizeof room, 0);
    return NULL;
}

static void peer_start(struct peer *p)
{
    snprintf(p->path, sizeof p->path, "/tmp/gb-test-client.%d", (int)getpid());
    unlink(p->path);
    struct sockaddr_un a = {.sun_family = AF_UNIX};
    memcpy(a.sun_path, p->path, strlen(p->path));
    p->listener = socket(AF_UNIX, SOCK_STREAM, 0);
    assert_int_equal(bind(p->listener, (struct sockaddr *)&a, sizeof a), 0);
    assert_int_equal(listen(p->listener, 4), 0);
    assert_int_equal(pthread_create(&p->thread, NULL, peer_main, p), 0);
}

static void peer_stop(struct peer *p)
{
    pthread_join(p->thread, NULL);
    close(p->listener);
    unlink(p->path);
    buf_free(&p->answer);
}

struct seen {
    struct buf out;
    unsigned run;
    int started, events;
};

static void on_output(void *data, unsigned run, bool is_stderr, struct str bytes)
{
    struct seen *s = data;
    s->run = run;
    buf_puts(&s->out, is_stderr ? "e:" : "o:");
    buf_str(&s->out, bytes);
}

static void on_started(void *data, struct str json)
{
    ((struct seen *)data)->started += json.n == 2;
}

static void on_event(void *data, struct str json)
{
    ((struct seen *)data)->events += json.n == 2;
}

static void test_a_job_and_its_report(void **state)
{
    (void)state;
    struct peer p = {.take = 5 + 2 + 5 + 3 + 5};
    frame_put(&p.answer, FRAME_STARTED, STR("{}"));
    frame_put(&p.answer, FRAME_STDOUT, STR("\0\0\0\7hello"));
    frame_put(&p.answer, FRAME_EVENT, STR("[]"));
    frame_put(&p.answer, FRAME_ARTIFACT, STR("EL"));
    frame_put(&p.answer, FRAME_ARTIFACT, STR("F"));
    frame_put(&p.answer, FRAME_REPORT, STR("{\"verdict\":\"ok\"}"));
    peer_start(&p);
    struct seen seen = {0};
    struct sandbox_events events = {
        .data = &seen, .started = on_started, .output = on_output, .event = on_event};
    struct sandbox_reply reply;
    struct err err;
    int r = sandbox_run(p.path, STR("{}"), STR("bin"), 2000, &events, &reply, &err);
    peer_stop(&p);
    assert_int_equal(r, 0);
    assert_string_equal(buf_cstr(&seen.out), "o:hello");
    assert_int_equal(seen.run, 7);
    assert_int_equal(seen.started, 1);
    assert_int_equal(seen.events, 1);
    assert_string_equal(buf_cstr(&reply.artifact), "ELF");
    assert_string_equal(buf_cstr(&reply.report), "{\"verdict\":\"ok\"}");
    assert_int_equal(reply.refusal.len, 0);
    sandbox_reply_free(&reply);
    buf_free(&seen.out);
}

/* The peer reads 10 bytes of 8 MiB, refuses and closes: the reason must still arrive. */
static void test_a_refusal_in_the_middle_of_sending(void **state)
{
    (void)state;
    struct peer p = {.take = 10};
    frame_put(&p.answer, FRAME_ERROR, STR("{\"error\":\"overloaded\"}"));
    peer_start(&p);
    cleanup_buf struct buf big = BUF_INIT(0);
    assert_int_equal(buf_reserve(&big, 8U << 20), 0);
    memset(big.data, ' ', 8U << 20);
    struct sandbox_reply reply;
    struct err err;
    int r =
        sandbox_run(p.path, (struct str){big.data, 8U << 20}, STR(""), 2000, NULL, &reply, &err);
    peer_stop(&p);
    assert_int_equal(r, 0);
    assert_string_equal(buf_cstr(&reply.refusal), "{\"error\":\"overloaded\"}");
    sandbox_reply_free(&reply);
}

static bool always(void *data)
{
    (void)data;
    return true;
}

static int run_against(struct peer *p, const struct sandbox_events *events, unsigned timeout_ms)
{
    peer_start(p);
    struct sandbox_reply reply;
    struct err err;
    int r = sandbox_run(p->path, STR("{}"), STR(""), timeout_ms, events, &reply, &err);
    sandbox_reply_free(&reply);
    peer_stop(p);
    return r;
}

static void test_failures_have_their_codes(void **state)
{
    (void)state;
    struct sandbox_reply reply;
    struct err err;
    assert_int_equal(
        sandbox_run("/tmp/gb-no-such-socket", STR("{}"), STR(""), 100, NULL, &reply, &err),
        -ENOENT);
    sandbox_reply_free(&reply);
    struct peer silent = {.take = 12};
    assert_int_equal(run_against(&silent, NULL, 150), -ETIMEDOUT);
    struct peer cancelled = {.take = 12};
    assert_int_equal(run_against(&cancelled, &(struct sandbox_events){.cancelled = always}, 2000),
                     -ECANCELED);
    struct peer liar = {.take = 12};
    frame_put(&liar.answer, FRAME_PHASE, STR("{}"));
    assert_int_equal(run_against(&liar, NULL, 2000), -EPROTO);
    struct peer dies = {.take = 12};
    frame_put(&dies.answer, FRAME_STARTED, STR("{}"));
    assert_int_equal(run_against(&dies, NULL, 2000), -ECONNRESET);
}

static void test_status_and_cancel(void **state)
{
    (void)state;
    struct peer p = {.take = 5};
    frame_put(&p.answer, FRAME_STATUS, STR("{\"ready\":true}"));
    peer_start(&p);
    cleanup_buf struct buf json = BUF_INIT(0);
    struct err err;
    int r = sandbox_status(p.path, 1000, &json, &err);
    peer_stop(&p);
    assert_int_equal(r, 0);
    assert_string_equal(buf_cstr(&json), "{\"ready\":true}");

    struct peer q = {.take = 5};
    frame_put(&q.answer, FRAME_ERROR, STR("{}"));
    peer_start(&q);
    r = sandbox_cancel(q.path, STR("j"), STR("u"), &err);
    peer_stop(&q);
    assert_int_equal(r, -ENOENT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_job_and_its_report),
        cmocka_unit_test(test_a_refusal_in_the_middle_of_sending),
        cmocka_unit_test(test_failures_have_their_codes),
        cmocka_unit_test(test_status_and_cancel),
    };
    return cmocka_run_group_tests(tests, NULL, NULL) != 0;
}
