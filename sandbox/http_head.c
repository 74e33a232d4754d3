/* http_head.c - see http_head.h. */
#include "http_head.h"

#include <ctype.h>
#include <errno.h>
#include <strings.h>

/* The next line without its CRLF, taken off *rest; false when there is no whole line. */
static bool take_line(struct str *rest, struct str *ret_line)
{
    const char *end = rest->n ? memchr(rest->s, '\n', rest->n) : NULL;
    if (!end)
        return false;
    size_t n = (size_t)(end - rest->s);
    *ret_line = (struct str){rest->s, n && rest->s[n - 1] == '\r' ? n - 1 : n};
    *rest = (struct str){end + 1, rest->n - n - 1};
    return true;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* "HTTP/1.1 101 UPGRADED" */
static int status_of(struct str line)
{
    if (line.n < 12 || memcmp(line.s, "HTTP/1.", 7) != 0 || !is_digit(line.s[7]) ||
        line.s[8] != ' ' || !is_digit(line.s[9]) || !is_digit(line.s[10]) || !is_digit(line.s[11]))
        return -1;
    if (line.n > 12 && line.s[12] != ' ')
        return -1;
    return (line.s[9] - '0') * 100 + (line.s[10] - '0') * 10 + (line.s[11] - '0');
}

static struct str trim(struct str v)
{
    while (v.n && (v.s[0] == ' ' || v.s[0] == '\t'))
        v.s++, v.n--;
    while (v.n && (v.s[v.n - 1] == ' ' || v.s[v.n - 1] == '\t'))
        v.n--;
    return v;
}

static bool same(struct str v, const char *word)
{
    return v.n == strlen(word) && strncasecmp(v.s, word, v.n) == 0;
}

/* A length in decimal digits; -1 when it is none or beyond any body of ours. */
static int64_t length_of(struct str v)
{
    int64_t n = 0;
    if (!v.n || v.n > 12)
        return -1;
    for (size_t i = 0; i < v.n; i++) {
        if (!is_digit(v.s[i]))
            return -1;
        n = n * 10 + (v.s[i] - '0');
    }
    return n;
}

static int field(struct str line, struct http_head *head, struct err *err)
{
    const char *colon = memchr(line.s, ':', line.n);
    if (!colon || colon == line.s)
        return err_set(err, -EPROTO, "a line of the response's head is no field");
    struct str name = {line.s, (size_t)(colon - line.s)};
    struct str value = trim((struct str){colon + 1, line.n - name.n - 1});
    for (size_t i = 0; i < name.n; i++)
        if (!isgraph((unsigned char)name.s[i]))
            return err_set(err, -EPROTO, "a field's name holds a byte 0x%02x",
                           (unsigned char)name.s[i]);
    if (same(name, "upgrade"))
        head->upgraded = same(value, "tcp");
    if (same(name, "content-length") && (head->body = length_of(value)) < 0)
        return err_set(err, -EPROTO, "a Content-Length that is no length");
    return 0;
}

int http_head_parse(struct str bytes, struct http_head *ret_head, struct err *err)
{
    struct str rest = {bytes.s, bytes.n < HTTP_HEAD_MAX ? bytes.n : HTTP_HEAD_MAX}, line;
    struct http_head head = {.body = -1};
    bool first = true;
    while (take_line(&rest, &line)) {
        if (!first && line.n == 0) {
            head.length = (size_t)(rest.s - bytes.s);
            head.upgraded = head.upgraded && head.status == 101;
            *ret_head = head;
            return 1;
        }
        if (first && (head.status = status_of(line)) < 0)
            return err_set(err, -EPROTO, "the response does not begin with a status line");
        int r = first ? 0 : field(line, &head, err);
        if (r < 0)
            return r;
        first = false;
    }
    if (bytes.n >= HTTP_HEAD_MAX)
        return err_set(err, -EPROTO, "the response's head exceeds %d bytes", HTTP_HEAD_MAX);
    return 0;
}
