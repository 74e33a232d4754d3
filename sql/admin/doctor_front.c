/* doctor_front.c - what stands between the internet and the service: TLS, keys, limits, monitoring. */
#include "doctor.h"

#include <curl/curl.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#define ANSWER_MS 5000
#define BODY_MAX (4U << 20)
#define CERTIFICATE_DAYS 14

struct answer {
    CURLcode curl; /* CURLE_OK, or why there is no answer */
    long status;
    struct buf body;
    time_t certificate_ends; /* 0: not known */
};

/* ---- asking --------------------------------------------------------------------------------- */

static size_t take_body(char *data, size_t size, size_t n, void *answer)
{
    buf_put(&((struct answer *)answer)->body, data, size * n);
    return size * n;
}

static time_t certificate_end(CURL *c)
{
    struct curl_certinfo *info = NULL;
    struct tm tm = {0};
    if (curl_easy_getinfo(c, CURLINFO_CERTINFO, &info) || !info || info->num_of_certs < 1)
        return 0;
    for (struct curl_slist *at = info->certinfo[0]; at; at = at->next)
        if (strncmp(at->data, "Expire date:", 12) == 0 &&
            strptime(at->data + 12, "%b %d %H:%M:%S %Y", &tm))
            return timegm(&tm);
    return 0;
}

/* The authority: $GB_CA, else the certificate that ops/up made, else the system's. */
static void trust(CURL *c, const struct patient *p)
{
    char made[4200];
    const char *ca = getenv("GB_CA");
    snprintf(made, sizeof made, "%s/tls/server.crt", p->admin->cfg.run_dir);
    if (!ca && access(made, R_OK) == 0)
        ca = made;
    if (ca)
        curl_easy_setopt(c, CURLOPT_CAINFO, ca);
}

/* tls_most: 0, or the newest version that may be spoken. Free a->body. */
static void ask(const struct patient *p, const char *path, long tls_most, struct answer *a)
{
    char url[400], here[400];
    *a = (struct answer){.curl = CURLE_FAILED_INIT, .body = BUF_INIT(BODY_MAX)};
    CURL *c = curl_easy_init();
    snprintf(here, sizeof here, "::%s", p->reached_at); /* this machine, whatever the name means */
    struct curl_slist *connect_to = curl_slist_append(NULL, here);
    if (!c || !connect_to) {
        curl_easy_cleanup(c);
        curl_slist_free_all(connect_to);
        return;
    }
    snprintf(url, sizeof url, "%s%s", p->url, path);
    curl_easy_setopt(c, CURLOPT_CONNECT_TO, connect_to);
    curl_easy_setopt(c, CURLOPT_URL, url);
    curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(c, CURLOPT_NOPROXY, "*");
    curl_easy_setopt(c, CURLOPT_TIMEOUT_MS, (long)ANSWER_MS);
    curl_easy_setopt(c, CURLOPT_CERTINFO, 1L);
    curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, take_body);
    curl_easy_setopt(c, CURLOPT_WRITEDATA, a);
    if (tls_most) { /* our own side must not be what refuses it */
        curl_easy_setopt(c, CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_0 | tls_most);
        curl_easy_setopt(c, CURLOPT_SSL_CIPHER_LIST, "ALL:@SECLEVEL=0");
    }
    trust(c, p);
    a->curl = curl_easy_perform(c);
    curl_easy_getinfo(c, CURLINFO_RESPONSE_CODE, &a->status);
    a->certificate_ends = certificate_end(c);
    curl_easy_cleanup(c);
    curl_slist_free_all(connect_to);
}

static void no_answer(const struct patient *p, const struct answer *a, struct finding *f)
{
    if (a->curl == CURLE_PEER_FAILED_VERIFICATION)
        unknown(f, "%s has no certificate to be trusted (see tls)", p->url);
    else
        wrong(f, "start nginx (systemctl start graph-blocks-nginx, or ops/up)",
              "%s does not answer: %s", p->url, curl_easy_strerror(a->curl));
}

/* ---- the checks ----------------------------------------------------------------------------- */

static void judge_certificate(const struct answer *a, struct finding *f)
{
    long long days = (long long)(a->certificate_ends - time(NULL)) / 86400;
    if (!a->certificate_ends)
        fine(f, "TLS 1.2 or newer");
    else if (days < CERTIFICATE_DAYS)
        wrong(f, "renew the certificate (certbot renew; ops/up makes a local one), reload nginx",
              "the certificate ends in %lld days", days);
    else
        fine(f, "TLS 1.2 or newer, certificate good for %lld days", days);
}

