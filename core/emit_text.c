/* emit_text.c - lines, columns, the map, literals; see emit.h. */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "emit.h"

#define INDENT 4
/* Deeper blocks stand no further to the right, or the blanks alone would grow with the square. */
#define INDENT_MAX 24

void gb_put(struct gb_emitter *e, struct str s)
{
    struct buf *b = &e->out->cpp;
    if (b->len + s.n + 1 > b->cap || b->error) {
        buf_str(b, s);
        return;
    }
    memcpy(b->data + b->len, s.s, s.n);
    b->len += s.n;
}

void gb_put_u64(struct gb_emitter *e, uint64_t v)
{
    buf_u64(&e->out->cpp, v);
}

void gb_begin_line(struct gb_emitter *e)
{
    static const char BLANKS[INDENT * INDENT_MAX + 1] =
        "                                                                                        "
        "        ";
    uint32_t depth = e->indent < INDENT_MAX ? e->indent : INDENT_MAX;
    gb_put(e, (struct str){BLANKS, (size_t)depth * INDENT});
}

void gb_end_line(struct gb_emitter *e, struct str last)
{
    gb_put(e, last);
    gb_puts(e, "\n");
    e->line++;
    e->line_start = e->out->cpp.len;
}

/* ---- the map -------------------------------------------------------------------------------- */

static uint32_t column(const struct gb_emitter *e)
{
    return (uint32_t)(e->out->cpp.len - e->line_start) + 1;
}

static bool more_room(struct gb_emitter *e)
{
    uint32_t room = e->map_room ? 2 * e->map_room : 256;
    struct gb_range *map = arena_new_array(&e->out->arena, room, struct gb_range);
    if (!map) {
        e->error = -ENOMEM;
        return false;
    }
    if (e->out->n_map)
        memcpy(map, e->out->map, e->out->n_map * sizeof *map);
    e->out->map = map;
    e->map_room = room;
    return true;
}

uint32_t gb_open_range(struct gb_emitter *e, uint32_t node, struct str port)
{
    struct gb_emission *out = e->out;
    if (out->n_map == e->map_room && !more_room(e))
        return 0;
    out->map[out->n_map] = (struct gb_range){
        .node_id = e->g->nodes[node].id,
        .function = e->function,
        .port = port,
        .start_line = e->line,
        .start_col = column(e),
    };
    if (port.n == 0)
        e->mapped[node] = true;
    return out->n_map++;
}

void gb_close_range(struct gb_emitter *e, uint32_t range)
{
    if (e->error)
        return;
    e->out->map[range].end_line = e->line;
    e->out->map[range].end_col = column(e) - 1;
}

static void copy_range(struct gb_emitter *e, uint32_t node, struct str port, uint32_t range)
{
    uint32_t copy = gb_open_range(e, node, port);
    if (e->error)
        return;
    struct gb_range *to = &e->out->map[copy], *from = &e->out->map[range];
    to->start_line = from->start_line;
    to->start_col = from->start_col;
    to->end_line = from->end_line;
    to->end_col = from->end_col;
}

void gb_map_folded(struct gb_emitter *e, uint32_t node, uint32_t range)
{
    uint32_t n = 0;
    e->folded[n++] = node;
    while (n && !e->error) {
        const struct gb_node *below = &e->g->nodes[e->folded[--n]];
        uint32_t consumer = (uint32_t)(below - e->g->nodes);
        for (uint32_t i = 0; i < below->n_inputs; i++) {
            const struct gb_input *in = gb_input_at(e, consumer, i);
            if (in->src == GB_NIL)
                continue;
            copy_range(e, consumer, in->port, range);
            if (e->mapped[in->src] || !e->plan->fold.known[in->src])
                continue;
            copy_range(e, in->src, (struct str){0}, range);
            e->folded[n++] = in->src;
        }
    }
}

/* ---- types and constants -------------------------------------------------------------------- */

void gb_put_type(struct gb_emitter *e, struct gb_type t)
{
    static const struct str NAMES[] = {
        [GB_UNKNOWN] = {"void", 4},  [GB_VOID] = {"void", 4}, [GB_INT] = {"gb::Int", 7},
        [GB_DOUBLE] = {"double", 6}, [GB_BOOL] = {"bool", 4}, [GB_STRING] = {"gb::String", 10},
    };
    for (uint8_t i = 0; i < t.depth; i++)
        gb_puts(e, "gb::Array<");
    gb_put(e, NAMES[t.base]);
    for (uint8_t i = 0; i < t.depth; i++)
        gb_puts(e, ">");
}

static void put_int(struct gb_emitter *e, int64_t v)
{
    if (v == INT64_MIN)
        gb_puts(e, "gb::int_min");
    else
        buf_i64(&e->out->cpp, v);
}

/* Few decimals, most often: digits that give the very same double back need no search. */
static bool put_short_double(struct gb_emitter *e, double d)
{
    double scale = 1;
    for (int digits = 1; digits <= 6; digits++) {
        scale *= 10;
        double scaled = rint(d * scale);
        if (scaled >= 1e15)
            return false;
        if (scaled / scale != d)
            continue;
        uint64_t unit = (uint64_t)scale, all = (uint64_t)scaled, fraction = all % unit;
        char text[8] = ".";
        for (int i = digits; i > 0; i--, fraction /= 10)
            text[i] = (char)('0' + fraction % 10);
        gb_put_u64(e, all / unit);
        gb_put(e, (struct str){text, (size_t)digits + 1});
        return true;
    }
    return false;
}

