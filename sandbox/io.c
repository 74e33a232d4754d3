/* io.c - see io.h. */
#include "io.h"

#include "../core/base/cleanup.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <time.h>

int64_t io_now_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

int64_t io_now_ms(void)
{
    return io_now_us() / 1000;
}

int io_wait(int fd, short events, int64_t deadline_ms)
{
    struct pollfd p = {.fd = fd, .events = events};
    for (;;) {
        int64_t left = deadline_ms - io_now_ms();
        int n = poll(&p, 1, left <= 0 ? 0 : left > INT_MAX ? INT_MAX : (int)left);
        if (n > 0)
            return p.revents;
        if (n == 0 && left <= INT_MAX)
            return 0;
        if (n < 0 && errno != EINTR)
            return -errno;
    }
}

static size_t advance(struct iovec **iov, size_t n, size_t sent)
{
    while (n && sent >= (*iov)->iov_len) {
        sent -= (*iov)->iov_len;
        (*iov)++;
        n--;
    }
    if (n) {
        (*iov)->iov_base = (char *)(*iov)->iov_base + sent;
        (*iov)->iov_len -= sent;
    }
    return n;
}

static int send_all(int fd, struct iovec *iov, size_t n, int64_t deadline_ms, struct err *err)
{
    n = advance(&iov, n, 0);
    while (n) {
        struct msghdr m = {.msg_iov = iov, .msg_iovlen = n};
        ssize_t sent = sendmsg(fd, &m, MSG_DONTWAIT | MSG_NOSIGNAL);
        if (sent >= 0) {
            n = advance(&iov, n, (size_t)sent);
            continue;
        }
        if (errno == EINTR)
            continue;
        if (errno != EAGAIN)
            return err_errno(err, errno, "write to the peer");
        int ready = io_wait(fd, POLLOUT, deadline_ms);
        if (ready < 0)
            return err_errno(err, -ready, "poll");
        if (ready == 0)
            return err_set(err, -ETIMEDOUT, "the peer does not read");
    }
    return 0;
}

int io_send(int fd, struct str bytes, int64_t deadline_ms, struct err *err)
{
    struct iovec iov = {(void *)(uintptr_t)bytes.s, bytes.n};
    return send_all(fd, &iov, 1, deadline_ms, err);
}

int io_send_frame(int fd, enum frame_type type, struct str body, int64_t deadline_ms,
                  struct err *err)
{
    unsigned char head[FRAME_HEADER_BYTES];
    frame_header(head, type, (uint32_t)body.n);
    struct iovec iov[2] = {{head, sizeof head}, {(void *)(uintptr_t)body.s, body.n}};
    return send_all(fd, iov, 2, deadline_ms, err);
}

ssize_t io_recv(int fd, void *room, size_t n)
{
    ssize_t got;
    do
        got = recv(fd, room, n, MSG_DONTWAIT);
    while (got < 0 && errno == EINTR);
    return got < 0 ? -errno : got;
}

int io_read_frame(int fd, struct frame_reader *r, int64_t deadline_ms, struct frame *ret_frame,
                  struct err *err)
{
    char room[16384];
    for (;;) {
        int have = frame_next(r, ret_frame, err);
        if (have != 0)
            return have < 0 ? have : 0;
        ssize_t got = io_recv(fd, room, sizeof room);
        if (got == 0)
            return err_set(err, -ECONNRESET, "the peer closed the connection");
        if (got > 0 && frame_feed(r, room, (size_t)got) < 0)
            return err_set(err, -ENOMEM, "no memory for a frame");
        if (got >= 0)
            continue;
        if (got != -EAGAIN)
            return err_errno(err, (int)-got, "read from the peer");
        int ready = io_wait(fd, POLLIN, deadline_ms);
        if (ready < 0)
            return err_errno(err, -ready, "poll");
        if (ready == 0)
            return err_set(err, -ETIMEDOUT, "the peer sends nothing");
    }
}

int io_connect(const char *path, int64_t deadline_ms, struct err *err)
{
    struct sockaddr_un a = {.sun_family = AF_UNIX};
    if (strlen(path) >= sizeof a.sun_path)
        return err_set(err, -ENAMETOOLONG, "%s: a socket's path has at most %zu bytes", path,
                       sizeof a.sun_path - 1);
    strcpy(a.sun_path, path);
    cleanup_close int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return err_errno(err, errno, "socket");
    while (connect(fd, (const struct sockaddr *)&a, sizeof a) < 0) {
        /* A full backlog of a unix socket cannot be polled for (connect(2)). */
        if (errno != EAGAIN && errno != EINTR)
            return err_errno(err, errno, "connect to %s", path);
        if (io_now_ms() >= deadline_ms)
            return err_set(err, -ETIMEDOUT, "connect to %s: its backlog is full", path);
        nanosleep(&(struct timespec){.tv_nsec = 5000000}, NULL);
    }
    return steal_fd(&fd);
}