static void look_tls(struct patient *p, struct finding *f)
{
    struct answer now, old;
    ask(p, "/healthz", 0, &now);
    ask(p, "/healthz", CURL_SSLVERSION_MAX_TLSv1_1, &old);
    if (now.curl == CURLE_PEER_FAILED_VERIFICATION)
        wrong(f, "give nginx a certificate for the name that clients use, GB_PUBLIC_URL that name",
              "the certificate of %s is not trusted", p->url);
    else if (now.curl != CURLE_OK)
        no_answer(p, &now, f);
    else if (old.curl == CURLE_OK)
        wrong(f, "set ssl_protocols TLSv1.2 TLSv1.3 in nginx.conf, reload nginx",
              "TLS 1.1 or older is spoken");
    else
        judge_certificate(&now, f);
    buf_free(&now.body);
    buf_free(&old.body);
}

static void look_authentication(struct patient *p, struct finding *f)
{
    struct answer a;
    ask(p, "/v1/me", 0, &a);
    if (a.curl != CURLE_OK)
        no_answer(p, &a, f);
    else if (a.status == 401)
        fine(f, "a request without a key gets 401");
    else
        wrong(f, "put auth_request before every location of the API in nginx.conf, reload nginx",
              "a request without a key gets %ld", a.status);
    buf_free(&a.body);
}

/* True when a line of the configuration, comments aside, begins with this directive. */
static bool has_directive(FILE *conf, const char *directive)
{
    char line[1024];
    rewind(conf);
    while (fgets(line, sizeof line, conf)) {
        const char *at = line + strspn(line, " \t");
        size_t n = strlen(directive);
        if (strncmp(at, directive, n) == 0 && (at[n] == ' ' || at[n] == '\t'))
            return true;
    }
    return false;
}

/* Tripping the limit would shut out whoever shares our address, so the configuration is read. */
static void look_rate_limit(struct patient *p, struct finding *f)
{
    const char *path = p->admin->cfg.nginx_conf;
    FILE *conf = fopen(path, "re");
    if (!conf) {
        unknown(f, "%s cannot be read (set GB_NGINX_CONF)", path);
        return;
    }
    bool requests = has_directive(conf, "limit_req"),
         connections = has_directive(conf, "limit_conn");
    bool body = has_directive(conf, "client_max_body_size");
    if (requests && connections && body)
        fine(f, "requests, connections and bodies are limited in front");
    else
        wrong(f, "add it to nginx.conf as nginx/nginx.conf.in has it, reload nginx",
              "nginx has no %s",
              !requests      ? "limit_req"
              : !connections ? "limit_conn"
                             : "client_max_body_size");
    fclose(conf);
}

static void look_monitoring(struct patient *p, struct finding *f)
{
    struct answer a;
    ask(p, "/metrics", 0, &a);
    if (a.curl != CURLE_OK)
        no_answer(p, &a, f);
    else if (a.status == 200 && strstr(buf_cstr(&a.body), "# TYPE "))
        fine(f, "/metrics gives %zu bytes of figures", a.body.len);
    else
        wrong(f,
              "allow this machine in the location /metrics of nginx.conf (GB_OPERATORS of ops/up)",
              "/metrics gives %ld", a.status);
    buf_free(&a.body);
}

static void look_ready(struct patient *p, struct finding *f)
{
    struct answer a;
    ask(p, "/readyz", 0, &a);
    if (a.curl != CURLE_OK)
        no_answer(p, &a, f);
    else if (a.status == 200 && !strstr(buf_cstr(&a.body), "\"degraded\""))
        fine(f, "every dependency of the service answers");
    else {
        const char *checks = strstr(buf_cstr(&a.body), "\"checks\"");
        wrong(f, "start what it names; ops/up starts everything", "readyz gives %ld: %.400s",
              a.status, checks ? checks : buf_cstr(&a.body));
    }
    buf_free(&a.body);
}

const struct check front_checks[] = {
    {"tls", "TLS 1.2 or newer, a certificate that holds", look_tls},
    {"authentication", "nothing of the API answers without a key", look_authentication},
    {"rate-limit", "requests and connections are limited in front", look_rate_limit},
    {"monitoring", "the figures can be read from here", look_monitoring},
    {"ready", "the service says it is ready", look_ready},
    {0},
};
