/*
 * json.c - see json.h.
 *
 * A loop with an explicit stack of open containers, no recursion: depth is data. Each value is
 * appended to the tape when it starts; `next`, `end` and `count` of a container are set when it ends.
 */
#include "json.h"

#include "jsonw.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

#define BYTES_A_VALUE 8 /* of a usual text: how large the tape is at first */
#define SMALL_OBJECT 16 /* members up to which duplicates are looked for pairwise */

struct parser {
    struct jdoc *doc;
    const char *p, *end;
    uint32_t cap;
    uint32_t stack[JSON_DEPTH_MAX];
    unsigned depth;
    const char *problem;
    int code;
};

static int fail(struct parser *ps, const char *problem)
{
    ps->problem = problem;
    return ps->code = -EINVAL;
}

static int out_of_memory(struct parser *ps)
{
    ps->problem = "out of memory";
    return ps->code = -ENOMEM;
}

static int grow(struct parser *ps)
{
    uint32_t cap = ps->cap * 2;
    struct jval *grown = realloc(ps->doc->vals, (size_t)cap * sizeof(*grown));
    if (!grown)
        return out_of_memory(ps);
    ps->doc->vals = grown;
    ps->cap = cap;
    return 0;
}

static inline struct jval *append(struct parser *ps, enum json_type type)
{
    struct jdoc *d = ps->doc;
    if (__builtin_expect(d->n_vals == ps->cap, 0) && grow(ps))
        return NULL;
    struct jval *v = &d->vals[d->n_vals++];
    v->type = (unsigned)type & 15;
    v->count = 0;
    v->start = (uint32_t)(ps->p - d->text);
    v->next = d->n_vals;
    return v;
}

static inline void set_count(struct jval *v, size_t n)
{
    v->count = (uint32_t)n & 0xFFFFFFF;
}

static void skip_blanks(struct parser *ps)
{
    while (ps->p < ps->end && (*ps->p == ' ' || *ps->p == '\n' || *ps->p == '\t' || *ps->p == '\r'))
        ps->p++;
}

static int hex4(struct parser *ps, const char *p, uint32_t *ret)
{
    if (ps->end - p < 4)
        return fail(ps, "a \\u escape needs four hexadecimal digits");
    uint32_t code = 0;
    for (int i = 0; i < 4; i++) {
        char c = p[i];
        uint32_t digit = c >= '0' && c <= '9'   ? (uint32_t)(c - '0')
                         : c >= 'a' && c <= 'f' ? (uint32_t)(c - 'a') + 10
                         : c >= 'A' && c <= 'F' ? (uint32_t)(c - 'A') + 10
                                                : 16;
        if (digit == 16)
            return fail(ps, "a \\u escape needs four hexadecimal digits");
        code = code * 16 + digit;
    }
    *ret = code;
    return 0;
}

static size_t put_utf8(char *out, uint32_t c)
{
    if (c < 0x80) {
        out[0] = (char)c;
        return 1;
    }
    if (c < 0x800) {
        out[0] = (char)(0xC0 | c >> 6);
        out[1] = (char)(0x80 | (c & 0x3F));
        return 2;
    }
    if (c < 0x10000) {
        out[0] = (char)(0xE0 | c >> 12);
        out[1] = (char)(0x80 | (c >> 6 & 0x3F));
        out[2] = (char)(0x80 | (c & 0x3F));
        return 3;
    }
    out[0] = (char)(0xF0 | c >> 18);
    out[1] = (char)(0x80 | (c >> 12 & 0x3F));
    out[2] = (char)(0x80 | (c >> 6 & 0x3F));
    out[3] = (char)(0x80 | (c & 0x3F));
    return 4;
}

