/*
 * core.c - how many nodes a second the compiler decodes, checks and emits, on one core.
 *
 * For graphs of 1,000, 5,000 and 20,000 nodes, a third of them arithmetic, some text, some control:
 * the best of several rounds, so that a neighbour on the machine costs a round and not the figure.
 */
#include "base/jsonw.h"
#include "gb.h"

#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define ROUNDS 15

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void put_node(struct buf *b, const char *type, unsigned n, const char *rest)
{
    buf_printf(b, "%s{\"id\":\"n%u\",\"type\":\"%s\"%s}", n ? "," : "", n, type, rest);
}

/* Five nodes a group: two literals, their sum, its product with the first, a Print of that. */
static void make_graph(struct buf *b, unsigned nodes)
{
    char rest[80];
    buf_puts(b, "{\"nodes\":[");
    for (unsigned n = 0; n + 5 <= nodes; n += 5) {
        snprintf(rest, sizeof rest, ",\"properties\":{\"value\":%u}", n);
        put_node(b, "Literal", n, rest);
        snprintf(rest, sizeof rest, ",\"properties\":{\"value\":%u.5}", n);
        put_node(b, "Literal", n + 1, rest);
        put_node(b, "Add", n + 2, "");
        put_node(b, "Mul", n + 3, ",\"position\":{\"x\":10,\"y\":20}");
        put_node(b, "Print", n + 4, "");
    }
    buf_puts(b, "],\"edges\":[");
    for (unsigned n = 0; n + 5 <= nodes; n += 5)
        buf_printf(b,
                   "%s{\"from\":\"n%u\",\"to\":\"n%u\",\"toPort\":\"a\"},"
                   "{\"from\":\"n%u\",\"to\":\"n%u\",\"toPort\":\"b\"},"
                   "{\"from\":\"n%u\",\"to\":\"n%u\",\"toPort\":\"a\"},"
                   "{\"from\":\"n%u\",\"to\":\"n%u\",\"toPort\":\"b\"},"
                   "{\"from\":\"n%u\",\"to\":\"n%u\",\"toPort\":\"value\"}",
                   n ? "," : "", n, n + 2, n + 1, n + 2, n + 2, n + 3, n, n + 3, n + 3, n + 4);
    buf_puts(b, "]}");
}

struct spent {
    double decode, front, identify, emit;
};

static double total(struct spent s)
{
    return s.decode + s.front + s.emit;
}

static int one_round(const struct buf *text, struct spent *ret)
{
    struct jdoc doc;
    struct gb_program *program = NULL;
    struct gb_identity id;
    struct gb_emission emission;
    struct gb_emit_options options = {0};
    struct arena arena = ARENA_INIT(0);
    struct gb_report *report = calloc(1, sizeof *report);
    double t0 = now();
    int r = jdoc_parse(&doc, text->data, text->len, NULL, NULL);
    double t1 = now();
    if (!r)
        r = gb_front(&doc, 0, JSON_NONE, NULL, report, &program);
    double t2 = now();
    if (!r)
        r = gb_identify(program, &arena, &id);
    double t3 = now();
    if (!r && !(r = gb_emit(program, &id, &options, &emission))) {
        *ret = (struct spent){t1 - t0, t2 - t1, t3 - t2, now() - t3};
        gb_emission_free(&emission);
    }
    gb_program_free(program);
    jdoc_free(&doc);
    arena_free(&arena);
    gb_report_free(report);
    free(report);
    return r;
}

int main(void)
{
    static const unsigned sizes[] = {1000, 5000, 20000};
    mallopt(M_MMAP_THRESHOLD, 1 << 30); /* memory once had is kept, as in a responder at work */
    mallopt(M_TRIM_THRESHOLD, 1 << 30);
    printf("%8s %14s %10s %10s %10s %10s\n", "nodes", "nodes/s", "decode ms", "front ms", "emit ms",
           "(hash ms)");
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        struct buf text = BUF_INIT(0);
        make_graph(&text, sizes[i]);
        struct spent best = {0};
        for (int round = 0; round < ROUNDS; round++) {
            struct spent s = {0};
            if (one_round(&text, &s))
                return fprintf(stderr, "the graph of %u nodes is refused\n", sizes[i]), 1;
            if (round == 0 || total(s) < total(best))
                best = s;
        }
        printf("%8u %14.0f %10.3f %10.3f %10.3f %10.3f\n", sizes[i], sizes[i] / total(best),
               best.decode * 1e3, best.front * 1e3, best.emit * 1e3, best.identify * 1e3);
        buf_free(&text);
    }
    return 0;
}
