/* docker.c - see docker.h. */
#include "docker.h"

#include "../core/base/cleanup.h"
#include "http_head.h"
#include "io.h"

#include <curl/curl.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>

#define API "http://engine/v1.41"
#define REPLY_MAX (16U << 20)

static void cleanup_curl_impl(CURL **c)
{
    curl_easy_cleanup(*c);
}
static void cleanup_slist_impl(struct curl_slist **l)
{
    curl_slist_free_all(*l);
}
#define cleanup_curl __attribute__((cleanup(cleanup_curl_impl)))
#define cleanup_slist __attribute__((cleanup(cleanup_slist_impl)))
#define cleanup_char __attribute__((cleanup(cleanup_free_impl)))

int docker_global_init(void)
{
    return curl_global_init(CURL_GLOBAL_NOTHING) == CURLE_OK ? 0 : -ENOMEM;
}

/* A handle for one call; NULL when there is no memory. */
static CURL *handle(const struct docker *d, const char *url)
{
    CURL *c = curl_easy_init();
    if (!c)
        return NULL;
    curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(c, CURLOPT_UNIX_SOCKET_PATH, d->socket);
    curl_easy_setopt(c, CURLOPT_TIMEOUT_MS, (long)d->timeout_ms);
    curl_easy_setopt(c, CURLOPT_PROXY, "");
    curl_easy_setopt(c, CURLOPT_URL, url);
    return c;
}

static int transport_error(CURLcode code, const struct docker *d, struct err *err)
{
    int e = code == CURLE_COULDNT_CONNECT      ? ENOTCONN
            : code == CURLE_OPERATION_TIMEDOUT ? ETIMEDOUT
            : code == CURLE_OUT_OF_MEMORY      ? ENOMEM
                                               : ENOTCONN;
    return err_set(err, -e, "the Docker Engine at %s: %s", d->socket, curl_easy_strerror(code));
}

/* The Engine's refusal: {"message": "..."}. */
static int status_error(long status, struct str reply, struct err *err)
{
    json_t *j = json_loadb(reply.s ? reply.s : "", reply.n, 0, NULL);
    const char *said = json_string_value(json_object_get(j, "message"));
    int e = status == 404 ? ENOENT : status == 409 ? EBUSY : status == 400 ? EINVAL : EIO;
    if (said && strstr(said, "no space left on device"))
        e = ENOSPC;
    int r = err_set(err, -e, "the Docker Engine says (%ld): %s", status, said ? said : "nothing");
    json_decref(j);
    return r;
}

static size_t on_body(char *bytes, size_t size, size_t n, void *data)
{
    buf_put(data, bytes, size * n);
    return ((struct buf *)data)->error ? 0 : n;
}

/* One request with a JSON body (NULL: none). Statuses below 300, and 304 (it is so already), are
 * success. ret_reply NULL: not wanted. */
static int request(const struct docker *d, const char *method, const char *path, const json_t *body,
                   json_t **ret_reply, struct err *err)
{
    cleanup_buf struct buf url = BUF_INIT(0), reply = BUF_INIT(REPLY_MAX);
    buf_printf(&url, API "%s", path);
    cleanup_char char *text = body ? json_dumps(body, JSON_COMPACT) : NULL;
    cleanup_curl CURL *c = handle(d, buf_cstr(&url));
    cleanup_slist struct curl_slist *fields =
        curl_slist_append(NULL, "Content-Type: application/json");
    if (!c || !fields || (body && !text))
        return err_set(err, -ENOMEM, "no memory for a request to the Docker Engine");
    curl_easy_setopt(c, CURLOPT_CUSTOMREQUEST, method);
    curl_easy_setopt(c, CURLOPT_HTTPHEADER, fields);
    if (strcmp(method, "POST") == 0)
        curl_easy_setopt(c, CURLOPT_POSTFIELDS, text ? text : "");
    curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, on_body);
    curl_easy_setopt(c, CURLOPT_WRITEDATA, &reply);
    CURLcode code = curl_easy_perform(c);
    if (code != CURLE_OK)
        return transport_error(code, d, err);
    long status = 0;
    curl_easy_getinfo(c, CURLINFO_RESPONSE_CODE, &status);
    if (status >= 300 && status != 304)
        return status_error(status, buf_view(&reply), err);
    if (!ret_reply)
        return 0;
    json_t *j = json_loadb(reply.data ? reply.data : "", reply.len, 0, NULL);
    if (!j)
        return err_set(err, -EPROTO, "the Docker Engine answers %s with no JSON", path);
    *ret_reply = j;
    return 0;
}

/* request() with the path made from a format and one escaped argument. */
static int request_on(const struct docker *d, const char *method, const char *before,
                      const char *arg, const char *after, const json_t *body, json_t **ret_reply,
                      struct err *err)
{
    char *escaped = curl_easy_escape(NULL, arg, 0);
    if (!escaped)
        return err_set(err, -ENOMEM, "no memory for a request to the Docker Engine");
    cleanup_buf struct buf path = BUF_INIT(0);
    buf_printf(&path, "%s%s%s", before, escaped, after);
    curl_free(escaped);
    return request(d, method, buf_cstr(&path), body, ret_reply, err);
}

int docker_info(const struct docker *d, json_t **ret_info, struct err *err)
{
    return request(d, "GET", "/info", NULL, ret_info, err);
}

int docker_image(const struct docker *d, const char *name, json_t **ret_image, struct err *err)
{
    return request_on(d, "GET", "/images/", name, "/json", NULL, ret_image, err);
}

