/*
 * health.c - readiness: each dependency is asked, and those that fail are named.
 */
#include <errno.h>
#include <stdio.h>
#include <sys/statvfs.h>

#include "../sandbox/client.h"
#include "handlers.h"
#include "jget.h"
#include "reply.h"
#include "service.h"

#define STATUS_MS 1000

struct finding {
    bool ready;      /* the service can do all its work */
    bool degraded;   /* it can do less, or with less comfort */
    struct jsonw *w; /* the object of checks */
};

static void say(struct finding *f, const char *name, bool good, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));

static void say(struct finding *f, const char *name, bool good, const char *fmt, ...)
{
    char text[ERR_MESSAGE_MAX];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(text, sizeof(text), fmt, ap);
    va_end(ap);
    jw_key(f->w, name);
    jw_open(f->w, '{');
    jw_kcstr(f->w, "status", good ? "ok" : "down");
    jw_kcstr(f->w, "detail", text);
    jw_close(f->w, '}');
    f->degraded |= !good;
}

static void check_sandbox(struct request *q, struct finding *f)
{
    cleanup_buf struct buf json = BUF_INIT(1 << 20);
    struct err err = {0};
    struct jdoc d = {0};
    int rc = sandbox_status(q->service->cfg.sandbox_socket, STATUS_MS, &json, &err);
    if (rc == 0)
        rc = jdoc_parse(&d, json.data, json.len, NULL, &err);
    bool ready = rc == 0 && jget_bool(&d, 0, "ready", false);
    struct str reasons = rc == 0 ? jget_raw(&d, 0, "reasons") : (struct str){0};
    if (rc < 0)
        say(f, "sandbox", false, "gb-sandboxd does not answer: %s", err.message);
    else
        say(f, "sandbox", ready, "%s%.*s",
            ready ? "a container is ready" : "not ready: ", ready ? 0 : (int)reasons.n,
            ready ? "" : reasons.s);
    f->ready &= ready;
    jdoc_free(&d);
}

static void check_store(struct request *q, struct finding *f)
{
    struct err err = {0};
    bool good = store_ready(q->service->store, &err) == 0;
    say(f, "store", good, "%s", good ? "rows can be written" : err.message);
    f->ready &= good;
}

static void check_cache(struct request *q, struct finding *f)
{
    cleanup_buf struct buf ignored = BUF_INIT(0);
    struct err err = {0};
    int rc = cache_get(&q->worker->cache, "gb:image", &ignored, &err);
    bool good = rc == 0 || rc == -ENOENT;
    say(f, "cache", good, "%s", good ? "memcached answers" : err.message);
}

static void check_disk(struct request *q, struct finding *f)
{
    struct statvfs st;
    if (statvfs(q->service->cfg.run_dir, &st) != 0) {
        say(f, "disk", false, "free space cannot be found out");
        return;
    }
    int64_t free_mb = (int64_t)(st.f_bavail * st.f_frsize >> 20);
    bool good = free_mb >= q->service->cfg.min_free_mb;
    say(f, "disk", good, "%lld MiB free", (long long)free_mb);
    f->ready &= good;
}

static void write_checks(struct request *q, struct finding *f)
{
    jw_open(f->w, '{');
    check_sandbox(q, f);
    check_store(q, f);
    check_cache(q, f);
    check_disk(q, f);
    jw_close(f->w, '}');
}

enum outcome handle_readyz(struct request *q, uint32_t body)
{
    (void)body;
    cleanup_buf struct buf checks = BUF_INIT(0);
    struct jsonw on_checks = {.out = &checks}, w;
    struct finding f = {.ready = true, .w = &on_checks};
    write_checks(q, &f); /* first: only then it is known whether the reply is a problem */
    if (f.ready) {
        w = reply_json(q);
        jw_open(&w, '{');
        jw_kcstr(&w, "status", f.degraded ? "degraded" : "ready");
    } else {
        reply_header(&q->reply, "Retry-After", "5");
        problem_begin(q, OUTCOME_not_ready, &w, "the service cannot do all its work: see `checks`");
    }
    jw_kbool(&w, "ready", f.ready);
    jw_key(&w, "checks");
    jw_raw(&w, buf_view(&checks));
    jw_close(&w, '}');
    return f.ready ? OUTCOME_ok : OUTCOME_not_ready;
}
