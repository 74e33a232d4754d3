/*
 * frame.h - frames taken out of a stream of bytes, and put into one.
 *
 * The reader is a pure parser: bytes go in as they come, frames come out. What the peer may send
 * is a table of rules; a type that is not in it, or a length beyond its bound, is refused on sight
 * of the header, so nothing is ever allocated for a length that was only claimed.
 */
#ifndef GB_SANDBOX_FRAME_H
#define GB_SANDBOX_FRAME_H

#include "../core/base/buf.h"
#include "../core/base/err.h"
#include "wire.h"

struct frame_rule {
    enum frame_type type;
    uint32_t max; /* bytes of the body */
};

struct frame {
    enum frame_type type;
    struct str body; /* inside the reader; valid until it is fed again */
};

struct frame_reader {
    const struct frame_rule *rules;
    size_t n_rules;
    struct buf in; /* what came and was not cleared away yet */
    size_t at;     /* where in it the next frame begins */
};

#define FRAME_READER(table)                                                                        \
    ((struct frame_reader){.rules = (table), .n_rules = sizeof(table) / sizeof *(table)})

/* 0, or -ENOMEM. */
int frame_feed(struct frame_reader *r, const void *bytes, size_t n);
/* 1: a frame; 0: it is not all there yet; -EPROTO: the peer broke the rules, and the reader is of
 * no more use. */
int frame_next(struct frame_reader *r, struct frame *ret_frame, struct err *err);
/* Some bytes are waiting that are no whole frame. */
bool frame_partial(const struct frame_reader *r);
void frame_reader_free(struct frame_reader *r);

/* Appends a frame to out. */
void frame_put(struct buf *out, enum frame_type type, struct str body);

#define cleanup_frame_reader __attribute__((cleanup(frame_reader_free)))

#endif
