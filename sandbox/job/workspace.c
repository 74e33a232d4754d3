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
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../../core/base/cleanup.h"

#define CONTAINER_WORKSPACE "/workspace"

/* Where we are; "" outside: nothing is ever removed that we did not enter or make. */
static char workspace[sizeof("/tmp/gb-job.XXXXXX")];

bool in_container(void)
{
    return getpid() == 1;
}

int workspace_enter(struct err *err)
{
    char path[sizeof(workspace)] = "/tmp/gb-job.XXXXXX";

    if (in_container())
        snprintf(path, sizeof(path), "%s", CONTAINER_WORKSPACE);
    else if (mkdtemp(path) == NULL)
        return err_errno(err, errno, "making a workspace");
    if (chdir(path) != 0)
        return err_errno(err, errno, "entering the workspace");
    memcpy(workspace, path, sizeof(path));
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

/* Moves an entry of `fd` up into `top` under a name that nobody has taken; false when it will not be
 * moved: a mount point, say, which is not the program's. */
static bool move_up(int fd, const char *name, int top, unsigned *serial)
{
    char fresh[32];
    int rc;

    do {
        snprintf(fresh, sizeof(fresh), ".gb-old-%u", (*serial)++);
        rc = renameat(fd, name, top, fresh);
    } while (rc != 0 && (errno == ENOTEMPTY || errno == EEXIST));
    return rc == 0;
}

/* Moves what the folder `name` holds up into `top`, so that no depth of nesting costs more than two
 * descriptors. How many folders it moved. */
static unsigned flatten(int top, const char *name, unsigned *serial)
{
    unsigned moved = 0;
    DIR *dir;
    const struct dirent *e;
    int fd;

    if (fchmodat(top, name, 0700, 0) != 0)
        return 0;
    fd = openat(top, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    dir = fd < 0 ? NULL : fdopendir(fd);
    if (dir == NULL) {
        cleanup_close_impl(&fd);
        return 0;
    }
    while ((e = readdir(dir)) != NULL) {
        if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
            continue;
        if (unlinkat(fd, e->d_name, 0) != 0 && unlinkat(fd, e->d_name, AT_REMOVEDIR) != 0 &&
            fchmodat(fd, e->d_name, 0700, 0) == 0)
            moved += move_up(fd, e->d_name, top, serial);
    }
    closedir(dir);
    return moved;
}

/* One pass over the folder; how many folders it moved up. */
static unsigned clean_pass(const char *path, unsigned *serial)
{
    DIR *dir = opendir(path);
    unsigned moved = 0;
    const struct dirent *e;

    if (dir == NULL)
        return 0;
    while ((e = readdir(dir)) != NULL) {
        int top = dirfd(dir);

        if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0 ||
            unlinkat(top, e->d_name, 0) == 0 || unlinkat(top, e->d_name, AT_REMOVEDIR) == 0)
            continue;
        moved += flatten(top, e->d_name, serial);
        unlinkat(top, e->d_name, AT_REMOVEDIR); /* else the next pass sees it again */
    }
    closedir(dir);
    return moved;
}

/* Each pass takes at least a level off; one that moves nothing has met something that is not ours,
 * which stays. */
static void clean_folder(const char *path)
{
    unsigned serial = 0;

    chmod(path, 0700);
    while (clean_pass(path, &serial) > 0)
        ;
}

void workspace_clean(void)
{
    if (workspace[0] == '\0')
        return;
    clean_folder(workspace);
    if (in_container())
        clean_folder("/tmp");
}

void workspace_leave(void)
{
    if (workspace[0] == '\0' || in_container() || chdir("/") != 0)
        return;
    clean_folder(workspace);
    rmdir(workspace);
    workspace[0] = '\0';
}