static void put_double(struct gb_emitter *e, double d)
{
    if (isnan(d)) {
        gb_puts(e, "gb::nan");
        return;
    }
    if (signbit(d))
        gb_puts(e, "-");
    d = fabs(d);
    if (isinf(d)) {
        gb_puts(e, "gb::inf");
        return;
    }
    if (put_short_double(e, d))
        return;
    char text[32];
    int n = 0;
    for (int digits = 15; digits <= 17; digits++) {
        n = snprintf(text, sizeof text, "%.*g", digits, d);
        if (strtod(text, NULL) == d)
            break;
    }
    gb_put(e, (struct str){text, (size_t)n});
    if (!memchr(text, '.', (size_t)n) && !memchr(text, 'e', (size_t)n))
        gb_puts(e, ".0");
}

/* Letters of living scripts may stand as they are; everything that could hide or turn text may not.
 */
static bool is_plain_letter(const char *s, size_t n)
{
    const unsigned char *u = (const unsigned char *)s;
    uint32_t c = 0;
    if (n == 2)
        c = (u[0] & 31U) << 6 | (u[1] & 63U);
    else if (n == 3)
        c = (u[0] & 15U) << 12 | (u[1] & 63U) << 6 | (u[2] & 63U);
    if (n == 3 && c < 0x800)
        return false;
    return (c >= 0xA1 && c <= 0x24F && c != 0xAD) || (c >= 0x391 && c <= 0x481) ||
           (c >= 0x3041 && c <= 0x30FE) || (c >= 0x4E00 && c <= 0x9FFF) ||
           (c >= 0xAC00 && c <= 0xD7A3);
}

static size_t utf8_length(const char *s, size_t left)
{
    static const unsigned char FIRST[2] = {0xE0, 0xF0};
    unsigned char c = (unsigned char)s[0];
    size_t n = c < 0xC2 ? 0 : c < FIRST[0] ? 2 : c < FIRST[1] ? 3 : 0;
    if (n == 0 || n > left)
        return 0;
    for (size_t i = 1; i < n; i++)
        if (((unsigned char)s[i] & 0xC0) != 0x80)
            return 0;
    return n;
}

/* Octal escapes end after three digits, so what follows cannot become part of them; a second
 * question mark is escaped, so there are no trigraphs. */
static void put_escaped(struct gb_emitter *e, char c, bool after_question)
{
    unsigned char u = (unsigned char)c;
    char octal[4] = {'\\', (char)('0' + (u >> 6)), (char)('0' + (u >> 3 & 7)),
                     (char)('0' + (u & 7))};
    if (c == '\n')
        gb_puts(e, "\\n");
    else if (c == '\t')
        gb_puts(e, "\\t");
    else if (c == '"')
        gb_puts(e, "\\\"");
    else if (c == '\\')
        gb_puts(e, "\\\\");
    else if (c == '?' && after_question)
        gb_puts(e, "\\?");
    else if (u < 0x20 || u >= 0x7F)
        gb_put(e, (struct str){octal, 4});
    else
        gb_put(e, (struct str){&c, 1});
}

void gb_put_text(struct gb_emitter *e, struct str s)
{
    gb_puts(e, "\"");
    for (size_t i = 0; i < s.n; i++) {
        size_t n = utf8_length(s.s + i, s.n - i);
        if (n && is_plain_letter(s.s + i, n)) {
            gb_put(e, (struct str){s.s + i, n});
            i += n - 1;
        } else {
            put_escaped(e, s.s[i], i > 0 && s.s[i - 1] == '?');
        }
    }
    gb_puts(e, "\"");
}

/* As deep as the type, which is bounded. */
static void put_array(struct gb_emitter *e, const struct gb_value *v)
{
    struct gb_type item = {v->type.base, (uint8_t)(v->type.depth - 1)};
    gb_put_type(e, v->type);
    gb_put(e, v->array.n ? STR("({") : STR("("));
    for (uint32_t i = 0; i < v->array.n; i++) {
        struct gb_value x = v->array.items[i];
        if (i)
            gb_puts(e, ", ");
        if (item.depth == 0 && item.base == GB_DOUBLE && x.type.base == GB_INT)
            put_double(e, (double)x.i);
        else
            gb_put_value(e, &x);
    }
    gb_put(e, v->array.n ? STR("})") : STR(")"));
}

void gb_put_value(struct gb_emitter *e, const struct gb_value *v)
{
    if (v->type.depth)
        put_array(e, v);
    else if (v->type.base == GB_INT)
        put_int(e, v->i);
    else if (v->type.base == GB_DOUBLE)
        put_double(e, v->d);
    else if (v->type.base == GB_BOOL)
        gb_put(e, v->b ? STR("true") : STR("false"));
    else
        gb_put_text(e, v->s);
}
