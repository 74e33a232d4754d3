/*
 * cgroup.c - reads the control group's files as the container sees them: its own group is mounted
 * at /sys/fs/cgroup (version 2) or below it by controller (version 1), read-only.
 */
#include "cgroup.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../../core/base/cleanup.h"

#define ROOT "/sys/fs/cgroup/"

/* The number behind `key` in the file, or the first number when key is NULL; -1 when not there. */
static int64_t read_number(const char *path, const char *key)
{
    char text[4096];
    cleanup_close int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t n = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);
    const char *at = text;

    if (n <= 0)
        return -1;
    text[n] = '\0';
    if (key != NULL) {
        size_t length = strlen(key);

        while (strncmp(at, key, length) != 0 || at[length] != ' ') {
            at = strchr(at, '\n');
            if (at == NULL)
                return -1;
            at++;
        }
        at += length;
    }
    return strtoll(at, NULL, 10);
}

int cgroup_version(void)
{
    if (getpid() != 1)
        return 0;
    if (access(ROOT "cgroup.controllers", F_OK) == 0)
        return 2;
    return access(ROOT "memory/memory.usage_in_bytes", F_OK) == 0 ? 1 : 0;
}

/* One fact in both versions' files; `scale` makes the second version's unit ours. */
struct fact {
    const char *v1, *v1_key, *v2, *v2_key;
    int64_t v2_scale;
};

static int64_t read_fact(const struct fact *f)
{
    int64_t n;

    switch (cgroup_version()) {
    case 1:
        return read_number(f->v1, f->v1_key);
    case 2:
        n = read_number(f->v2, f->v2_key);
        return n < 0 ? n : n * f->v2_scale;
    default:
        return -1;
    }
}

int64_t cgroup_cpu_ns(void)
{
    return read_fact(
        &(struct fact){ROOT "cpuacct/cpuacct.usage", NULL, ROOT "cpu.stat", "usage_usec", 1000});
}

int64_t cgroup_memory_bytes(void)
{
    return read_fact(
        &(struct fact){ROOT "memory/memory.usage_in_bytes", NULL, ROOT "memory.current", NULL, 1});
}

int64_t cgroup_memory_own_bytes(void)
{
    int64_t anon =
        read_fact(&(struct fact){ROOT "memory/memory.stat", "rss", ROOT "memory.stat", "anon", 1});
    int64_t shared = read_fact(
        &(struct fact){ROOT "memory/memory.stat", "shmem", ROOT "memory.stat", "shmem", 1});

    return anon < 0 || shared < 0 ? -1 : anon + shared;
}

int64_t cgroup_oom_kills(void)
{
    return read_fact(&(struct fact){ROOT "memory/memory.oom_control", "oom_kill",
                                    ROOT "memory.events", "oom_kill", 1});
}

int64_t cgroup_pids_refused(void)
{
    return read_fact(&(struct fact){ROOT "pids/pids.events", "max", ROOT "pids.events", "max", 1});
}
