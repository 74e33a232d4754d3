/*
 * reply.c - problems, headers and the bytes of a reply.
 */
#include "reply.h"

#include <stdio.h>

#include "key.h"
#include "service.h"

void reply_header(struct reply *r, const char *name, const char *fmt, ...)
{
    char value[1024];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(value, sizeof(value), fmt, ap);
    va_end(ap);
    for (char *c = value; *c; c++)
        if ((unsigned char)*c < 0x20 || *c == 0x7f)
            *c = ' ';
    buf_puts(&r->headers, name);
    buf_puts(&r->headers, ": ");
    buf_puts(&r->headers, value);
    buf_puts(&r->headers, "\r\n");
}

struct jsonw reply_json(struct request *q)
{
    buf_clear(&q->reply.body);
    return (struct jsonw){.out = &q->reply.body};
}

static void problem_head(struct request *q, enum outcome o, struct jsonw *w, const char *message)
{
    const struct outcome_row *row = outcome_row(o);
    char type[256];
    snprintf(type, sizeof(type), "%s%s", q->service->cfg.error_type_base, row->word);

    *w = reply_json(q);
    q->reply.content_type = "application/problem+json";
    jw_open(w, '{');
    jw_kcstr(w, "type", type);
    jw_kcstr(w, "title", row->title);
    jw_kint(w, "status", row->status);
    jw_kcstr(w, "detail", message);
    jw_kbool(w, "success", false);
    jw_kcstr(w, "error", row->word);
    jw_kcstr(w, "message", message);
    jw_kcstr(w, "request_id", q->env.request_id);
    if (q->job.id[0])
        jw_kcstr(w, "job_id", q->job.id);
}

void problem_begin(struct request *q, enum outcome o, struct jsonw *w, const char *fmt, ...)
{
    char message[ERR_MESSAGE_MAX];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(message, sizeof(message), fmt, ap);
    va_end(ap);
    problem_head(q, o, w, message);
}

enum outcome problem_end(enum outcome o, struct jsonw *w)
{
    jw_close(w, '}');
    buf_putc(w->out, '\n');
    return o;
}

enum outcome problem(struct request *q, enum outcome o, const char *fmt, ...)
{
    char message[ERR_MESSAGE_MAX];
    struct jsonw w;
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(message, sizeof(message), fmt, ap);
    va_end(ap);
    problem_head(q, o, &w, message);
    return problem_end(o, &w);
}

bool reply_etag(struct request *q, struct str tag, const char *cache_control)
{
    char quoted[100];
    const char *held = request_param(q, "HTTP_IF_NONE_MATCH");
    snprintf(quoted, sizeof(quoted), "\"%.*s\"", tag.n > 90 ? 90 : (int)tag.n, tag.s);
    reply_header(&q->reply, "ETag", "%s", quoted);
    reply_header(&q->reply, "Cache-Control", "%s", cache_control);
    return strstr(held, quoted) != NULL || strcmp(held, "*") == 0;
}

enum outcome reply_document(struct request *q)
{
    char tag[WORK_HASH_HEX];
    sha256_hex(buf_view(&q->reply.body), tag);
    return reply_etag(q, str_c(tag), "public, max-age=60") ? OUTCOME_not_modified : OUTCOME_ok;
}

void reply_server_timing(struct request *q, struct buf *out)
{
    static const char *const names[] = {
#define PHASE(name, ...) #name,
#include "phase.def"
#undef PHASE
    };
    buf_puts(out, "Server-Timing: ");
    for (int i = 0; i < PHASE_COUNT; i++)
        if (q->spent_ms[i] > 0)
            buf_printf(out, "%s;dur=%.3f, ", names[i], q->spent_ms[i]);
    buf_printf(out, "total;dur=%.3f\r\n", ms_since(&q->began));
}

int reply_send(struct request *q, enum outcome o)
{
    const struct outcome_row *row = outcome_row(o);
    struct reply *r = &q->reply;
    bool bodyless = row->status == 204 || row->status == 304;
    cleanup_buf struct buf head = BUF_INIT(0);

    buf_printf(&head, "Status: %d %s\r\n", row->status, row->title);
    if (!bodyless) {
        buf_printf(&head, "Content-Type: %s\r\nContent-Length: %zu\r\n",
                   r->content_type ? r->content_type : "application/json", r->body.len);
    }
    buf_puts(&head, "X-Request-Id: ");
    buf_puts(&head, q->env.request_id);
    buf_puts(&head, "\r\n");
    reply_server_timing(q, &head);
    buf_str(&head, buf_view(&r->headers));
    buf_puts(&head, "\r\n");
    /* One write for the usual small reply. */
    bool with_body = !bodyless && !q->env.head;
    if (with_body && r->body.len < 16384)
        buf_str(&head, buf_view(&r->body));
    int rc = q->transport->write(q->transport->data, head.data, head.len);
    if (rc == 0 && with_body && r->body.len >= 16384)
        rc = q->transport->write(q->transport->data, r->body.data, r->body.len);
    return rc;
}
