/*
 * webhook.c - deliveries through libcurl.
 */
#include "webhook.h"

#include <curl/curl.h>
#include <errno.h>
#include <netinet/in.h>
#include <sodium.h>
#include <stdio.h>
#include <strings.h>
#include <time.h>

#include "../core/base/cleanup.h"
#include "../core/base/jsonw.h"
#include "../core/base/log.h"
#include "../sql/store_jobs.h"
#include "job_json.h"

#define HOLD_MS 60000   /* a delivery belongs to whoever took it for this long */
#define BACKOFF_MS 5000 /* after the first failure; doubled by each */
#define BACKOFF_MOST_MS 3600000

/* ---- where to ------------------------------------------------------------------------------- */

static bool host_listed(const char *hosts, const char *host)
{
    size_t len = strlen(host);
    while (*hosts) {
        hosts += strspn(hosts, " ,");
        size_t n = strcspn(hosts, " ,");
        if (n == len && n > 0 && strncasecmp(hosts, host, n) == 0)
            return true;
        hosts += n;
    }
    return false;
}

static bool part_absent(CURLU *u, CURLUPart part)
{
    char *text = NULL;
    bool absent = curl_url_get(u, part, &text, 0) != CURLUE_OK;
    curl_free(text);
    return absent;
}

bool webhook_allowed(const char *hosts, struct str url)
{
    cleanup_buf struct buf text = BUF_INIT(4096);
    char *scheme = NULL, *host = NULL;
    buf_str(&text, url);
    CURLU *u = curl_url();
    bool good = u && !text.error && memchr(buf_cstr(&text), '\0', url.n) == NULL &&
                curl_url_set(u, CURLUPART_URL, buf_cstr(&text), 0) == CURLUE_OK &&
                curl_url_get(u, CURLUPART_SCHEME, &scheme, 0) == CURLUE_OK &&
                curl_url_get(u, CURLUPART_HOST, &host, 0) == CURLUE_OK &&
                (strcmp(scheme, "https") == 0 || strcmp(scheme, "http") == 0) &&
                part_absent(u, CURLUPART_USER) && part_absent(u, CURLUPART_PASSWORD) &&
                host_listed(hosts, host);
    curl_free(scheme);
    curl_free(host);
    curl_url_cleanup(u);
    return good;
}

/* The blocks of RFC 6890 that no host of the internet has. */
static bool public_v4(uint32_t a)
{
    static const struct {
        uint32_t net, mask;
    } blocks[] = {
        {0x00000000, 0xff000000}, {0x0a000000, 0xff000000}, {0x64400000, 0xffc00000},
        {0x7f000000, 0xff000000}, {0xa9fe0000, 0xffff0000}, {0xac100000, 0xfff00000},
        {0xc0000000, 0xffffff00}, {0xc0000200, 0xffffff00}, {0xc0a80000, 0xffff0000},
        {0xc6120000, 0xfffe0000}, {0xc6336400, 0xffffff00}, {0xcb007100, 0xffffff00},
        {0xe0000000, 0xe0000000}, /* multicast, reserved, broadcast */
    };
    for (size_t i = 0; i < sizeof(blocks) / sizeof(blocks[0]); i++)
        if ((a & blocks[i].mask) == blocks[i].net)
            return false;
    return true;
}

static uint32_t v4_at(const uint8_t *b)
{
    return (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3];
}

/* Of IPv6 only 2000::/3 is the internet's (RFC 4291), without the tunnels into IPv4. */
static bool public_v6(const uint8_t *b)
{
    static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};
    if (memcmp(b, mapped, sizeof(mapped)) == 0)
        return public_v4(v4_at(b + 12));
    if (b[0] == 0x20 && b[1] == 0x02) /* 6to4 */
        return public_v4(v4_at(b + 2));
    bool teredo_or_documentation = b[0] == 0x20 && b[1] == 0x01 &&
                                   ((b[2] == 0 && b[3] == 0) || (b[2] == 0x0d && b[3] == 0xb8));
    return (b[0] & 0xe0) == 0x20 && !teredo_or_documentation;
}

bool webhook_public_address(const struct sockaddr *address)
{
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
    if (address->sa_family == AF_INET) {
        memcpy(&v4, address, sizeof(v4));
        return public_v4(ntohl(v4.sin_addr.s_addr));
    }
    if (address->sa_family != AF_INET6)
        return false;
    memcpy(&v6, address, sizeof(v6));
    return public_v6(v6.sin6_addr.s6_addr);
}

/* ---- one post ------------------------------------------------------------------------------- */

