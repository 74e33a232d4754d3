/* err.c - see err.h. */
#include "err.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

int err_set(struct err *err, int code, const char *fmt, ...)
{
    if (!err)
        return code;
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(err->message, sizeof err->message, fmt, ap);
    va_end(ap);
    err->code = code;
    return code;
}

int err_wrap(struct err *err, int code, const char *fmt, ...)
{
    if (!err)
        return code;
    char context[ERR_MESSAGE_MAX];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(context, sizeof context, fmt, ap);
    va_end(ap);
    char inner[ERR_MESSAGE_MAX];
    memcpy(inner, err->message, sizeof inner);
    size_t used = strlen(context), room = sizeof err->message - used - 1;
    size_t kept = strnlen(inner, sizeof inner - 1);
    memcpy(err->message, context, used);
    if (room > 2) {
        kept = kept < room - 2 ? kept : room - 2;
        memcpy(err->message + used, ": ", 2);
        memcpy(err->message + used + 2, inner, kept);
        used += 2 + kept;
    }
    err->message[used] = '\0';
    err->code = code;
    return code;
}

int err_errno(struct err *err, int errno_value, const char *fmt, ...)
{
    if (!err)
        return -errno_value;
    char context[ERR_MESSAGE_MAX];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(context, sizeof context, fmt, ap);
    va_end(ap);
    char reason[128];
    return err_set(err, -errno_value, "%s: %s", context,
                   strerror_r(errno_value, reason, sizeof reason));
}
