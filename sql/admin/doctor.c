/* doctor.c - gb-admin doctor: runs the checks, prints what they found. */
#include "doctor.h"

#include <curl/curl.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>

static const struct check *const tables[] = {sandbox_checks, front_checks, store_checks,
                                             host_checks};
#define N_TABLES (sizeof tables / sizeof tables[0])

/* ---- findings ------------------------------------------------------------------------------- */

void fine(struct finding *f, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    f->state = FINDING_FINE;
    vsnprintf(f->what, sizeof f->what, fmt, ap);
    va_end(ap);
}

void unknown(struct finding *f, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    f->state = FINDING_UNKNOWN;
    vsnprintf(f->what, sizeof f->what, fmt, ap);
    va_end(ap);
}

void wrong(struct finding *f, const char *mend, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    f->state = FINDING_WRONG;
    vsnprintf(f->what, sizeof f->what, fmt, ap);
    va_end(ap);
    snprintf(f->mend, sizeof f->mend, "%s", mend);
}

void mend_with(struct finding *f, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(f->mend, sizeof f->mend, fmt, ap);
    va_end(ap);
}

/* ---- the visit ------------------------------------------------------------------------------ */

static const char *const state_names[] = {"fine", "wrong", "unknown"};

static void print_finding(const struct check *c, const struct finding *f)
{
    static const char *const marks[] = {"fine   ", "WRONG  ", "unknown"};
    printf("%s  %-17s %s\n", marks[f->state], c->name, f->what);
    if (f->state == FINDING_WRONG)
        printf("         %-17s mend: %s\n", "", f->mend);
    fflush(stdout);
}

static void put_finding(struct jsonw *w, const struct check *c, const struct finding *f)
{
    jw_open(w, '{');
    jw_kcstr(w, "check", c->name);
    jw_kcstr(w, "about", c->about);
    jw_kcstr(w, "state", state_names[f->state]);
    jw_kcstr(w, "what", f->what);
    if (f->state == FINDING_WRONG)
        jw_kcstr(w, "mend", f->mend);
    jw_close(w, '}');
}

/* The number of what is wrong. Only the check named `only` when it is given. */
static int visit(struct patient *p, const char *only, struct jsonw *w)
{
    int n_wrong = 0;
    for (size_t t = 0; t < N_TABLES; t++)
        for (const struct check *c = tables[t]; c->name; c++) {
            struct finding f = {.state = FINDING_UNKNOWN};
            if (only && strcmp(only, c->name) != 0)
                continue;
            c->look(p, &f);
            n_wrong += f.state == FINDING_WRONG;
            if (w)
                put_finding(w, c, &f);
            else
                print_finding(c, &f);
        }
    return n_wrong;
}

/* Where the gateway answers from here: a wildcard address is reached on this machine. */
static void find_gateway(struct patient *p)
{
    const char *listen = p->admin->cfg.listen, *url = p->admin->cfg.public_url;
    if (strncmp(listen, "0.0.0.0:", 8) == 0 || strncmp(listen, "[::]:", 5) == 0)
        snprintf(p->reached_at, sizeof p->reached_at, "localhost%s", strrchr(listen, ':'));
    else
        snprintf(p->reached_at, sizeof p->reached_at, "%s", listen);
    if (*url)
        snprintf(p->url, sizeof p->url, "%s", url);
    else
        snprintf(p->url, sizeof p->url, "https://%s", p->reached_at);
}

int doctor_run(struct admin *a, struct args *args, struct err *err)
{
    struct patient p = {.admin = a, .status = BUF_INIT(1 << 20)};
    cleanup_buf struct buf out = BUF_INIT(0);
    struct jsonw w = {.out = &out};
    const char *only = arg_option(args, "--only", NULL);
    int code = arg_rest(args, 0, err);
    if (code)
        return code;
    if (admin_open(a, false, err)) { /* a finding, no reason to look no further */
        snprintf(p.store_trouble, sizeof p.store_trouble, "%s", err->message);
        a->store = NULL;
    }
    curl_global_init(CURL_GLOBAL_DEFAULT);
    find_gateway(&p);
    examine_sandbox(&p);
    jw_open(&w, '[');
    int n_wrong = visit(&p, only, a->json ? &w : NULL);
    jw_close(&w, ']');
    if (a->json)
        puts(buf_cstr(&out));
    jdoc_free(&p.doc);
    buf_free(&p.status);
    curl_global_cleanup();
    return n_wrong ? err_set(err, -EBADMSG, "%d of the checks found something wrong", n_wrong) : 0;
}

const struct command watch_commands[] = {
    {"doctor", "[--only CHECK]", "the operator's checklist, on the running machine", 0, 0, 2,
     doctor_run},
    {"top", "[--seconds N] [--once]", "slots, queue, rates and slowest jobs, live", READS_STORE, 0,
     3, top_run},
    {0},
};