static curl_socket_t open_public(void *data, curlsocktype purpose, struct curl_sockaddr *address)
{
    const struct webhook_options *o = data;
    (void)purpose;
    if (!o->allow_private && !webhook_public_address(&address->addr))
        return CURL_SOCKET_BAD;
    return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

static size_t drop(char *bytes, size_t size, size_t n, void *data)
{
    (void)bytes, (void)data;
    return size * n;
}

static struct curl_slist *headers(const struct webhook_options *o, int64_t delivery,
                                  struct str body)
{
    unsigned char mac[crypto_auth_hmacsha256_BYTES];
    char hex[2 * sizeof(mac) + 1], line[200];
    crypto_auth_hmacsha256_state st;
    struct curl_slist *list = NULL;
    int n = snprintf(line, sizeof(line), "X-GB-Timestamp: %lld", (long long)time(NULL));
    const char *stamp = line + sizeof("X-GB-Timestamp: ") - 1;
    crypto_auth_hmacsha256_init(&st, (const unsigned char *)o->secret, strlen(o->secret));
    crypto_auth_hmacsha256_update(&st, (const unsigned char *)stamp,
                                  (size_t)n - (sizeof("X-GB-Timestamp: ") - 1));
    crypto_auth_hmacsha256_update(&st, (const unsigned char *)".", 1);
    crypto_auth_hmacsha256_update(&st, (const unsigned char *)body.s, body.n);
    crypto_auth_hmacsha256_final(&st, mac);
    sodium_bin2hex(hex, sizeof(hex), mac, sizeof(mac));
    list = curl_slist_append(list, line);
    snprintf(line, sizeof(line), "X-GB-Signature: sha256=%s", hex);
    list = curl_slist_append(list, line);
    snprintf(line, sizeof(line), "X-GB-Delivery: %lld", (long long)delivery);
    list = curl_slist_append(list, line);
    return curl_slist_append(list, "Content-Type: application/json");
}

int webhook_post(const struct webhook_options *o, const char *url, int64_t delivery,
                 struct str body, struct err *err)
{
    if (!webhook_allowed(o->hosts, str_c(url)))
        return err_set(err, -EPERM, "webhooks do not go to this host");
    CURL *c = curl_easy_init();
    if (!c)
        return err_set(err, -EIO, "no memory for a webhook");
    struct curl_slist *list = headers(o, delivery, body);
    long status = 0;
    curl_easy_setopt(c, CURLOPT_URL, url);
    curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(c, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(c, CURLOPT_PROXY, "");
    curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(c, CURLOPT_TIMEOUT_MS, o->timeout_ms);
    curl_easy_setopt(c, CURLOPT_HTTPHEADER, list);
    curl_easy_setopt(c, CURLOPT_POSTFIELDS, body.s);
    curl_easy_setopt(c, CURLOPT_POSTFIELDSIZE, (long)body.n);
    curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, drop);
    curl_easy_setopt(c, CURLOPT_OPENSOCKETFUNCTION, open_public);
    curl_easy_setopt(c, CURLOPT_OPENSOCKETDATA, (void *)(uintptr_t)o);
    CURLcode rc = curl_easy_perform(c);
    curl_easy_getinfo(c, CURLINFO_RESPONSE_CODE, &status);
    curl_slist_free_all(list);
    curl_easy_cleanup(c);
    if (rc != CURLE_OK)
        return err_set(err, -EIO, "%s", curl_easy_strerror(rc));
    return status / 100 == 2 ? 0 : err_set(err, -EIO, "the receiver answered %ld", status);
}

/* ---- what is due ---------------------------------------------------------------------------- */

static void write_body(const struct job_view *view, struct buf *out)
{
    struct jsonw w = {.out = out};
    jw_open(&w, '{');
    jw_kcstr(&w, "event", "job.ended");
    job_members_json(view, &w);
    jw_key(&w, "links");
    job_links_json(view->id, &w);
    jw_close(&w, '}');
}

static int64_t next_try(struct store *s, int attempt, int64_t most)
{
    int64_t pause = BACKOFF_MS;
    if (attempt >= most)
        return 0;
    for (int i = 1; i < attempt && pause < BACKOFF_MOST_MS; i++)
        pause *= 2;
    return store_now(s) + (pause < BACKOFF_MOST_MS ? pause : BACKOFF_MOST_MS);
}

static int deliver(struct service *s, const struct webhook_due *due, struct arena *arena,
                   struct err *err)
{
    const struct webhook_options o = {.hosts = s->cfg.webhook_hosts,
                                      .secret = s->cfg.webhook_secret,
                                      .timeout_ms = (long)s->cfg.webhook_timeout_ms};
    cleanup_buf struct buf body = BUF_INIT(0);
    struct job_view view;
    int rc = store_job(s->store, due->job_id, due->user_id, arena, &view, err);
    if (rc < 0)
        return rc;
    write_body(&view, &body);
    return webhook_post(&o, arena_str(arena, due->url).s, due->id, buf_view(&body), err);
}

int webhook_step(struct service *s, struct err *err)
{
    struct arena arena = ARENA_INIT(0);
    struct webhook_due due;
    struct err why = {0};
    int rc = store_webhook_take(s->store, HOLD_MS, &arena, &due, err);
    if (rc == 0) {
        int sent = deliver(s, &due, &arena, &why);
        int64_t again = sent == 0 || sent == -EPERM
                            ? 0
                            : next_try(s->store, due.attempt, s->cfg.webhook_attempts);
        if (sent < 0)
            log_err(LOG_LEVEL_WARN, &why, "a webhook was not delivered", "attempt",
                    log_int(due.attempt), NULL);
        rc = store_webhook_done(s->store, due.id, sent == 0, again, str_c(why.message), err);
    }
    arena_free(&arena);
    return rc;
}
