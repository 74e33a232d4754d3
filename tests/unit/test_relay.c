/* test_relay.c - one job between a client and a gb-job that is up to no good; both are socket
 * pairs. */
#include "../../sandbox/io.h"
#include "../../sandbox/relay.h"

#include <errno.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

static const struct frame_rule client_rules[] = {
    {FRAME_STDOUT, 1U << 20},
    {FRAME_STDERR, 1U << 20},
    {FRAME_EVENT, 1U << 16},
    {FRAME_ARTIFACT, 1U << 24},
};
static const struct frame_rule job_rules[] = {{FRAME_SUBMIT, 100}, {FRAME_GO, 0}};

/* A relay between two socket pairs; [0] is the broker's end of each. */
struct scene {
    int client[2], gb_job[2];
    struct channel channel;
    struct submission job;
    atomic_bool cancelled;
    atomic_int limits;
    struct relay relay;
};

static void set_limits(void *data)
{
    atomic_fetch_add((atomic_int *)data, 1);
}

static void scene_open(struct scene *s)
{
    *s =
        (struct scene){.job = {
                           .runs = 2,
                           .limits = {.compile_wall_ms = 1000, .run_wall_ms = 1000, .output_kb = 1},
                       }};
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, s->client), 0);
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, s->gb_job), 0);
    channel_init(&s->channel, s->gb_job[0], false);
    s->relay = (struct relay){
        .client = s->client[0],
        .channel = &s->channel,
        .job = &s->job,
        .payload = STR("S\0\0\0\2{}"),
        .cancelled = &s->cancelled,
        .set_limits = set_limits,
        .data = &s->limits,
        .limits_state = &s->limits,
    };
}

static void scene_close(struct scene *s)
{
    channel_close(&s->channel);
    buf_free(&s->relay.report);
    close(s->client[0]);
    close(s->client[1]);
    close(s->gb_job[1]);
}

/* What gb-job says, all at once. */
static void says(struct scene *s, enum frame_type type, struct str body)
{
    assert_int_equal(io_send_frame(s->gb_job[1], type, body, io_now_ms() + 1000, NULL), 0);
}

static enum relay_end relay_now(struct scene *s, struct err *err)
{
    *err = (struct err){0};
    return relay_run(&s->relay, err);
}

static void test_a_good_job(void **state)
{
    (void)state;
    struct scene s;
    scene_open(&s);
    says(&s, FRAME_PHASE, STR("{\"phase\":\"run\"}"));
    says(&s, FRAME_STDOUT, STR("\0\0\0\1hello"));
    says(&s, FRAME_EVENT, STR("{\"kind\":\"x\"}"));
    says(&s, FRAME_REPORT, STR("{\"verdict\":\"ok\"}"));
    says(&s, FRAME_STDOUT, STR("\0\0\0\1behind the report"));
    struct err err;
    assert_int_equal(relay_now(&s, &err), RELAY_REPORTED);
    assert_string_equal(buf_cstr(&s.relay.report), "{\"verdict\":\"ok\"}");
    assert_true(s.relay.running);
    assert_true(s.relay.sent_us > 0);
    cleanup_frame_reader struct frame_reader in = FRAME_READER(client_rules);
    cleanup_frame_reader struct frame_reader job_in = FRAME_READER(job_rules);
    struct frame f;
    assert_int_equal(io_read_frame(s.gb_job[1], &job_in, io_now_ms() + 100, &f, NULL), 0);
    assert_int_equal(f.type, FRAME_SUBMIT);
    assert_int_equal(io_read_frame(s.gb_job[1], &job_in, io_now_ms() + 100, &f, NULL), 0);
    assert_int_equal(f.type, FRAME_GO);
    assert_int_equal(io_read_frame(s.client[1], &in, io_now_ms() + 100, &f, NULL), 0);
    assert_true(str_eq(f.body, STR("\0\0\0\1hello")));
    assert_int_equal(io_read_frame(s.client[1], &in, io_now_ms() + 100, &f, NULL), 0);
    assert_int_equal(f.type, FRAME_EVENT);
    assert_int_equal(io_read_frame(s.client[1], &in, io_now_ms() + 50, &f, NULL), -ETIMEDOUT);
    scene_close(&s);
}

