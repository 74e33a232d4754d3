/* frame.c - see frame.h. */
#include "frame.h"

#include <errno.h>

static const struct frame_rule *rule_of(const struct frame_reader *r, unsigned char type)
{
    for (size_t i = 0; i < r->n_rules; i++)
        if ((unsigned char)r->rules[i].type == type)
            return &r->rules[i];
    return NULL;
}

/* Moves what is left to the front once the frames before it are used up, so that the buffer stays
 * as small as the largest frame. */
static void compact(struct frame_reader *r)
{
    if (r->at == 0)
        return;
    size_t left = r->in.len - r->at;
    if (left)
        memmove(r->in.data, r->in.data + r->at, left);
    r->in.len = left;
    r->at = 0;
}

int frame_feed(struct frame_reader *r, const void *bytes, size_t n)
{
    compact(r);
    buf_put(&r->in, bytes, n);
    return r->in.error;
}

int frame_next(struct frame_reader *r, struct frame *ret_frame, struct err *err)
{
    size_t have = r->in.len - r->at;
    if (have < 1)
        return 0;
    const unsigned char *p = (const unsigned char *)r->in.data + r->at;
    const struct frame_rule *rule = rule_of(r, p[0]);
    if (!rule)
        return err_set(err, -EPROTO, "a frame of type 0x%02x is not allowed here", p[0]);
    if (have < FRAME_HEADER_BYTES)
        return 0;
    uint32_t n = (uint32_t)p[1] << 24 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 8 | (uint32_t)p[4];
    if (n > rule->max)
        return err_set(err, -EPROTO, "a frame of type '%c' has %u bytes, at most %u are allowed",
                       p[0], n, rule->max);
    if (have - FRAME_HEADER_BYTES < n)
        return 0;
    *ret_frame = (struct frame){rule->type, {(const char *)p + FRAME_HEADER_BYTES, n}};
    r->at += FRAME_HEADER_BYTES + n;
    return 1;
}

bool frame_partial(const struct frame_reader *r)
{
    return r->in.len > r->at;
}

void frame_reader_free(struct frame_reader *r)
{
    buf_free(&r->in);
    r->at = 0;
}

void frame_put(struct buf *out, enum frame_type type, struct str body)
{
    unsigned char head[FRAME_HEADER_BYTES];
    frame_header(head, type, (uint32_t)body.n);
    buf_put(out, head, sizeof head);
    buf_str(out, body);
}
