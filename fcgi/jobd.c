/*
 * jobd.c - gb-jobd, which runs what was accepted to be run later.
 *
 * Theory of operation. One process (several do no harm: jobs are leased):
 *
 *   main thread         configuration, store, threads, confinement; then waits for a signal
 *   GB_JOBD_WORKERS     each takes a job from the queue, runs it through the same handlers as a
 *   runners             request over HTTP, and records its end; while the program runs, the lease is
 *                       held by heartbeats
 *   housekeeper         every second: queues again or ends what dead processes left (store_reap);
 *                       every minute: retention
 *   messenger           delivers webhooks, one after the other
 *   watcher             asks gb-sandboxd which image it runs
 *
 * Descriptors: 2 the log; the database's, memcached's, one to gb-sandboxd for each job that is
 * away, one for a webhook. Internet sockets only when webhooks may go anywhere at all.
 *
 * SIGTERM and SIGINT: runners finish the job they are at, then the process ends. After a kill -9
 * the jobs it ran are queued again by the next housekeeper, of whichever process.
 */
#include <curl/curl.h>
#include <errno.h>
#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

#include "../core/base/cleanup.h"
#include "../core/base/log.h"
#include "../sql/store_jobs.h"
#include "confine.h"
#include "runner.h"
#include "webhook.h"

#define IDLE_MS 100 /* before an empty queue is looked at again */
#define REAP_MS 1000
#define RETAIN_MS 60000
#define DAY_MS 86400000

static void pause_ms(long ms)
{
    const struct timespec t = {.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000};
    nanosleep(&t, NULL);
}

static void *run_jobs(void *data)
{
    struct service *s = data;
    struct worker w;
    struct err err = {0};
    if (worker_open(&w, s, &err) < 0) {
        log_err(LOG_LEVEL_ERROR, &err, "a runner ends", NULL);
        return NULL;
    }
    while (!atomic_load(&s->stopping)) {
        int rc = runner_step(&w, &err);
        if (rc < 0 && rc != -ENOENT)
            log_err(LOG_LEVEL_WARN, &err, "no job can be taken", NULL);
        if (rc < 0)
            pause_ms(rc == -ENOENT ? IDLE_MS : REAP_MS);
    }
    worker_close(&w);
    return NULL;
}

static void reap(struct service *s)
{
    struct reap_counts n = {0};
    struct err err = {0};
    if (store_reap(s->store, &n, &err) < 0)
        log_err(LOG_LEVEL_WARN, &err, "lost jobs cannot be looked for", NULL);
    else if (n.requeued || n.lost || n.expired)
        log_warn("jobs were left behind", "requeued", log_int(n.requeued), "lost", log_int(n.lost),
                 "expired", log_int(n.expired));
}

static void retain(struct service *s)
{
    const struct config *cfg = &s->cfg;
    const struct retention keep = {
        .job_ms = cfg->retain_jobs_d * DAY_MS,
        .artifact_ms = cfg->retain_artifacts_d * DAY_MS,
        .audit_ms = cfg->retain_audit_d * DAY_MS,
        .event_ms = cfg->retain_events_d * DAY_MS,
        .artifact_bytes = cfg->retain_artifacts_mb << 20,
    };
    struct retention_counts n = {0};
    struct err err = {0};
    if (store_retain(s->store, &keep, &n, &err) < 0)
        log_err(LOG_LEVEL_WARN, &err, "retention did not finish", NULL);
}

static void *keep_house(void *data)
{
    struct service *s = data;
    for (int64_t passed = 0; !atomic_load(&s->stopping); passed += REAP_MS) {
        reap(s);
        if (passed % RETAIN_MS == 0)
            retain(s);
        pause_ms(REAP_MS);
    }
    return NULL;
}

static void *send_messages(void *data)
{
    struct service *s = data;
    struct err err = {0};
    while (!atomic_load(&s->stopping)) {
        int rc = webhook_step(s, &err);
        if (rc < 0)
            pause_ms(REAP_MS);
        if (rc < 0 && rc != -ENOENT)
            log_err(LOG_LEVEL_WARN, &err, "webhooks cannot be looked for", NULL);
    }
    return NULL;
}

static int start_all(struct service *s, pthread_t *threads, size_t *ret_n, struct err *err)
{
    void *(*const own[])(void *) = {keep_house, send_messages};
    size_t wanted = (size_t)s->cfg.jobd_workers + 2;
    for (size_t i = 0; i < wanted; i++) {
        int rc = pthread_create(&threads[i], NULL, i < 2 ? own[i] : run_jobs, s);
        if (rc != 0)
            return err_errno(err, rc, "starting thread %zu", i + 1);
        *ret_n = i + 1;
    }
    const struct confine_options limits = {.internet = s->cfg.webhook_hosts[0] != '\0'};
    return s->cfg.confine ? confine(&limits, err) : 0;
}

static int run(struct service *s, struct err *err)
{
    sigset_t waited;
    int signal_number = 0;
    size_t n = 0;
    sigemptyset(&waited);
    sigaddset(&waited, SIGTERM);
    sigaddset(&waited, SIGINT);
    pthread_sigmask(SIG_BLOCK, &waited, NULL);
    signal(SIGPIPE, SIG_IGN);
    mallopt(M_ARENA_MAX, 2);
    int rc = service_open(s, "gb-jobd", err);
    if (rc == 0)
        rc = service_watch(s, err);
    cleanup_free pthread_t *threads = calloc((size_t)s->cfg.jobd_workers + 2, sizeof(*threads));
    if (rc == 0)
        rc = threads ? start_all(s, threads, &n, err) : err_set(err, -ENOMEM, "no memory");
    if (rc == 0) {
        log_info("running jobs", "workers", log_int(s->cfg.jobd_workers), "version", GB_VERSION);
        sigwait(&waited, &signal_number);
        log_info("ending", "signal", log_int(signal_number));
    }
    atomic_store(&s->stopping, true);
    for (size_t i = 0; i < n; i++)
        pthread_join(threads[i], NULL);
    return rc;
}

int main(int argc, char **argv)
{
    struct service s = {0};
    struct err err = {0};
    int next = 0;
    int rc = config_main(argc, argv, "gb-jobd [--config FILE]: runs the asynchronous jobs", &s.cfg,
                         &next, &err);
    if (rc == 0) {
        log_init("gb-jobd", s.cfg.log_level);
        curl_global_init(CURL_GLOBAL_DEFAULT);
        rc = next < argc ? err_set(&err, -EINVAL, "what is %s?", argv[next]) : run(&s, &err);
        curl_global_cleanup();
    }
    if (rc < 0)
        fprintf(stderr, "gb-jobd: %s\n", err.message);
    service_close(&s);
    return rc < 0;
}