/* Each is one frame that must end the job. */
static void test_each_breach_ends_the_job(void **state)
{
    (void)state;
    static char flood[4096];
    static const struct {
        enum frame_type type;
        struct str body;
        int times;
        const char *reason;
    } breaches[] = {
        {FRAME_READY, {"{}", 2}, 1, "twice"},
        {FRAME_STDOUT, {"\0\0\0", 3}, 1, "of no run"},
        {FRAME_STDOUT, {"\0\0\0\2x", 5}, 1, "more output"},
        {FRAME_STDERR, {"\377\377\377\377x", 5}, 1, "more output"},
        {FRAME_STDOUT, {flood, sizeof flood}, 6, "more output"},
        {FRAME_PHASE, {"{}", 2}, 2, "run twice"},
        {FRAME_ARTIFACT, {"ELF", 3}, 1, "nobody asked"},
        {FRAME_EVENT, {"[]", 2}, 1, "no object"},
        {FRAME_EVENT, {"{", 1}, 1, "no object"},
        {FRAME_GO, {"", 0}, 1, "not allowed"},
        {FRAME_OK, {"{}", 2}, 1, "not allowed"},
        {FRAME_SUBMIT, {"{}", 2}, 1, "not allowed"},
    };
    for (size_t i = 0; i < sizeof breaches / sizeof *breaches; i++) {
        struct scene s;
        scene_open(&s);
        for (int k = 0; k < breaches[i].times; k++)
            says(&s, breaches[i].type, breaches[i].body);
        struct err err;
        assert_int_equal(relay_now(&s, &err), RELAY_LOST);
        assert_non_null(strstr(err.message, breaches[i].reason));
        scene_close(&s);
    }
}

static void test_events_past_the_bound_are_dropped(void **state)
{
    (void)state;
    struct scene s;
    scene_open(&s);
    cleanup_buf struct buf all_at_once = BUF_INIT(0);
    for (int i = 0; i < 1500; i++)
        frame_put(&all_at_once, FRAME_EVENT, STR("{}"));
    frame_put(&all_at_once, FRAME_REPORT, STR("{}"));
    assert_int_equal(io_send(s.gb_job[1], buf_view(&all_at_once), io_now_ms() + 1000, NULL), 0);
    int large = 1 << 20; /* each frame is a message of its own in the client's socket */
    setsockopt(s.client[0], SOL_SOCKET, SO_SNDBUF, &large, sizeof large);
    struct err err;
    assert_int_equal(relay_now(&s, &err), RELAY_REPORTED);
    char room[65536];
    ssize_t n, all = 0;
    while ((n = io_recv(s.client[1], room, sizeof room)) > 0)
        all += n;
    assert_int_equal(all, 1000 * 7);
    scene_close(&s);
}

static void test_the_other_ends(void **state)
{
    (void)state;
    struct scene s;
    struct err err;
    scene_open(&s); /* the client hangs up */
    shutdown(s.client[1], SHUT_RDWR);
    assert_int_equal(relay_now(&s, &err), RELAY_CLIENT_GONE);
    scene_close(&s);
    scene_open(&s); /* cancelled from outside */
    atomic_store(&s.cancelled, true);
    assert_int_equal(relay_now(&s, &err), RELAY_CANCELLED);
    scene_close(&s);
    scene_open(&s); /* the kernel refuses the run's limit */
    atomic_store(&s.limits, -EDQUOT);
    assert_int_equal(relay_now(&s, &err), RELAY_OVER_MEMORY);
    scene_close(&s);
    scene_open(&s); /* gb-job dies */
    shutdown(s.gb_job[1], SHUT_RDWR);
    assert_int_equal(relay_now(&s, &err), RELAY_LOST);
    scene_close(&s);
}

static void *relay_thread(void *data)
{
    relay_run(data, NULL);
    return NULL;
}

static void test_with_strict_limits_go_comes_after_them(void **state)
{
    (void)state;
    struct scene s;
    scene_open(&s);
    s.relay.strict = true;
    says(&s, FRAME_PHASE, STR("{}"));
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, relay_thread, &s.relay), 0);
    cleanup_frame_reader struct frame_reader in = FRAME_READER(job_rules);
    struct frame f;
    assert_int_equal(io_read_frame(s.gb_job[1], &in, io_now_ms() + 1000, &f, NULL), 0);
    assert_int_equal(io_read_frame(s.gb_job[1], &in, io_now_ms() + 1000, &f, NULL), 0);
    assert_int_equal(f.type, FRAME_GO);
    says(&s, FRAME_REPORT, STR("{}"));
    pthread_join(thread, NULL);
    scene_close(&s);
}

static void test_the_limits_of_a_short_run_are_left_alone(void **state)
{
    (void)state;
    for (int lasting = 0; lasting < 2; lasting++) {
        struct scene s;
        scene_open(&s);
        pthread_t thread;
        assert_int_equal(pthread_create(&thread, NULL, relay_thread, &s.relay), 0);
        says(&s, FRAME_PHASE, STR("{}"));
        usleep(lasting ? 4 * RELAY_SETTLE_MS * 1000 : 0);
        says(&s, FRAME_REPORT, STR("{}"));
        pthread_join(thread, NULL);
        assert_int_equal(s.limits, lasting);
        scene_close(&s);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_good_job),
        cmocka_unit_test(test_each_breach_ends_the_job),
        cmocka_unit_test(test_events_past_the_bound_are_dropped),
        cmocka_unit_test(test_the_other_ends),
        cmocka_unit_test(test_with_strict_limits_go_comes_after_them),
        cmocka_unit_test(test_the_limits_of_a_short_run_are_left_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL) != 0;
}
