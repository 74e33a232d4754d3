/*
 * sandboxd.c - gb-sandboxd: the only process that may talk to the Docker Engine.
 *
 * Theory of operation
 *
 * Threads:
 *   main         accepts connections, and starts a thread for each; ends everything on SIGTERM and
 *                SIGINT, which only it receives
 *   connection   one client from its first frame to its close (serve.c); a job's thread waits in the
 *                pool's queue and then relays between its client and its container (relay.c)
 *   worker       GB_POOL_STARTERS of them make and destroy containers (pool.c, container.c)
 *   watch        looks at the Engine and the image, opens and closes the pool's gate, removes
 *                orphans (watch.c)
 *   shift        one for a running program, while the Engine sets its limits (shift.c)
 *
 * Descriptors: the listening socket; one for each connection; one for each container, the attached
 * stream of its gb-job; the Engine's socket for the length of a call. Nothing is inherited.
 *
 * Trust: clients are checked by their user id (SO_PEERCRED) and then trusted to say who their user
 * is. What comes out of a container is hostile (channel.c, relay.c, report.c). No path, name or
 * argument of the Engine's API is made from what a client or a container says, and this process
 * opens no file after its start.
 *
 * Who ends whom: a job's end, its client's end, CANCEL or a deadline closes the container's stream
 * and has the container removed by force. The end of this process, even by SIGKILL, closes all
 * streams: every gb-job then ends by itself, and the next start removes what bears our label. With
 * SIGTERM, jobs at work are cancelled and every container is removed before the end.
 */
#include "../core/base/cleanup.h"
#include "../core/base/log.h"
#include "broker.h"
#include "io.h"
#include "policy.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <pwd.h>
#include <signal.h>
#include <sodium.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#define BACKLOG 512
#define SHORT_CALLS 64 /* connections beyond the jobs': STATUS and CANCEL always have room */
#define THREAD_STACK (256U << 10)
#define PROFILE_MAX (1U << 20)
#define PEERS_MAX 32
#define PIDS_OF_OURS 4 /* gb-job, and what a compiler needs beside the program's share */
#define ENGINE_TIMEOUT_S 30
#define GOODBYE_MS 10000 /* for jobs to end after SIGTERM */

struct peers {
    uid_t uid[PEERS_MAX];
    size_t n;
};

struct server {
    struct broker broker;
    struct peers peers;
    int listener, signals;
    int lock; /* held for the life of the process: one gb-sandboxd for a socket */
    atomic_uint connections;
    unsigned max_connections;
};

/* ---- before the start ----------------------------------------------------------------------- */

/* DOCKER_HOST or GB_DOCKER_SOCKET; only a unix socket will do. */
static int engine_socket(const struct config *cfg, const char **ret_path, struct err *err)
{
    if (!cfg->docker_host[0]) {
        *ret_path = cfg->docker_socket;
        return 0;
    }
    if (strncmp(cfg->docker_host, "unix://", 7) != 0)
        return err_set(err, -EINVAL, "DOCKER_HOST=%s: only unix:///path is spoken",
                       cfg->docker_host);
    *ret_path = cfg->docker_host + 7;
    return 0;
}

static int parse_peers(const char *list, struct peers *ret_peers, struct err *err)
{
    struct peers p = {.uid = {0, geteuid()}, .n = 2};
    char copy[1024];
    snprintf(copy, sizeof copy, "%s", list);
    char *at = NULL;
    for (char *name = strtok_r(copy, ", ", &at); name; name = strtok_r(NULL, ", ", &at)) {
        char *end;
        unsigned long uid = strtoul(name, &end, 10);
        const struct passwd *user = *end ? getpwnam(name) : NULL;
        if (*end && !user)
            return err_set(err, -EINVAL, "GB_SANDBOX_PEERS: there is no user '%s'", name);
        if (p.n == PEERS_MAX)
            return err_set(err, -EINVAL, "GB_SANDBOX_PEERS: more than %d users", PEERS_MAX - 2);
        p.uid[p.n++] = user ? user->pw_uid : (uid_t)uid;
    }
    *ret_peers = p;
    return 0;
}

/* The containers' seccomp profile as one line of JSON: the operator's, or the one of the policy. */
static int read_profile(const char *path, char **ret_text, struct err *err)
{
    cleanup_buf struct buf own = BUF_INIT(PROFILE_MAX);
    json_error_t where;
    if (!path[0])
        policy_profile_json(&own);
    json_t *doc = path[0] ? json_load_file(path, JSON_REJECT_DUPLICATES, &where)
                          : json_loadb(own.data, own.len, JSON_REJECT_DUPLICATES, &where);
    char *text = json_is_object(doc) ? json_dumps(doc, JSON_COMPACT) : NULL;
    json_decref(doc);
    if (!text)
        return err_set(err, -EINVAL, "SANDBOX_SECCOMP=%s: line %d: %s", path, where.line,
                       where.text);
    *ret_text = text;
    return 0;
}

