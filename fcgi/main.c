/*
 * main.c - gb-fcgi, the responder.
 *
 * Theory of operation. spawn-fcgi opens the unix socket, binds it as descriptor 0 and executes
 * multiwatch, which keeps N processes of this program alive on it. Each process:
 *
 *   main thread     reads the configuration and the files it names, opens the store and the metrics,
 *                   starts the threads, confines the process (confine.c), then waits for a signal
 *   GB_THREADS      accept a FastCGI connection each and answer one request after the other on it;
 *   workers         each owns a connection to the cache; a job holds its thread until the sandbox
 *                   has reported
 *   watcher         asks gb-sandboxd every two seconds which image it runs (half of each cache key)
 *
 * Descriptors: 0 the listening socket; 2 the log, one JSON object a line; the database's,
 * memcached's and one to gb-sandboxd for each job that is away. Nothing is opened from a path after
 * the start but unix sockets. The process runs as whom spawn-fcgi made it and never starts another
 * program.
 *
 * SIGTERM and SIGINT end it: workers finish the request they are at, so no accepted job is lost. A
 * killed process loses its jobs; the store knows which they were (sql/store_jobs.h) and records it.
 * A responder answers 500 and goes on; only the start may fail, with a line that says why.
 */
#include <errno.h>
#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../core/base/log.h"
#include "confine.h"
#include "dispatch.h"
#include "gateway.h"
#include "service.h"

#define LISTEN_FD 0
#define STACK_BYTES (1U << 20)

struct crew {
    struct service *service;
    pthread_t *threads;
    size_t n;
};

static void serve(void *data, const struct transport *t)
{
    dispatch(data, t);
}

static void *work_loop(void *data)
{
    struct worker w;
    struct err err = {0};
    int rc = worker_open(&w, data, &err);
    if (rc == 0) {
        rc = gateway_loop(LISTEN_FD, serve, &w, &err);
        worker_close(&w);
    }
    if (rc < 0)
        log_err(LOG_LEVEL_ERROR, &err, "a worker ends", NULL);
    return NULL;
}

static void wake(int signal_number)
{
    (void)signal_number; /* its arrival alone ends a wait in accept() */
}

/* SIGUSR1 interrupts a worker; SIGTERM and SIGINT are waited for by the main thread alone. */
static void set_signals(sigset_t *ret_waited)
{
    const struct sigaction interrupt = {.sa_handler = wake};
    const struct sigaction ignore = {.sa_handler = SIG_IGN};
    sigaction(SIGUSR1, &interrupt, NULL);
    sigaction(SIGPIPE, &ignore, NULL);
    sigemptyset(ret_waited);
    sigaddset(ret_waited, SIGTERM);
    sigaddset(ret_waited, SIGINT);
    pthread_sigmask(SIG_BLOCK, ret_waited, NULL);
}

/* A multiwatch that is killed cannot end its children any more. Others may go on purpose, as spawn-fcgi
 * does after the start. */
static void end_with_supervisor(void)
{
    char path[40], name[20] = "";
    snprintf(path, sizeof(path), "/proc/%d/comm", (int)getppid());
    FILE *f = fopen(path, "re");
    if (!f)
        return;
    if (fgets(name, sizeof(name), f) && strcmp(name, "multiwatch\n") == 0)
        prctl(PR_SET_PDEATHSIG, SIGTERM);
    fclose(f);
}

static int start(struct crew *crew, struct err *err)
{
    pthread_attr_t attr;
    size_t wanted = (size_t)crew->service->cfg.threads;
    crew->threads = calloc(wanted, sizeof(*crew->threads));
    if (!crew->threads)
        return err_set(err, -ENOMEM, "no memory for %zu threads", wanted);
    pthread_attr_init(&attr);
    pthread_attr_setstacksize(&attr, STACK_BYTES);
    int rc = 0;
    while (crew->n < wanted && rc == 0) {
        rc = pthread_create(&crew->threads[crew->n], &attr, work_loop, crew->service);
        crew->n += rc == 0;
    }
    pthread_attr_destroy(&attr);
    return rc == 0 ? 0 : err_errno(err, rc, "starting thread %zu", crew->n + 1);
}

/* Ends the workers: those that wait are woken until they see it. */
static void finish(struct crew *crew)
{
    gateway_stop();
    for (size_t i = 0; i < crew->n; i++) {
        struct timespec until;
        do {
            pthread_kill(crew->threads[i], SIGUSR1);
            clock_gettime(CLOCK_REALTIME, &until);
            until.tv_nsec += 50000000;
            until.tv_sec += until.tv_nsec / 1000000000;
            until.tv_nsec %= 1000000000;
        } while (pthread_timedjoin_np(crew->threads[i], NULL, &until) == ETIMEDOUT);
    }
    free(crew->threads);
}

static bool is_listening(int fd)
{
    int on = 0;
    socklen_t n = sizeof(on);
    return getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &on, &n) == 0 && on;
}

/* Servers of memcached's that are reached over TCP want sockets to be made again after a failure.
 */
static bool memcached_is_remote(const struct config *cfg)
{
    return strstr(cfg->memcached, "--SERVER") != NULL;
}

static int run(struct service *s, struct err *err)
{
    sigset_t waited;
    struct crew crew = {.service = s};
    int signal_number = 0;
    set_signals(&waited);
    end_with_supervisor();
    mallopt(M_ARENA_MAX, 4); /* threads come and go in requests; an arena each only costs memory */
    int rc = gateway_init(err);
    if (rc == 0)
        rc = service_open(s, "gb-fcgi", err);
    if (rc == 0)
        rc = service_watch(s, err);
    if (rc == 0)
        rc = start(&crew, err);
    if (rc == 0 && s->cfg.confine)
        rc = confine(&(struct confine_options){.internet = memcached_is_remote(&s->cfg)}, err);
    if (rc == 0) {
        log_info("serving", "threads", log_int(s->cfg.threads), "version", GB_VERSION);
        sigwait(&waited, &signal_number);
        log_info("ending", "signal", log_int(signal_number));
    }
    finish(&crew);
    return rc;
}

int main(int argc, char **argv)
{
    struct service s = {0};
    struct err err = {0};
    int next = 0;
    int rc = config_main(argc, argv,
                         "gb-fcgi [--config FILE]: the FastCGI responder, started by spawn-fcgi",
                         &s.cfg, &next, &err);
    if (rc == 0) {
        log_init("gb-fcgi", s.cfg.log_level);
        if (next < argc)
            rc = err_set(&err, -EINVAL, "what is %s?", argv[next]);
        else if (!is_listening(LISTEN_FD))
            rc = err_set(&err, -EINVAL,
                         "descriptor 0 is no listening socket: start it with spawn-fcgi");
        else
            rc = run(&s, &err);
    }
    if (rc < 0)
        fprintf(stderr, "gb-fcgi: %s\n", err.message);
    service_close(&s);
    return rc < 0;
}
