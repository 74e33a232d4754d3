/*
 * err.h - the one error convention of the project.
 *
 * A function that can fail returns 0 or a negative errno and takes `struct err *err` last. Its
 * out-parameters are named ret_* and are untouched on failure. `err` may be NULL. Context is added
 * while unwinding (err_wrap) and logged once, at the top. core/ never prints and never exits.
 */
#ifndef GB_BASE_ERR_H
#define GB_BASE_ERR_H

#define ERR_MESSAGE_MAX 512

struct err {
    int code;                      /* 0, or a negative errno */
    char message[ERR_MESSAGE_MAX]; /* one line, no trailing newline; truncated when longer */
};

/* Sets code (a negative errno) and the message; returns code, so `return err_set(...)` reads well. */
int err_set(struct err *err, int code, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

/* Prefixes the message with "context: "; keeps and returns the code. */
int err_wrap(struct err *err, int code, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

/* As err_set with code -errno_value and ": strerror" appended. */
int err_errno(struct err *err, int errno_value, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

#endif