/* gVisor's kernel is a process of many threads (some 60 at rest), which the container's own limit
 * counts too; without room for them the sandbox as a whole would die of a guest's fork. */
static int64_t pids_of_runtime(const char *runtime)
{
    return strncmp(runtime, "runsc", 5) == 0 ? 1024 : 0;
}

/* Everything that can be wrong with the configuration is found before anything is started. */
static int prepare(struct broker *b, struct peers *ret_peers, struct err *err)
{
    const char *socket_path = NULL;
    int r = engine_socket(&b->cfg, &socket_path, err);
    if (r == 0)
        r = parse_peers(b->cfg.sandbox_peers, ret_peers, err);
    if (r == 0)
        r = fallback_init(&b->fallback, &b->cfg, err);
    if (r == 0)
        r = read_profile(b->cfg.sandbox_seccomp, &b->seccomp, err);
    if (r < 0)
        return r;
    int64_t timeout_s = b->cfg.docker_timeout_s ? b->cfg.docker_timeout_s : ENGINE_TIMEOUT_S;
    b->docker = (struct docker){socket_path, (unsigned)timeout_s * 1000};
    b->ceilings = ceilings_of(&b->cfg);
    bool run_needs_more = b->cfg.run_memory_mb > b->cfg.compile_memory_mb;
    struct container_limits limits = {
        .memory = (run_needs_more ? b->cfg.run_memory_mb : b->cfg.compile_memory_mb) << 20,
        .nano_cpus = b->cfg.compile_cpus_milli * 1000000,
        .pids = b->ceilings.pids + PIDS_OF_OURS + pids_of_runtime(b->cfg.sandbox_runtime),
        .workspace = b->cfg.workspace_mb << 20,
        .seccomp = b->seccomp,
        .runtime = b->cfg.sandbox_runtime,
        .instance = b->cfg.instance,
    };
    containers_init(&b->containers, &b->docker, &limits);
    b->watch = (struct watch){
        .docker = &b->docker,
        .containers = &b->containers,
        .image = b->cfg.sandbox_image,
        .runtime = b->cfg.sandbox_runtime,
        .sweep_ms = b->cfg.gc_interval_s * 1000,
    };
    pthread_mutex_init(&b->watch.lock, NULL);
    jobs_init(&b->jobs, (unsigned)(b->cfg.queue_max + b->cfg.pool_max));
    return 0;
}

/* What cannot be trusted ends the start; what is only not there yet does not. */
static int first_look(struct broker *b, struct err *err)
{
    int r = watch_look(&b->watch, err);
    return r == -EPERM ? r : 0;
}

static int start_parts(struct broker *b, struct err *err)
{
    struct pool_settings settings = {
        .size = (unsigned)b->cfg.pool_size,
        .max = (unsigned)b->cfg.pool_max,
        .workers = (unsigned)b->cfg.pool_starters,
        .queue_max = (unsigned)b->cfg.queue_max,
        .queue_per_user = (unsigned)b->cfg.queue_per_user,
        .max_age_ms = b->cfg.pool_max_age_s * 1000,
        .closed = "gb-sandboxd has just begun",
    };
    struct box_ops ops = {&b->containers, container_make, container_destroy};
    int r = pool_new(&settings, &ops, &b->pool, err);
    return r < 0 ? r : watch_start(&b->watch, b->pool, err);
}

/* ---- the listening socket ------------------------------------------------------------------- */

/* Two processes with one socket would take each other's containers for orphans. */
static int take_lock(const char *socket_path, struct err *err)
{
    char path[PATH_MAX];
    snprintf(path, sizeof path, "%s.lock", socket_path);
    cleanup_close int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0)
        return err_errno(err, errno, "%s", path);
    if (flock(fd, LOCK_EX | LOCK_NB) < 0)
        return err_set(err, -EADDRINUSE, "%s: another gb-sandboxd runs", socket_path);
    return steal_fd(&fd);
}

static int listen_on(const char *path, struct err *err)
{
    struct sockaddr_un a = {.sun_family = AF_UNIX};
    if (strlen(path) >= sizeof a.sun_path)
        return err_set(err, -ENAMETOOLONG, "%s: longer than a socket's path may be", path);
    strcpy(a.sun_path, path);
    cleanup_close int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return err_errno(err, errno, "socket");
    unlink(path);
    if (bind(fd, (const struct sockaddr *)&a, sizeof a) < 0)
        return err_errno(err, errno, "bind %s", path);
    /* Who may connect is decided by SO_PEERCRED, not by the mode. */
    if (chmod(path, 0666) < 0 || listen(fd, BACKLOG) < 0)
        return err_errno(err, errno, "listen on %s", path);
    return steal_fd(&fd);
}

static bool is_peer(const struct peers *peers, int fd)
{
    struct ucred who;
    socklen_t n = sizeof who;
    if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &who, &n) < 0)
        return false;
    for (size_t i = 0; i < peers->n; i++)
        if (peers->uid[i] == who.uid)
            return true;
    log_warn("a connection of a foreign user", "uid", log_int(who.uid));
    return false;
}

