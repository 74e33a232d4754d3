/*
 * kill.c - in a container one call reaches everybody; on a host it must reach only our own.
 */
#include "kill.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../../core/base/cleanup.h"

/* The parent's number from /proc/PID/stat, or 0. The name in it may hold anything, so what follows
 * is found from its last ")". */
static pid_t parent_of(const char *pid)
{
    char path[64], text[512];
    cleanup_close int fd = -1;
    const char *name_end;
    ssize_t n;

    snprintf(path, sizeof(path), "/proc/%s/stat", pid);
    fd = open(path, O_RDONLY | O_CLOEXEC);
    n = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);
    if (n <= 0)
        return 0;
    text[n] = '\0';
    name_end = strrchr(text, ')');
    if (name_end == NULL || strlen(name_end) < sizeof(") S "))
        return 0;
    return (pid_t)strtol(name_end + strlen(") S "), NULL, 10);
}

/* We are the subreaper, so whoever loses its parent becomes our child: killing direct children
 * until there are none reaches all. The caller reaps. */
static void kill_children(void)
{
    DIR *proc = opendir("/proc");
    const struct dirent *e;

    if (proc == NULL)
        return;
    while ((e = readdir(proc)) != NULL)
        if (e->d_name[0] >= '1' && e->d_name[0] <= '9' && parent_of(e->d_name) == getpid())
            kill((pid_t)strtol(e->d_name, NULL, 10), SIGKILL);
    closedir(proc);
}

void kill_tree(pid_t child)
{
    if (getpid() == 1) {
        kill(-1, SIGKILL);
        return;
    }
    kill(-child, SIGKILL);
    kill_children();
}
