/* demux.c - see demux.h. */
#include "demux.h"

#include <errno.h>

static int open_piece(struct demux *d, struct err *err)
{
    const unsigned char *h = d->head;
    d->have = 0;
    if ((h[0] != DEMUX_STDOUT && h[0] != DEMUX_STDERR) || h[1] || h[2] || h[3])
        return err_set(err, -EPROTO, "the attach stream has a header %02x %02x %02x %02x", h[0],
                       h[1], h[2], h[3]);
    d->stream = h[0];
    d->left = (uint32_t)h[4] << 24 | (uint32_t)h[5] << 16 | (uint32_t)h[6] << 8 | (uint32_t)h[7];
    return 0;
}

int demux_next(struct demux *d, struct str *bytes, int *ret_stream, struct str *ret_span,
               struct err *err)
{
    while (d->left == 0) {
        while (d->have < sizeof d->head && bytes->n) {
            d->head[d->have++] = (unsigned char)*bytes->s;
            bytes->s++;
            bytes->n--;
        }
        if (d->have < sizeof d->head)
            return 0;
        int r = open_piece(d, err);
        if (r < 0)
            return r;
    }
    if (bytes->n == 0)
        return 0;
    size_t n = bytes->n < d->left ? bytes->n : d->left;
    *ret_stream = d->stream;
    *ret_span = (struct str){bytes->s, n};
    *bytes = (struct str){bytes->s + n, bytes->n - n};
    d->left -= (uint32_t)n;
    return 1;
}