/* p stands on the 'u'; *ret_len is what the escape takes from there. */
static int unicode_escape(struct parser *ps, const char *p, uint32_t *ret_code, size_t *ret_len)
{
    uint32_t high, low;
    if (hex4(ps, p + 1, &high))
        return ps->code;
    *ret_len = 5;
    if (high >= 0xDC00 && high <= 0xDFFF)
        return fail(ps, "a \\u escape is half of a surrogate pair");
    if (high < 0xD800 || high > 0xDBFF) {
        *ret_code = high;
        return 0;
    }
    if (ps->end - p < 11 || p[5] != '\\' || p[6] != 'u')
        return fail(ps, "a \\u escape is half of a surrogate pair");
    if (hex4(ps, p + 7, &low))
        return ps->code;
    if (low < 0xDC00 || low > 0xDFFF)
        return fail(ps, "a \\u escape is half of a surrogate pair");
    *ret_code = 0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00);
    *ret_len = 11;
    return 0;
}

static int unescape(struct parser *ps, const char *from, const char *to, struct jval *v)
{
    char *out = arena_alloc(&ps->doc->strings, (size_t)(to - from) + 1);
    if (!out)
        return out_of_memory(ps);
    size_t n = 0;
    for (const char *p = from; p < to;) {
        if (*p != '\\') {
            out[n++] = *p++;
            continue;
        }
        static const char simple[] = "\"\"\\\\//b\bf\fn\nr\rt\t";
        p++;
        if (*p == 'u') {
            uint32_t code = 0;
            size_t len = 0;
            ps->p = p - 1;
            if (unicode_escape(ps, p, &code, &len))
                return ps->code;
            n += put_utf8(out + n, code);
            p += len;
            continue;
        }
        size_t i = 0;
        while (i + 1 < sizeof simple && simple[i] != *p)
            i += 2;
        if (i + 1 >= sizeof simple) {
            ps->p = p - 1;
            return fail(ps, "unknown escape in a string");
        }
        out[n++] = simple[i + 1];
        p++;
    }
    v->s = out;
    set_count(v, n);
    return 0;
}

/* The first byte that means something in a string: a quote, a backslash, a control character, or part
 * of a sequence of several bytes. */
static const char *skip_plain(const char *p, const char *end)
{
    static const bool special[256] = {
        [0 ... 0x1F] = true, ['"'] = true, ['\\'] = true, [0x80 ... 0xFF] = true};
    while (p < end && !special[(unsigned char)*p])
        p++;
    return p;
}

static int parse_string(struct parser *ps)
{
    struct jval *v = append(ps, JSON_STRING);
    if (!v)
        return ps->code;
    const char *from = ++ps->p, *p = from;
    bool escaped = false;
    for (;; p++) {
        p = skip_plain(p, ps->end);
        if (p >= ps->end)
            return ps->p = ps->end, fail(ps, "a string does not end");
        unsigned char c = (unsigned char)*p;
        if (c == '"')
            break;
        if (c == '\\') {
            escaped = true;
            p++;
        } else if (c < 0x20) {
            return ps->p = p, fail(ps, "a control character stands unescaped in a string");
        } else {
            size_t len = utf8_sequence(p, (size_t)(ps->end - p));
            if (!len)
                return ps->p = p, fail(ps, "the text is not valid UTF-8");
            p += len - 1;
        }
    }
    if (escaped) {
        if (unescape(ps, from, p, v))
            return ps->code;
    } else {
        v->s = from;
        set_count(v, (size_t)(p - from));
    }
    ps->p = p + 1;
    v->end = (uint32_t)(ps->p - ps->doc->text);
    return 0;
}

static const char *skip_digits(const char *p, const char *end)
{
    while (p < end && *p >= '0' && *p <= '9')
        p++;
    return p;
}

static void set_integer(struct jval *v, const char *p, const char *to)
{
    bool negative = *p == '-';
    uint64_t magnitude = 0;
    for (p += negative; p < to; p++)
        if (__builtin_mul_overflow(magnitude, 10U, &magnitude) ||
            __builtin_add_overflow(magnitude, (uint64_t)(*p - '0'), &magnitude)) {
            v->type = JSON_HUGE;
            return;
        }
    if (magnitude > (uint64_t)INT64_MAX + negative)
        v->type = JSON_HUGE;
    else
        v->i = negative ? (int64_t)(0 - magnitude) : (int64_t)magnitude;
}

