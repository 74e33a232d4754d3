/*
 * io.h - reads and writes on stream sockets that end at a deadline.
 *
 * Deadlines are absolute, in milliseconds of CLOCK_MONOTONIC, so that a peer that drips one byte
 * at a time wins no time. Sockets may be blocking or not: every call uses MSG_DONTWAIT and poll.
 */
#ifndef GB_SANDBOX_IO_H
#define GB_SANDBOX_IO_H

#include "frame.h"

#include <sys/types.h>

int64_t io_now_ms(void);
int64_t io_now_us(void);

/* Waits for `events` (poll(2)): > 0, the revents; 0: the deadline has passed; negative errno. */
int io_wait(int fd, short events, int64_t deadline_ms);
/* Sends everything. 0; -ETIMEDOUT, -EPIPE, -ECONNRESET, ... */
int io_send(int fd, struct str bytes, int64_t deadline_ms, struct err *err);
/* Sends one frame; as io_send. */
int io_send_frame(int fd, enum frame_type type, struct str body, int64_t deadline_ms,
                  struct err *err);
/* What is there, without waiting: bytes read; 0: the peer has closed; -EAGAIN, -ECONNRESET, ... */
ssize_t io_recv(int fd, void *room, size_t n);
/* The next frame, read as needed. 0; -ETIMEDOUT, -EPROTO; -ECONNRESET: closed before its end. */
int io_read_frame(int fd, struct frame_reader *r, int64_t deadline_ms, struct frame *ret_frame,
                  struct err *err);
/* A connection to a unix stream socket, tried again while its backlog is full; the descriptor, or
 * -ENOENT, -ECONNREFUSED, -EACCES, -ETIMEDOUT, ... */
int io_connect(const char *path, int64_t deadline_ms, struct err *err);

#endif
