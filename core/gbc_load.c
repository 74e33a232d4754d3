/* gbc_load.c - from a file or standard input to a checked program. */
#include "gbc.h"

#include "base/cleanup.h"

#include <errno.h>
#include <fcntl.h>

#define INPUT_MAX ((size_t)64 << 20)

int gbc_read(const char *path, struct buf *ret)
{
    bool standard = !path || strcmp(path, "-") == 0;
    cleanup_close int opened = standard ? -1 : open(path, O_RDONLY | O_CLOEXEC);
    int fd = standard ? STDIN_FILENO : opened;
    cleanup_buf struct buf text = BUF_INIT(INPUT_MAX);
    char piece[1 << 16];
    ssize_t n = fd < 0 ? -1 : 0;
    while (fd >= 0 && ((n = read(fd, piece, sizeof piece)) > 0 || (n < 0 && errno == EINTR)))
        if (n > 0)
            buf_put(&text, piece, (size_t)n);
    if (n < 0 || text.error) {
        fprintf(stderr, "gbc: %s: %s\n", standard ? "standard input" : path,
                strerror(text.error ? -text.error : errno));
        return EX_NOINPUT;
    }
    *ret = text;
    text = (struct buf){0};
    return 0;
}

int gbc_write(const char *path, struct str text)
{
    FILE *f = path ? fopen(path, "we") : stdout;
    bool failed = !f || (text.n && fwrite(text.s, 1, text.n, f) != text.n);
    if (f && (path ? fclose(f) : fflush(f)) != 0)
        failed = true;
    if (!failed)
        return 0;
    fprintf(stderr, "gbc: %s: %s\n", path ? path : "standard output", strerror(errno));
    return path ? EX_CANTCREAT : EX_IOERR;
}

static void show_errors(const struct gbc *c)
{
    const struct gb_report *r = &c->report;
    for (uint32_t i = 0; i < r->n_warnings; i++)
        gbc_show_error(c, &r->warnings[i], true);
    for (uint32_t i = 0; i < r->n_errors; i++)
        gbc_show_error(c, &r->errors[i], false);
    uint32_t n = r->n_errors + r->n_suppressed;
    if (n > 1)
        fprintf(stderr, "%u errors%s\n", n, r->n_suppressed ? ", the first shown" : "");
}

/* {"valid": …, "errors": […], "warnings": […]}, for programs. */
static int write_report(const struct gbc *c)
{
    cleanup_buf struct buf out = BUF_INIT(0);
    struct jsonw w = {.out = &out};
    jw_open(&w, '{');
    jw_kbool(&w, "valid", c->report.n_errors == 0);
    jw_key(&w, "errors");
    gb_report_json(c->report.errors, c->report.n_errors, &w);
    jw_key(&w, "warnings");
    gb_report_json(c->report.warnings, c->report.n_warnings, &w);
    jw_close(&w, '}');
    buf_putc(&out, '\n');
    return gbc_write(c->out_path, buf_view(&out));
}

/* The same of a text that is no JSON. */
static int write_syntax(const struct gbc *c, const char *code, const char *message,
                        struct json_where where)
{
    cleanup_buf struct buf out = BUF_INIT(0);
    struct jsonw w = {.out = &out};
    jw_open(&w, '{');
    jw_kbool(&w, "valid", false);
    jw_key(&w, "errors");
    jw_open(&w, '[');
    jw_open(&w, '{');
    jw_kcstr(&w, "code", code);
    jw_kcstr(&w, "message", message);
    jw_kcstr(&w, "pointer", "");
    jw_kint(&w, "line", where.line);
    jw_kint(&w, "column", where.col);
    jw_close(&w, '}');
    jw_close(&w, ']');
    jw_key(&w, "warnings");
    jw_open(&w, '[');
    jw_close(&w, ']');
    jw_close(&w, '}');
    buf_putc(&out, '\n');
    return gbc_write(c->out_path, buf_view(&out));
}

static int parse(struct gbc *c)
{
    struct json_where where = {0};
    struct err err = {0};
    int e = jdoc_parse(&c->doc, buf_cstr(&c->text), c->text.len, &where, &err);
    if (!e)
        return 0;
    const char *code = e == -E2BIG ? "limit_exceeded" : "no_json";
    if (c->json)
        write_syntax(c, code, err.message, where);
    else
        gbc_show_syntax(c, where, code, err.message);
    return EX_DATAERR;
}

/* The JSON that is no request at all is taken for an IR, so that the front says what is wrong. */
static int front(struct gbc *c)
{
    struct err err = {0};
    struct gb_policy policy;
    uint32_t defs, ir = gb_request_ir(&c->doc, 0, &defs);
    if (gb_policy_load(c->includes_path, c->plugins_path, &c->arena, &policy, &err)) {
        gbc_complain(c, "%s", err.message);
        return EX_NOINPUT;
    }
    return gb_front(&c->doc, ir == JSON_NONE ? 0 : ir, defs, &policy, &c->report, &c->program);
}

int gbc_load(struct gbc *c)
{
    int r = gbc_read(c->path, &c->text);
    if (!r)
        r = parse(c);
    if (!r)
        r = front(c);
    if (r > 0)
        return r;
    if (r == -ENOMEM) {
        gbc_complain(c, "out of memory");
        return EX_OSERR;
    }
    if (c->json)
        write_report(c);
    else
        show_errors(c);
    return r ? EX_DATAERR : 0;
}

void gbc_unload(struct gbc *c)
{
    gb_program_free(c->program);
    gb_report_free(&c->report);
    arena_free(&c->arena);
    jdoc_free(&c->doc);
    buf_free(&c->text);
}
