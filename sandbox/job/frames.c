/*
 * frames.c - blocking frame input and output.
 */
#include "frames.h"

#include <errno.h>
#include <sys/uio.h>
#include <unistd.h>

/* Bytes read, less than n only at end of file; or a negative errno. */
static ssize_t read_all(int fd, void *into, size_t n)
{
    size_t got = 0;

    while (got < n) {
        ssize_t r = read(fd, (char *)into + got, n - got);

        if (r == 0)
            break;
        if (r < 0 && errno == EINTR)
            continue;
        if (r < 0)
            return -errno;
        got += (size_t)r;
    }
    return (ssize_t)got;
}

static int write_all(int fd, const void *from, size_t n)
{
    size_t put = 0;

    while (put < n) {
        ssize_t w = write(fd, (const char *)from + put, n - put);

        if (w < 0 && errno == EINTR)
            continue;
        if (w < 0)
            return -errno;
        put += (size_t)w;
    }
    return 0;
}

static uint32_t big_endian(const unsigned char *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

int frames_read(const struct frames *f, enum frame_type *ret_type, struct buf *payload,
                struct err *err)
{
    unsigned char header[FRAME_HEADER_BYTES];
    ssize_t got = read_all(f->in, header, sizeof(header));
    uint32_t length;

    if (got == 0)
        return err_set(err, -EPIPE, "the peer closed the connection");
    if (got < 0)
        return err_errno(err, (int)-got, "reading a frame");
    if (got < (ssize_t)sizeof(header))
        return err_set(err, -EPROTO, "a frame's header is cut off");
    length = big_endian(header + 1);
    if (length > FRAME_MAX_BYTES)
        return err_set(err, -EPROTO, "a frame of %u bytes is longer than %u", length,
                       FRAME_MAX_BYTES);
    buf_clear(payload);
    if (buf_reserve(payload, length) != 0)
        return err_set(err, -ENOMEM, "no memory for a frame of %u bytes", length);
    if (length > 0) {
        got = read_all(f->in, payload->data, length);
        if (got < 0)
            return err_errno(err, (int)-got, "reading a frame");
        if ((size_t)got < length)
            return err_set(err, -EPROTO, "a frame is cut off");
        payload->len = length;
        payload->data[length] = '\0';
    }
    *ret_type = (enum frame_type)header[0];
    return 0;
}

int frames_write(const struct frames *f, enum frame_type type, struct str payload)
{
    unsigned char header[FRAME_HEADER_BYTES];
    int rc;

    frame_header(header, type, (uint32_t)payload.n);
    rc = write_all(f->out, header, sizeof(header));
    return rc != 0 ? rc : write_all(f->out, payload.s, payload.n);
}

int frames_write_output(const struct frames *f, enum frame_type type, uint32_t run,
                        struct str bytes)
{
    unsigned char head[FRAME_HEADER_BYTES + 4];
    int rc;

    frame_header(head, type, (uint32_t)bytes.n + 4);
    head[5] = (unsigned char)(run >> 24);
    head[6] = (unsigned char)(run >> 16);
    head[7] = (unsigned char)(run >> 8);
    head[8] = (unsigned char)run;
    rc = write_all(f->out, head, sizeof(head));
    return rc != 0 ? rc : write_all(f->out, bytes.s, bytes.n);
}
