/*
 * log.h - one JSON object a line on standard error, fit for journald.
 *
 * {"time":"2026-01-31T10:00:00.123Z","level":"info","prog":"gb-fcgi","msg":"...", ...fields}
 *
 * A line is one write(2), so lines of threads and processes do not mix. Fields come in pairs and
 * end with NULL; request_id and job_id of the calling thread (log_ids) are added by themselves.
 * Values of fields whose names say that they are secret (key, token, secret, password,
 * authorization) are written as "***". What a caller hands in is escaped; a line is at most 16 KiB.
 */
#ifndef GB_BASE_LOG_H
#define GB_BASE_LOG_H

#include "err.h"

enum log_level {
    LOG_LEVEL_DEBUG,
    LOG_LEVEL_INFO,
    LOG_LEVEL_WARN,
    LOG_LEVEL_ERROR,
};

/* Once, before threads. level: the name of the lowest written ("debug", "info", "warn", "error").
 */
void log_init(const char *program, const char *level);
/* The ids of what this thread works on; NULL or "": none. Copied. */
void log_ids(const char *request_id, const char *job_id);

/* log_write(LOG_LEVEL_INFO, "listening", "socket", path, NULL); values are C strings or log_int(v),
 * log_ms(v). */
void log_write(enum log_level level, const char *message, ...) __attribute__((sentinel));
/* The same with an error's code and message as fields "errno" and "error". */
void log_err(enum log_level level, const struct err *err, const char *message, ...)
    __attribute__((sentinel));

#define log_debug(...) log_write(LOG_LEVEL_DEBUG, __VA_ARGS__, NULL)
#define log_info(...) log_write(LOG_LEVEL_INFO, __VA_ARGS__, NULL)
#define log_warn(...) log_write(LOG_LEVEL_WARN, __VA_ARGS__, NULL)
#define log_error(...) log_write(LOG_LEVEL_ERROR, __VA_ARGS__, NULL)

/* Numbers as values of fields, written without quotation marks; valid until the statement's end. */
struct log_number {
    char text[32];
};
struct log_number log_number(double v, int decimals);
#define log_int(v) (log_number((double)(v), 0).text) /* up to 2^53 */
#define log_ms(v) (log_number(v, 3).text)

#endif