static int set_real(struct parser *ps, struct jval *v, const char *from, const char *to)
{
    char small[64];
    size_t n = (size_t)(to - from);
    char *text = n < sizeof small ? small : malloc(n + 1);
    if (!text)
        return out_of_memory(ps);
    memcpy(text, from, n);
    text[n] = '\0';
    v->d = strtod(text, NULL);
    if (text != small)
        free(text);
    if (!isfinite(v->d))
        v->type = JSON_HUGE;
    return 0;
}

static int parse_number(struct parser *ps)
{
    const char *from = ps->p, *p = from + (*from == '-');
    const char *digits = p;
    p = skip_digits(p, ps->end);
    if (p == digits || (*digits == '0' && p - digits > 1))
        return fail(ps, "not a number as JSON writes it");
    bool real = false;
    if (p < ps->end && *p == '.') {
        const char *fraction = ++p;
        real = true;
        if ((p = skip_digits(p, ps->end)) == fraction)
            return fail(ps, "a number's fraction has no digits");
    }
    if (p < ps->end && (*p == 'e' || *p == 'E')) {
        p++;
        if (p < ps->end && (*p == '+' || *p == '-'))
            p++;
        const char *exponent = p;
        real = true;
        if ((p = skip_digits(p, ps->end)) == exponent)
            return fail(ps, "a number's exponent has no digits");
    }
    struct jval *v = append(ps, real ? JSON_REAL : JSON_INT);
    if (!v)
        return ps->code;
    if (real && set_real(ps, v, from, p))
        return ps->code;
    if (!real)
        set_integer(v, from, p);
    ps->p = p;
    v->end = (uint32_t)(p - ps->doc->text);
    return 0;
}

static int parse_word(struct parser *ps)
{
    static const struct {
        struct str text;
        enum json_type type;
        bool b;
    } words[] = {{{"true", 4}, JSON_BOOL, true},
                 {{"false", 5}, JSON_BOOL, false},
                 {{"null", 4}, JSON_NULL, false}};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        size_t n = words[i].text.n;
        if ((size_t)(ps->end - ps->p) < n || memcmp(ps->p, words[i].text.s, n) != 0)
            continue;
        struct jval *v = append(ps, words[i].type);
        if (!v)
            return ps->code;
        v->b = words[i].b;
        ps->p += n;
        v->end = (uint32_t)(ps->p - ps->doc->text);
        return 0;
    }
    return fail(ps, "a value was expected");
}

static void note_duplicate(struct jdoc *d, uint32_t key)
{
    if (d->n_duplicates < JSON_DUPLICATES_MAX)
        d->duplicates[d->n_duplicates++] = key;
}

static void find_duplicates_small(struct jdoc *d, uint32_t object)
{
    uint32_t keys[SMALL_OBJECT], n = 0;
    for (uint32_t k = object + 1; k < d->vals[object].next; k = d->vals[k + 1].next) {
        for (uint32_t i = 0; i < n; i++)
            if (str_eq(jdoc_str(d, keys[i]), jdoc_str(d, k))) {
                note_duplicate(d, k);
                break;
            }
        keys[n++] = k;
    }
}

static int by_key(const void *a, const void *b, void *doc)
{
    struct str x = jdoc_str(doc, *(const uint32_t *)a), y = jdoc_str(doc, *(const uint32_t *)b);
    size_t n = x.n < y.n ? x.n : y.n;
    int order = n ? memcmp(x.s, y.s, n) : 0;
    if (order)
        return order;
    if (x.n != y.n)
        return x.n < y.n ? -1 : 1;
    return *(const uint32_t *)a < *(const uint32_t *)b ? -1 : 1;
}

