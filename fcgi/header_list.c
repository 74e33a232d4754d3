/*
 * header_list.c - reading the list once, at the start.
 */
#include "header_list.h"

#include <errno.h>
#include <fcntl.h>

#include "../core/base/cleanup.h"
#include "../core/base/json.h"

#define FILE_MAX_BYTES (1 << 20)

static int read_file(const char *file, struct buf *out, struct err *err)
{
    char piece[4096];
    ssize_t n;
    cleanup_close int fd = open(file, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return err_errno(err, errno, "opening %s", file);
    while ((n = read(fd, piece, sizeof(piece))) > 0)
        buf_put(out, piece, (size_t)n);
    if (n < 0)
        return err_errno(err, errno, "reading %s", file);
    return out->error ? err_set(err, out->error, "%s is too large", file) : 0;
}

static int read_list(const struct jdoc *d, const char *file, struct arena *arena,
                     const struct str **ret, size_t *ret_n, struct err *err)
{
    if (!jdoc_is(d, 0, JSON_ARRAY))
        return err_set(err, -EINVAL, "%s: not a JSON array of header names", file);
    struct str *list = arena_new_array(arena, d->vals[0].count, struct str);
    size_t n = 0;
    if (!list)
        return err_set(err, -ENOMEM, "no memory for %s", file);
    for (uint32_t it = jdoc_first(d, 0); it != JSON_NONE; it = jdoc_next(d, 0, it)) {
        if (!jdoc_is(d, it, JSON_STRING) || jdoc_str(d, it).n == 0)
            return err_set(err, -EINVAL, "%s: element %zu is no header name", file, n + 1);
        list[n] = arena_str(arena, jdoc_str(d, it));
        if (!list[n++].s)
            return err_set(err, -ENOMEM, "no memory for %s", file);
    }
    *ret = list;
    *ret_n = n;
    return 0;
}

int header_list_load(const char *file, struct arena *arena, const struct str **ret, size_t *ret_n,
                     struct err *err)
{
    cleanup_buf struct buf text = BUF_INIT(FILE_MAX_BYTES);
    struct jdoc d = {0};
    if (!file[0])
        return 0;
    int rc = read_file(file, &text, err);
    if (rc == 0) {
        rc = jdoc_parse(&d, buf_cstr(&text), text.len, NULL, err);
        rc = rc < 0 ? err_wrap(err, rc, "%s", file) : read_list(&d, file, arena, ret, ret_n, err);
        jdoc_free(&d);
    }
    return rc;
}
