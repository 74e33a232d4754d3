/* fallback.c - see fallback.h. */
#include "fallback.h"

#include "../core/base/cleanup.h"
#include "io.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sodium.h>
#include <spawn.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/wait.h>

#define READY_MS 5000

bool fallback_is_local(const char *listen)
{
    static const char *const local[] = {"127.", "[::1]", "::1", "localhost", "unix:", "/"};
    for (size_t i = 0; i < sizeof local / sizeof *local; i++) {
        size_t n = strlen(local[i]);
        bool word = local[i][n - 1] != '.' && local[i][n - 1] != ':' && local[i][n - 1] != '/';
        if (strncmp(listen, local[i], n) == 0 && (!word || listen[n] == ':' || listen[n] == '\0'))
            return true;
    }
    return false;
}

/* gb-job lies beside gb-sandboxd. */
static int find_job(char *room, size_t size, struct err *err)
{
    ssize_t n = readlink("/proc/self/exe", room, size - sizeof "gb-job");
    if (n < 0)
        return err_errno(err, errno, "/proc/self/exe");
    room[n] = '\0';
    char *slash = strrchr(room, '/');
    strcpy(slash ? slash + 1 : room, "gb-job");
    return access(room, X_OK) < 0 ? err_errno(err, errno, "%s", room) : 0;
}

int fallback_init(struct fallback *f, const struct config *cfg, struct err *err)
{
    *f = (struct fallback){.allowed = cfg->dev_allow_fallback, .token = cfg->dev_fallback_token};
    if (!f->allowed)
        return 0;
    if (!fallback_is_local(cfg->listen) && !(cfg->dev_fallback_force && f->token[0]))
        return err_set(err, -EPERM,
                       "DEV_ALLOW_FALLBACK=1 would run strangers' programs on this host, since the "
                       "service listens on %s: unset it, listen on a local address, or set "
                       "DEV_FALLBACK_FORCE=1 and DEV_FALLBACK_TOKEN",
                       cfg->listen);
    return find_job(f->program, sizeof f->program, err);
}

bool fallback_admits(const struct fallback *f, const char *token)
{
    size_t n = strlen(f->token);
    return f->allowed && strlen(token) == n && (n == 0 || sodium_memcmp(token, f->token, n) == 0);
}

/* A child in a session of its own whose standard input and output are `peer`. */
static int spawn_job(const struct fallback *f, int peer, pid_t *ret_pid, struct err *err)
{
    posix_spawn_file_actions_t files;
    posix_spawnattr_t attributes;
    posix_spawn_file_actions_init(&files);
    posix_spawnattr_init(&attributes);
    posix_spawn_file_actions_adddup2(&files, peer, STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&files, peer, STDOUT_FILENO);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSID);
    char *argv[] = {(char *)(uintptr_t)f->program, NULL};
    char *env[] = {(char[]){"PATH=/usr/bin:/bin"}, (char[]){"LANG=C.UTF-8"}, NULL};
    int r = posix_spawn(ret_pid, f->program, &files, &attributes, argv, env);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&files);
    return r ? err_errno(err, r, "start %s", f->program) : 0;
}

int fallback_make(const struct fallback *f, struct box **ret_box, struct err *err)
{
    int pair[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0)
        return err_errno(err, errno, "socketpair");
    cleanup_close int ours = pair[0], theirs = pair[1];
    struct box *box = calloc(1, sizeof *box);
    if (!box)
        return err_set(err, -ENOMEM, "no memory for a job on the host");
    channel_init(&box->channel, steal_fd(&ours), false);
    int r = spawn_job(f, theirs, &box->pid, err);
    close(steal_fd(&theirs));
    if (r == 0)
        r = channel_await_ready(&box->channel, io_now_ms() + READY_MS, err);
    if (r < 0) {
        fallback_destroy(box);
        return r;
    }
    snprintf(box->name, sizeof box->name, "host-%d", box->pid);
    *ret_box = box;
    return 0;
}

void fallback_destroy(struct box *box)
{
    /* gb-job ends its children when its input ends; it is killed when it does not obey. */
    channel_close(&box->channel);
    for (int i = 0; box->pid > 0 && i < 100; i++) {
        if (waitpid(box->pid, NULL, WNOHANG) == box->pid)
            box->pid = 0;
        else
            usleep(10000);
    }
    if (box->pid > 0) {
        kill(-box->pid, SIGKILL);
        waitpid(box->pid, NULL, 0);
    }
    free(box);
}