static int find_duplicates_large(struct parser *ps, uint32_t object)
{
    struct jdoc *d = ps->doc;
    uint32_t *keys = malloc(d->vals[object].count * sizeof *keys), n = 0;
    if (!keys)
        return out_of_memory(ps);
    for (uint32_t k = object + 1; k < d->vals[object].next; k = d->vals[k + 1].next)
        keys[n++] = k;
    qsort_r(keys, n, sizeof *keys, by_key, d);
    for (uint32_t i = 1; i < n; i++)
        if (str_eq(jdoc_str(d, keys[i - 1]), jdoc_str(d, keys[i])))
            note_duplicate(d, keys[i]);
    free(keys);
    return 0;
}

static int open_container(struct parser *ps, enum json_type type)
{
    if (ps->depth == JSON_DEPTH_MAX) {
        ps->problem = "nested deeper than 64 levels";
        return ps->code = -E2BIG;
    }
    if (!append(ps, type))
        return ps->code;
    ps->stack[ps->depth++] = ps->doc->n_vals - 1;
    ps->p++;
    return 0;
}

static int close_container(struct parser *ps)
{
    struct jdoc *d = ps->doc;
    uint32_t at = ps->stack[--ps->depth];
    ps->p++;
    d->vals[at].end = (uint32_t)(ps->p - d->text);
    d->vals[at].next = d->n_vals;
    if (d->vals[at].type != JSON_OBJECT || d->vals[at].count < 2)
        return 0;
    if (d->vals[at].count > SMALL_OBJECT)
        return find_duplicates_large(ps, at);
    find_duplicates_small(d, at);
    return 0;
}

static int parse_key(struct parser *ps)
{
    if (ps->p >= ps->end || *ps->p != '"')
        return fail(ps, "a member's name in quotes was expected");
    if (parse_string(ps))
        return ps->code;
    skip_blanks(ps);
    if (ps->p >= ps->end || *ps->p != ':')
        return fail(ps, "':' was expected after a member's name");
    ps->p++;
    skip_blanks(ps);
    return 0;
}

/* One value; a container is only opened. *ret_opened says so. */
static int parse_value(struct parser *ps, bool *ret_opened)
{
    *ret_opened = false;
    if (ps->p >= ps->end)
        return fail(ps, "the text ends where a value was expected");
    switch (*ps->p) {
    case '{':
        *ret_opened = true;
        return open_container(ps, JSON_OBJECT);
    case '[':
        *ret_opened = true;
        return open_container(ps, JSON_ARRAY);
    case '"':
        return parse_string(ps);
    case '-':
    case '0' ... '9':
        return parse_number(ps);
    default:
        return parse_word(ps);
    }
}

/* Between two values: closes what ends here, eats one comma. *ret_done when the root has ended. */
static int parse_between(struct parser *ps, bool opened, bool *ret_done)
{
    for (;;) {
        skip_blanks(ps);
        *ret_done = ps->depth == 0;
        if (*ret_done)
            return 0;
        struct jval *top = &ps->doc->vals[ps->stack[ps->depth - 1]];
        bool object = top->type == JSON_OBJECT;
        if (ps->p >= ps->end)
            return fail(ps, object ? "an object does not end" : "an array does not end");
        if (*ps->p == (object ? '}' : ']') && (opened || top->count)) {
            if (close_container(ps))
                return ps->code;
            opened = false;
            continue;
        }
        if (!opened && top->count) {
            if (*ps->p != ',')
                return fail(ps, object ? "',' or '}' was expected" : "',' or ']' was expected");
            ps->p++;
            skip_blanks(ps);
        }
        top->count++;
        return object ? parse_key(ps) : 0;
    }
}

static int parse_text(struct parser *ps)
{
    skip_blanks(ps);
    for (bool done = false, opened; !done;) {
        if (parse_value(ps, &opened) || parse_between(ps, opened, &done))
            return ps->code;
    }
    if (ps->p != ps->end)
        return fail(ps, "something follows the JSON value");
    return 0;
}

