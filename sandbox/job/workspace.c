/*
 * workspace.c - files of a job. Nothing here follows a symbolic link or trusts a name: a program of
 * an earlier run may have left anything.
 */
#include "workspace.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../../core/base/cleanup.h"

#define CONTAINER_WORKSPACE "/workspace"

int workspace_enter(struct err *err)
{
    char made[] = "/tmp/gb-job.XXXXXX";
    const char *path = getpid() == 1 ? CONTAINER_WORKSPACE : mkdtemp(made);

    if (path == NULL || chdir(path) != 0)
        return err_errno(err, errno, "entering the workspace");
    return 0;
}

static int write_whole(int fd, struct str text)
{
    size_t put = 0;

    while (put < text.n) {
        ssize_t n = write(fd, text.s + put, text.n - put);

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return -errno;
        put += (size_t)n;
    }
    return 0;
}

int workspace_write(const char *name, struct str text, struct err *err)
{
    cleanup_close int fd = open(name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644);
    int rc = fd < 0 ? -errno : write_whole(fd, text);

    return rc == 0 ? 0 : err_errno(err, -rc, "writing %s", name);
}

int workspace_read(const char *name, struct buf *into, struct err *err)
{
    cleanup_close int fd = open(name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
    struct stat st;
    ssize_t n;

    if (fd < 0 || fstat(fd, &st) != 0)
        return err_errno(err, errno, "opening %s", name);
    if (buf_reserve(into, (size_t)st.st_size + 1) != 0)
        return err_set(err, -E2BIG, "%s is too large (%lld bytes)", name, (long long)st.st_size);
    while ((n = read(fd, into->data + into->len, (size_t)st.st_size - into->len)) > 0)
        into->len += (size_t)n;
    into->data[into->len] = '\0';
    return n == 0 ? 0 : err_errno(err, errno, "reading %s", name);
}

int memory_file(const char *name, struct str bytes, struct err *err)
{
    cleanup_close int fd = memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING);
    int rc = fd < 0 ? -errno : write_whole(fd, bytes);

    if (rc != 0)
        return err_errno(err, -rc, "making a file in memory");
    if (lseek(fd, 0, SEEK_SET) != 0 || fchmod(fd, 0555) != 0 ||
        fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE | F_SEAL_GROW | F_SEAL_SHRINK | F_SEAL_SEAL) != 0)
        return err_errno(err, errno, "sealing a file in memory");
    return steal_fd(&fd);
}

/* ---- cleaning -------------------------------------------------------------------------------- */

/* Moves what the folder `name` holds up into `top` under new names, so that no depth of nesting
 * costs more than two descriptors. */
static void flatten(int top, const char *name, unsigned *serial)
{
    DIR *dir;
    const struct dirent *e;
    int fd;

    if (fchmodat(top, name, 0700, 0) != 0)
        return;
    fd = openat(top, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    dir = fd < 0 ? NULL : fdopendir(fd);
    if (dir == NULL) {
        cleanup_close_impl(&fd);
        return;
    }
    while ((e = readdir(dir)) != NULL) {
        char fresh[32];

        if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
            continue;
        snprintf(fresh, sizeof(fresh), ".gb-old-%u", (*serial)++);
        if (unlinkat(fd, e->d_name, 0) != 0 && unlinkat(fd, e->d_name, AT_REMOVEDIR) != 0 &&
            fchmodat(fd, e->d_name, 0700, 0) == 0)
            renameat(fd, e->d_name, top, fresh);
    }
    closedir(dir);
}

/* One pass over the folder; the number of entries it could not yet remove. */
static unsigned clean_pass(const char *path, unsigned *serial)
{
    DIR *dir = opendir(path);
    const struct dirent *e;
    unsigned left = 0;

    if (dir == NULL)
        return 0;
    while ((e = readdir(dir)) != NULL) {
        int top = dirfd(dir);

        if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0 ||
            unlinkat(top, e->d_name, 0) == 0 || unlinkat(top, e->d_name, AT_REMOVEDIR) == 0)
            continue;
        flatten(top, e->d_name, serial);
        if (unlinkat(top, e->d_name, AT_REMOVEDIR) != 0)
            left++;
    }
    closedir(dir);
    return left;
}

static void clean_folder(const char *path)
{
    unsigned serial = 0, before;

    /* Each pass takes at least a level off; one that moves nothing has met something that is not
     * ours, and stays. */
    chmod(path, 0700);
    do {
        before = serial;
        clean_pass(path, &serial);
    } while (serial != before);
}

void workspace_clean(void)
{
    clean_folder(".");
    if (getpid() == 1)
        clean_folder("/tmp");
}

void workspace_leave(void)
{
    char path[4096];

    if (getpid() == 1 || getcwd(path, sizeof(path)) == NULL || chdir("/") != 0)
        return;
    clean_folder(path);
    rmdir(path);
}
