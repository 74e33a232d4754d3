/*
 * gateway.c - FastCGI requests through libfcgi's threaded interface.
 */
#include "gateway.h"

#include <errno.h>
#include <fcgiapp.h>
#include <poll.h>
#include <signal.h>

/* Set by a signal handler, so it can belong to nobody. */
static volatile sig_atomic_t stopping;

static const char *fcgi_param(void *data, const char *name)
{
    return FCGX_GetParam(name, ((FCGX_Request *)data)->envp);
}

static size_t fcgi_read(void *data, char *into, size_t n)
{
    int got = FCGX_GetStr(into, n > 1 << 30 ? 1 << 30 : (int)n, ((FCGX_Request *)data)->in);
    return got > 0 ? (size_t)got : 0;
}

static int fcgi_write(void *data, const char *bytes, size_t n)
{
    FCGX_Stream *out = ((FCGX_Request *)data)->out;
    while (n > 0) {
        int piece = n > 1 << 20 ? 1 << 20 : (int)n;
        if (FCGX_PutStr(bytes, piece, out) != piece)
            return -EPIPE;
        bytes += piece;
        n -= (size_t)piece;
    }
    return 0;
}

static int fcgi_flush(void *data)
{
    return FCGX_FFlush(((FCGX_Request *)data)->out) == 0 ? 0 : -EPIPE;
}

/* The web server closes its end when the client has gone. */
static bool fcgi_gone(void *data)
{
    struct pollfd p = {.fd = ((FCGX_Request *)data)->ipcFd, .events = POLLRDHUP};
    return poll(&p, 1, 0) > 0 && (p.revents & (POLLRDHUP | POLLHUP | POLLERR)) != 0;
}

int gateway_init(struct err *err)
{
    return FCGX_Init() == 0 ? 0 : err_set(err, -EIO, "libfcgi does not initialise");
}

int gateway_loop(int listen_fd, void (*serve)(void *data, const struct transport *t), void *data,
                 struct err *err)
{
    FCGX_Request request;
    if (FCGX_InitRequest(&request, listen_fd, FCGI_FAIL_ACCEPT_ON_INTR) != 0)
        return err_set(err, -ENOMEM, "no memory for a FastCGI request");
    const struct transport t = {.data = &request,
                                .param = fcgi_param,
                                .read = fcgi_read,
                                .write = fcgi_write,
                                .flush = fcgi_flush,
                                .gone = fcgi_gone};
    int rc = 0;
    while (!stopping) {
        rc = FCGX_Accept_r(&request);
        if (rc == 0) {
            serve(data, &t);
            FCGX_Finish_r(&request);
        } else if (rc != -EINTR && rc != -EAGAIN && rc != -ECONNABORTED) {
            break;
        }
    }
    FCGX_Free(&request, 1);
    return stopping ? 0 : err_errno(err, rc < 0 ? -rc : EIO, "accepting a FastCGI connection");
}

void gateway_stop(void)
{
    stopping = 1;
    FCGX_ShutdownPending();
}