int jdoc_parse(struct jdoc *doc, const char *text, size_t len, struct json_where *ret_where,
               struct err *err)
{
    *doc = (struct jdoc){.text = text, .len = len};
    struct parser ps = {.doc = doc, .p = text, .end = text + len};
    if (len > JSON_BYTES_MAX)
        return err_set(err, -E2BIG, "the JSON text is over 256 MiB");
    ps.cap = (uint32_t)(len / BYTES_A_VALUE) + 16;
    doc->vals = malloc(ps.cap * sizeof(*doc->vals));
    if (!doc->vals)
        return err_set(err, -ENOMEM, "out of memory");
    if (!parse_text(&ps))
        return 0;
    struct json_where where = jdoc_where(doc, (size_t)(ps.p - text));
    if (ret_where)
        *ret_where = where;
    return err_set(err, ps.code, "%s (line %u, column %u)", ps.problem, where.line, where.col);
}

void jdoc_free(struct jdoc *doc)
{
    if (!doc)
        return;
    free(doc->vals);
    arena_free(&doc->strings);
    *doc = (struct jdoc){0};
}

uint32_t jdoc_get(const struct jdoc *d, uint32_t obj, const char *key)
{
    uint32_t found = JSON_NONE;
    size_t n = strlen(key);
    if (!jdoc_is(d, obj, JSON_OBJECT)) /* an array's values are no keys: their `s` means nothing */
        return JSON_NONE;
    for (uint32_t k = jdoc_first(d, obj); k != JSON_NONE; k = jdoc_next(d, obj, k))
        if (d->vals[k].count == n && memcmp(d->vals[k].s, key, n) == 0)
            found = k + 1;
    return found;
}

uint32_t jdoc_first(const struct jdoc *d, uint32_t container)
{
    const struct jval *v = jdoc_at(d, container);
    bool holds = v && (v->type == JSON_ARRAY || v->type == JSON_OBJECT) && v->count;
    return holds ? container + 1 : JSON_NONE;
}

uint32_t jdoc_next(const struct jdoc *d, uint32_t container, uint32_t it)
{
    uint32_t value = it + (d->vals[container].type == JSON_OBJECT);
    uint32_t next = d->vals[value].next;
    return next < d->vals[container].next ? next : JSON_NONE;
}

static void pointer_step(struct buf *out, struct str key)
{
    buf_putc(out, '/');
    for (size_t i = 0; i < key.n; i++) {
        if (key.s[i] == '~')
            buf_puts(out, "~0");
        else if (key.s[i] == '/')
            buf_puts(out, "~1");
        else
            buf_putc(out, key.s[i]);
    }
}

void jdoc_pointer(const struct jdoc *d, uint32_t v, struct buf *out)
{
    if (v >= d->n_vals)
        return;
    for (uint32_t at = 0; at != v;) {
        bool object = d->vals[at].type == JSON_OBJECT;
        uint32_t it = jdoc_first(d, at), position = 0;
        while (it != JSON_NONE && d->vals[it + object].next <= v) {
            it = jdoc_next(d, at, it);
            position++;
        }
        if (it == JSON_NONE)
            return;
        if (object) {
            pointer_step(out, jdoc_str(d, it));
            if (it == v) /* a key: the pointer of its member */
                return;
            at = it + 1;
        } else {
            buf_putc(out, '/');
            buf_u64(out, position);
            at = it;
        }
    }
}

struct json_where jdoc_where(const struct jdoc *d, size_t offset)
{
    struct json_where where = {.offset = offset, .line = 1, .col = 1};
    for (size_t i = 0; i < offset && i < d->len; i++) {
        where.col++;
        if (d->text[i] == '\n') {
            where.line++;
            where.col = 1;
        }
    }
    return where;
}

const char *json_type_name(uint32_t type)
{
    static const char *const names[] = {
        [JSON_NULL] = "null",          [JSON_BOOL] = "a boolean",
        [JSON_INT] = "an integer",     [JSON_HUGE] = "a number out of range",
        [JSON_REAL] = "a real number", [JSON_STRING] = "a string",
        [JSON_ARRAY] = "an array",     [JSON_OBJECT] = "an object",
    };
    return type < sizeof names / sizeof names[0] ? names[type] : "nothing";
}
