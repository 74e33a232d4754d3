/*
 * auth.c - keys, and the web server's word for them.
 */
#include "auth.h"

#include <errno.h>
#include <stdlib.h>
#include <strings.h>

#include "../core/base/log.h"
#include "handlers.h"
#include "reply.h"
#include "service.h"

static const struct {
    const char *name;
    unsigned scope;
} scope_rows[] = {{"compile", SCOPE_COMPILE},
                  {"execute", SCOPE_EXECUTE},
                  {"read", SCOPE_READ},
                  {"admin", SCOPE_ADMIN}};
#define N_SCOPES (sizeof(scope_rows) / sizeof(scope_rows[0]))

void auth_scope_names(unsigned scopes, struct buf *out)
{
    for (size_t i = 0; i < N_SCOPES; i++)
        if (scopes & scope_rows[i].scope) {
            if (out->len)
                buf_putc(out, ' ');
            buf_puts(out, scope_rows[i].name);
        }
}

static unsigned read_scopes(const char *words)
{
    unsigned scopes = 0;
    while (*words) {
        size_t n = strcspn(words, " ");
        for (size_t i = 0; i < N_SCOPES; i++)
            if (str_eqc((struct str){words, n}, scope_rows[i].name))
                scopes |= scope_rows[i].scope;
        words += n + (words[n] == ' ');
    }
    return scopes;
}

static void copy(char *to, size_t size, const char *from)
{
    size_t n = strlen(from);
    n = n < size ? n : size - 1;
    memcpy(to, from, n);
    to[n] = '\0';
}

/* The web server has asked /auth and says who it is. */
static bool by_web_server(struct request *q)
{
    struct store_caller *c = &q->caller;
    c->user_id = strtoll(request_param(q, "GB_USER_ID"), NULL, 10);
    if (c->user_id <= 0)
        return false;
    c->key_id = strtoll(request_param(q, "GB_KEY_ID"), NULL, 10);
    copy(c->user, sizeof(c->user), request_param(q, "GB_USER"));
    copy(c->plan, sizeof(c->plan), request_param(q, "GB_PLAN"));
    c->scopes = read_scopes(request_param(q, "GB_SCOPES"));
    return true;
}

static const char *key_of(const struct request *q)
{
    const char *authorization = request_param(q, "HTTP_AUTHORIZATION");
    if (strncasecmp(authorization, "Bearer ", 7) == 0)
        authorization += 7 + strspn(authorization + 7, " ");
    else
        authorization = "";
    if (authorization[0])
        return authorization;
    return request_param(q, "HTTP_X_API_KEY");
}

static enum outcome unauthorized(struct request *q, int rc)
{
    const char *why = "a key is needed: Authorization: Bearer KEY, or X-API-Key: KEY";
    const char *reason = NULL;
    if (rc == -ENOENT)
        why = reason = "there is no such key";
    else if (rc == -EKEYEXPIRED)
        why = reason = "this key has expired";
    else if (rc == -EKEYREVOKED)
        why = reason = "this key was revoked";
    else if (rc == -EACCES)
        why = reason = "this key's user is disabled";
    if (reason) {
        const struct security_event event = {
            .request_id = str_c(q->env.request_id),
            .client_ip = str_c(q->env.remote_addr),
            .event = {.kind = "auth_failed", .severity = "warning", .detail = str_c(reason)}};
        store_event(q->service->store, &event, NULL);
    }
    if (reason) /* RFC 6750, section 3 */
        reply_header(&q->reply, "WWW-Authenticate",
                     "Bearer realm=\"graph-blocks\", error=\"invalid_token\", "
                     "error_description=\"%s\"",
                     reason);
    else
        reply_header(&q->reply, "WWW-Authenticate", "Bearer realm=\"graph-blocks\"");
    return problem(q, OUTCOME_unauthorized, "%s", why);
}

static enum outcome by_key(struct request *q)
{
    const char *key = key_of(q);
    struct err err = {0};
    if (!key[0])
        return unauthorized(q, 0);
    int rc = store_authenticate(q->service->store, str_c(key), &q->caller, &err);
    if (rc == 0)
        return OUTCOME_ok;
    if (!store_unavailable(rc))
        return unauthorized(q, rc);
    log_err(LOG_LEVEL_ERROR, &err, "the store cannot say who bears a key", NULL);
    reply_header(&q->reply, "Retry-After", "1");
    return problem(q, OUTCOME_store_unavailable, "keys cannot be looked up now; try again");
}

enum outcome auth_caller(struct request *q)
{
    struct timespec from;
    clock_gettime(CLOCK_MONOTONIC, &from);
    enum outcome o = by_web_server(q) ? OUTCOME_ok : by_key(q);
    q->known = o == OUTCOME_ok;
    phase_end(q, PHASE_auth, &from);
    return o;
}

enum outcome auth_scopes(struct request *q, unsigned scopes)
{
    if (scopes == 0 || (q->caller.scopes & scopes))
        return OUTCOME_ok;
    cleanup_buf struct buf names = BUF_INIT(0);
    auth_scope_names(scopes, &names);
    return problem(q, OUTCOME_forbidden, "the key lacks the scope: %s", buf_cstr(&names));
}

enum outcome handle_auth(struct request *q, uint32_t body)
{
    (void)body;
    struct reply *r = &q->reply;
    cleanup_buf struct buf scopes = BUF_INIT(0);
    auth_scope_names(q->caller.scopes, &scopes);
    reply_header(r, "X-GB-User-Id", "%lld", (long long)q->caller.user_id);
    reply_header(r, "X-GB-User", "%s", q->caller.user);
    reply_header(r, "X-GB-Key-Id", "%lld", (long long)q->caller.key_id);
    reply_header(r, "X-GB-Scopes", "%s", buf_cstr(&scopes));
    reply_header(r, "X-GB-Plan", "%s", q->caller.plan);
    reply_header(r, "Cache-Control", "max-age=2");
    int64_t left_ms = q->caller.key_expires_at - store_now(q->service->store);
    if (q->caller.key_expires_at && left_ms < 3000) /* nginx keeps no answer past the key's end */
        reply_header(r, "X-Accel-Expires", "%lld", (long long)(left_ms / 1000));
    return OUTCOME_no_content;
}