/* ---- connections ---------------------------------------------------------------------------- */

struct connection {
    struct server *server;
    int fd;
};

static void *connection_main(void *data)
{
    struct connection c = *(struct connection *)data;
    free(data);
    broker_serve(&c.server->broker, c.fd);
    atomic_fetch_sub(&c.server->connections, 1);
    return NULL;
}

static void start_connection(struct server *s, int fd, const pthread_attr_t *attributes)
{
    pthread_t thread;
    struct connection *c = malloc(sizeof *c);
    if (c)
        *c = (struct connection){s, fd};
    atomic_fetch_add(&s->connections, 1);
    if (c && pthread_create(&thread, attributes, connection_main, c) == 0)
        return;
    atomic_fetch_sub(&s->connections, 1);
    log_error("no thread for a connection");
    free(c);
    close(fd);
}

static void accept_one(struct server *s, const pthread_attr_t *attributes)
{
    int fd = accept4(s->listener, NULL, NULL, SOCK_CLOEXEC);
    if (fd < 0) {
        if (errno == EMFILE || errno == ENFILE || errno == ENOMEM)
            usleep(10000); /* until one closes; the backlog holds the others */
        return;
    }
    if (is_peer(&s->peers, fd))
        start_connection(s, fd, attributes);
    else
        close(fd);
}

/* Until a signal. With all connections taken, new ones wait in the backlog. */
static void accept_all(struct server *s)
{
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, THREAD_STACK);
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    for (;;) {
        bool room = atomic_load(&s->connections) < s->max_connections;
        struct pollfd p[2] = {{.fd = s->signals, .events = POLLIN},
                              {.fd = s->listener, .events = (short)(room ? POLLIN : 0)}};
        if (poll(p, 2, room ? -1 : 10) < 0 && errno != EINTR)
            break;
        if (p[0].revents)
            break;
        if (p[1].revents & POLLIN)
            accept_one(s, &attributes);
    }
    pthread_attr_destroy(&attributes);
}

/* ---- life ----------------------------------------------------------------------------------- */

static void say_goodbye(struct server *s)
{
    struct broker *b = &s->broker;
    log_info("ending");
    pool_gate(b->pool, "gb-sandboxd is ending");
    jobs_cancel_all(&b->jobs);
    int64_t deadline = io_now_ms() + GOODBYE_MS;
    while (atomic_load(&s->connections) && io_now_ms() < deadline)
        usleep(20000);
    watch_stop(&b->watch);
    if (atomic_load(&s->connections))
        return; /* a thread still uses the pool: the process ends with it */
    pool_free(b->pool);
    b->pool = NULL;
    watch_sweep(&b->watch);
}

static int block_signals(int *ret_fd, struct err *err)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    signal(SIGPIPE, SIG_IGN);
    if (pthread_sigmask(SIG_BLOCK, &set, NULL) != 0)
        return err_errno(err, errno, "block signals");
    int fd = signalfd(-1, &set, SFD_CLOEXEC);
    if (fd < 0)
        return err_errno(err, errno, "signalfd");
    *ret_fd = fd;
    return 0;
}

static int run(struct server *s, struct err *err)
{
    struct broker *b = &s->broker;
    int r = block_signals(&s->signals, err);
    if (r == 0)
        r = prepare(b, &s->peers, err);
    if (r == 0)
        r = s->lock = take_lock(b->cfg.sandbox_socket, err);
    if (r >= 0)
        r = first_look(b, err);
    if (r == 0)
        r = start_parts(b, err);
    if (r == 0)
        r = s->listener = listen_on(b->cfg.sandbox_socket, err);
    if (r < 0)
        return r;
    s->max_connections = b->jobs.max + SHORT_CALLS;
    log_info("listening", "socket", b->cfg.sandbox_socket, "image", b->cfg.sandbox_image,
             "instance", b->cfg.instance);
    accept_all(s);
    unlink(b->cfg.sandbox_socket);
    say_goodbye(s);
    return 0;
}

static const char usage[] = "gb-sandboxd: runs jobs in containers of the Docker Engine\n";

int main(int argc, char **argv)
{
    /* Threads that are cut off at the end may still use it: it lives as long as the process. */
    static struct server server = {.listener = -1, .signals = -1, .lock = -1};
    struct err err = {0};
    int next;
    int r = config_main(argc, argv, usage, &server.broker.cfg, &next, &err);
    if (r > 0)
        return 0;
    if (r < 0 || next < argc) {
        fprintf(stderr, "gb-sandboxd: %s\n", r < 0 ? err.message : "unexpected argument");
        return 2;
    }
    log_init("gb-sandboxd", server.broker.cfg.log_level);
    if (sodium_init() < 0 || docker_global_init() < 0)
        return 1;
    r = run(&server, &err);
    if (r < 0)
        log_err(LOG_LEVEL_ERROR, &err, "refused to start", NULL);
    return r < 0 ? 1 : 0;
}
