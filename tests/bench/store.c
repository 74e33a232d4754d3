/*
 * store.c - what a request costs in the store: build/release/bench/store [THREADS] [JOBS] [sync].
 *
 * Each thread records jobs as the responder does for a cache hit: quota, job row, audit row,
 * committed before the next. Prints CPU microseconds and wall microseconds a job, and jobs a
 * commit.
 */
#include "sql/store_admin.h"
#include "sql/store_jobs.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>

struct load {
    struct store *store;
    int64_t user_id;
    int jobs;
};

static double now_us(clockid_t clock)
{
    struct timespec t;
    clock_gettime(clock, &t);
    return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static void *work(void *arg)
{
    const struct load *l = arg;
    struct job_outcome o = {.state = JOB_succeeded,
                            .verdict = "ok",
                            .stage = "execution",
                            .cache = "hit",
                            .image =
                                STR("graph-blocks-sandbox@sha256:0123456789abcdef0123456789abcdef"
                                    "0123456789abcdef0123456789abcdef"),
                            .http_status = 200,
                            .cache_ms = 0.1,
                            .validate_ms = 0.1,
                            .total_ms = 0.4};
    for (int i = 0; i < l->jobs; i++) {
        struct job_new j = {.user_id = l->user_id,
                            .kind = "compile",
                            .user = STR("bench"),
                            .request_id = STR("01890a5d-ac96-774b-bcce-b302099a8057"),
                            .client_ip = STR("192.0.2.17"),
                            .code_hash = STR("0123456789abcdef0123456789abcdef"
                                             "0123456789abcdef0123456789abcdef"),
                            .limits = STR("{\"run\":{\"wall_ms\":10000,\"cpu_ms\":10000,"
                                          "\"memory_mb\":128,\"output_kb\":64}}")};
        struct quota_state q;
        struct err err;
        store_new_id(l->store, j.id);
        if (store_record(l->store, &j, &o, false, &q, &err)) {
            fprintf(stderr, "%s\n", err.message);
            exit(1);
        }
    }
    return NULL;
}

static int run(struct load *l, int n_threads)
{
    pthread_t threads[256];
    double wall = now_us(CLOCK_MONOTONIC), cpu = now_us(CLOCK_PROCESS_CPUTIME_ID);
    for (int i = 0; i < n_threads; i++)
        if (pthread_create(&threads[i], NULL, work, l))
            return 1;
    for (int i = 0; i < n_threads; i++)
        pthread_join(threads[i], NULL);
    wall = now_us(CLOCK_MONOTONIC) - wall;
    cpu = now_us(CLOCK_PROCESS_CPUTIME_ID) - cpu;
    double total = (double)l->jobs * n_threads;
    printf("%d threads, %.0f jobs: %.1f us CPU, %.1f us wall a job (%.0f jobs/s)\n", n_threads,
           total, cpu / total, wall / total, total * 1e6 / wall);
    return 0;
}

int main(int argc, char **argv)
{
    int n_threads = argc > 1 ? atoi(argv[1]) : 24;
    int jobs = argc > 2 ? atoi(argv[2]) : 20000;
    char folder[] = "/tmp/gb-bench-XXXXXX", path[64], clean[96];
    struct err err = {0};
    struct load l = {.jobs = jobs / n_threads};
    const struct plan plenty = {100000000, 1000, 100000000, 1000};
    if (n_threads < 1 || n_threads > 256 || !mkdtemp(folder))
        return 2;
    snprintf(path, sizeof path, "%s/jobs.db", folder);
    const struct store_options o = {
        .path = path, .process = "bench", .sync_full = argc > 3, .limits = {100, 100}};
    int code = store_open(&o, &l.store, &err);
    if (!code)
        code = store_user_add(l.store, "bench", "bench", "operator", &err);
    if (!code)
        code = store_quota_set(l.store, "bench", "bench", &plenty, &err);
    if (!code)
        code = store_user_find(l.store, "bench", &l.user_id, &err);
    if (!code)
        code = run(&l, n_threads);
    if (code < 0)
        fprintf(stderr, "%s\n", err.message);
    store_close(l.store);
    snprintf(clean, sizeof clean, "rm -rf %s", folder);
    return system(clean) || code;
}
