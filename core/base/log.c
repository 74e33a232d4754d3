/* log.c - see log.h. */
#include "log.h"

#include "buf.h"
#include "cleanup.h"
#include "jsonw.h"

#include <stdio.h>
#include <strings.h>
#include <time.h>
#include <unistd.h>

#define LINE_MAX_BYTES (16U << 10)
#define NUMBER_MARK '\1' /* begins the text of a log_number() */

static const char *const level_names[] = {"debug", "info", "warn", "error"};
/* Fields whose value nobody may read in a log. */
static const char *const secret_fields[] = {"key",    "api_key",  "x-api-key",     "token",
                                            "secret", "password", "authorization", "cookie"};

/* The process's one sink; set before threads exist, read-only after. */
static struct {
    const char *program;
    enum log_level lowest;
} sink = {"gb", LOG_LEVEL_INFO};

static _Thread_local struct {
    char request[72], job[40];
} ids;

void log_init(const char *program, const char *level)
{
    sink.program = program;
    for (size_t i = 0; i < sizeof level_names / sizeof level_names[0]; i++)
        if (strcmp(level, level_names[i]) == 0)
            sink.lowest = (enum log_level)i;
}

void log_ids(const char *request_id, const char *job_id)
{
    snprintf(ids.request, sizeof ids.request, "%s", request_id ? request_id : "");
    snprintf(ids.job, sizeof ids.job, "%s", job_id ? job_id : "");
}

static void put_time(struct jsonw *w)
{
    struct timespec now;
    struct tm tm;
    char day[32], text[48];
    clock_gettime(CLOCK_REALTIME, &now);
    gmtime_r(&now.tv_sec, &tm);
    strftime(day, sizeof day, "%Y-%m-%dT%H:%M:%S", &tm);
    snprintf(text, sizeof text, "%s.%03ldZ", day, now.tv_nsec / 1000000);
    jw_kcstr(w, "time", text);
}

static bool is_secret(const char *field)
{
    for (size_t i = 0; i < sizeof secret_fields / sizeof secret_fields[0]; i++)
        if (strcasecmp(field, secret_fields[i]) == 0)
            return true;
    return false;
}

static void begin(struct jsonw *w, enum log_level level, const char *message)
{
    jw_open(w, '{');
    put_time(w);
    jw_kcstr(w, "level", level_names[level]);
    jw_kcstr(w, "prog", sink.program);
    jw_kcstr(w, "msg", message);
    if (ids.request[0])
        jw_kcstr(w, "request_id", ids.request);
    if (ids.job[0])
        jw_kcstr(w, "job_id", ids.job);
}

/* Digits after the mark, with at most one point between them: a client's text that looks like this is
 * a number, too, and does no harm. */
static bool is_number(const char *value)
{
    if (!value || *value++ != NUMBER_MARK)
        return false;
    value += *value == '-';
    size_t whole = strspn(value, "0123456789");
    if (whole == 0 || (whole > 1 && value[0] == '0'))
        return false;
    value += whole;
    return !*value || (*value == '.' && value[1] && !value[1 + strspn(value + 1, "0123456789")]);
}

/* A value too long for the line is cut, so that the line stays JSON. */
static void put_field(struct jsonw *w, const char *name, const char *value)
{
    struct str text = str_c(is_secret(name) ? "***" : value);
    if (is_number(text.s)) {
        jw_key(w, name);
        jw_raw(w, (struct str){text.s + 1, text.n - 1});
        return;
    }
    size_t room = w->out->limit - w->out->len;
    size_t most = room > 512 ? (room - 256) / 6 : 0; /* a byte may become \u00XX */
    if (text.n > most)
        text.n = most;
    jw_kstr(w, name, text);
}

static void put_fields(struct jsonw *w, va_list fields)
{
    const char *name;
    while ((name = va_arg(fields, const char *)))
        put_field(w, name, va_arg(fields, const char *));
}

static void end(struct jsonw *w)
{
    jw_close(w, '}');
    buf_putc(w->out, '\n');
    if (w->out->error)
        return;
    ssize_t n = write(STDERR_FILENO, w->out->data, w->out->len);
    (void)n; /* there is nowhere to say that the log is gone */
}

void log_write(enum log_level level, const char *message, ...)
{
    if (level < sink.lowest)
        return;
    cleanup_buf struct buf line = BUF_INIT(LINE_MAX_BYTES);
    struct jsonw w = {.out = &line};
    va_list fields;
    va_start(fields, message);
    begin(&w, level, message);
    put_fields(&w, fields);
    va_end(fields);
    end(&w);
}

void log_err(enum log_level level, const struct err *err, const char *message, ...)
{
    if (level < sink.lowest)
        return;
    cleanup_buf struct buf line = BUF_INIT(LINE_MAX_BYTES);
    struct jsonw w = {.out = &line};
    va_list fields;
    va_start(fields, message);
    begin(&w, level, message);
    jw_kint(&w, "errno", -err->code);
    put_field(&w, "error", err->message);
    put_fields(&w, fields);
    va_end(fields);
    end(&w);
}

struct log_number log_number(double v, int decimals)
{
    struct log_number n;
    snprintf(n.text, sizeof n.text, "%c%.*f", NUMBER_MARK, decimals, v);
    return n;
}