int docker_list(const struct docker *d, const char *label, json_t **ret_list, struct err *err)
{
    json_t *filter = json_pack("{s:[s]}", "label", label);
    cleanup_char char *text = filter ? json_dumps(filter, JSON_COMPACT) : NULL;
    json_decref(filter);
    if (!text)
        return err_set(err, -ENOMEM, "no memory for a filter");
    return request_on(d, "GET", "/containers/json?all=1&filters=", text, "", NULL, ret_list, err);
}

int docker_create(const struct docker *d, const char *name, const json_t *spec,
                  char ret_id[DOCKER_ID_MAX], struct err *err)
{
    json_t *reply = NULL;
    int r = request_on(d, "POST", "/containers/create?name=", name, "", spec, &reply, err);
    if (r < 0)
        return r;
    const char *id = json_string_value(json_object_get(reply, "Id"));
    const char *warning = json_string_value(json_array_get(json_object_get(reply, "Warnings"), 0));
    if (!id || strlen(id) >= DOCKER_ID_MAX) {
        r = err_set(err, -EPROTO, "the Docker Engine created a container without an id");
    } else if (warning) {
        docker_remove(d, id, NULL);
        r = err_set(err, -EPERM, "the Docker Engine cannot enforce a limit: %s", warning);
    } else {
        strcpy(ret_id, id);
    }
    json_decref(reply);
    return r;
}

int docker_start(const struct docker *d, const char *id, struct err *err)
{
    return request_on(d, "POST", "/containers/", id, "/start", NULL, NULL, err);
}

int docker_update(const struct docker *d, const char *id, const json_t *limits, struct err *err)
{
    return request_on(d, "POST", "/containers/", id, "/update", limits, NULL, err);
}

int docker_inspect(const struct docker *d, const char *id, json_t **ret_container, struct err *err)
{
    return request_on(d, "GET", "/containers/", id, "/json", NULL, ret_container, err);
}

int docker_remove(const struct docker *d, const char *id, struct err *err)
{
    int r = request_on(d, "DELETE", "/containers/", id, "?force=1&v=1", NULL, NULL, err);
    return r == -ENOENT || r == -EBUSY ? 0 : r; /* 409: its removal is in progress */
}

/* A connected socket to the Engine. libcurl opens it; the descriptor is duplicated, so that the
 * stream lives on without the handle. */
static int connect_only(const struct docker *d, struct err *err)
{
    cleanup_curl CURL *c = handle(d, API);
    if (!c)
        return err_set(err, -ENOMEM, "no memory for a connection to the Docker Engine");
    curl_easy_setopt(c, CURLOPT_CONNECT_ONLY, 1L);
    CURLcode code = curl_easy_perform(c);
    if (code != CURLE_OK)
        return transport_error(code, d, err);
    curl_socket_t s = CURL_SOCKET_BAD;
    if (curl_easy_getinfo(c, CURLINFO_ACTIVESOCKET, &s) != CURLE_OK || s == CURL_SOCKET_BAD)
        return err_set(err, -ENOTCONN, "libcurl yields no socket");
    int fd = fcntl(s, F_DUPFD_CLOEXEC, 0);
    return fd < 0 ? err_errno(err, errno, "duplicate the Engine's socket") : fd;
}

/* Reads until the head is whole; what follows it goes to *rest. */
static int read_head(int fd, int64_t deadline, struct http_head *ret_head, struct buf *rest,
                     struct err *err)
{
    cleanup_buf struct buf in = BUF_INIT(2 * HTTP_HEAD_MAX);
    for (;;) {
        char room[4096];
        ssize_t got = io_recv(fd, room, sizeof room);
        if (got == 0)
            return err_set(err, -ENOTCONN, "the Docker Engine closed an attach");
        if (got == -EAGAIN && io_wait(fd, POLLIN, deadline) == 0)
            return err_set(err, -ETIMEDOUT, "the Docker Engine does not answer an attach");
        if (got == -EAGAIN)
            continue;
        if (got < 0)
            return err_errno(err, (int)-got, "read from the Docker Engine");
        buf_put(&in, room, (size_t)got);
        struct http_head head = {0};
        int r = in.error ? in.error : http_head_parse(buf_view(&in), &head, err);
        if (r < 0)
            return r;
        if (r == 0)
            continue;
        *ret_head = head;
        buf_put(rest, in.data + head.length, in.len - head.length);
        return rest->error;
    }
}

int docker_attach(const struct docker *d, const char *id, int *ret_fd, struct buf *rest,
                  struct err *err)
{
    int64_t deadline = io_now_ms() + d->timeout_ms;
    cleanup_close int fd = connect_only(d, err);
    if (fd < 0)
        return fd;
    cleanup_buf struct buf ask = BUF_INIT(0);
    buf_printf(&ask,
               "POST /v1.41/containers/%s/attach?stream=1&stdin=1&stdout=1&stderr=1 HTTP/1.1\r\n"
               "Host: engine\r\nConnection: Upgrade\r\nUpgrade: tcp\r\nContent-Length: 0\r\n\r\n",
               id);
    int r = io_send(fd, buf_view(&ask), deadline, err);
    struct http_head head = {0};
    if (r == 0)
        r = read_head(fd, deadline, &head, rest, err);
    if (r < 0)
        return r;
    if (!head.upgraded)
        return status_error(head.status, buf_view(rest), err);
    *ret_fd = steal_fd(&fd);
    return 0;
}
