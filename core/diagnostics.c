/* diagnostics.c - g++'s own JSON diagnostics, mapped to the graph; see gb.h. */
#include <errno.h>

#include "gb.h"

/* A flood of errors is cut here; the first ones say what is wrong. */
#define MAX_DIAGNOSTICS 100

struct reader {
    const struct gb_emission *emission; /* NULL: nothing is mapped */
    struct str file_name;
    struct arena *arena;
    struct gb_diagnostic *all;
    uint32_t n;
    const struct jdoc *doc;
};

struct spot {
    struct str file;
    uint32_t line, col, end_line, end_col;
};

/* ---- places in the text --------------------------------------------------------------------- */

static uint32_t number(const struct jdoc *d, uint32_t object, const char *key)
{
    const struct jval *v = jdoc_at(d, jdoc_get(d, object, key));
    bool fits = v && v->type == JSON_INT && v->i > 0 && v->i <= UINT32_MAX;
    return fits ? (uint32_t)v->i : 0;
}

/* One of "locations": the caret, and where the underlined text ends. */
static struct spot read_spot(const struct jdoc *d, uint32_t location)
{
    uint32_t caret = jdoc_get(d, location, "caret"), finish = jdoc_get(d, location, "finish");
    struct spot s = {
        .file = jdoc_str(d, jdoc_get(d, caret, "file")),
        .line = number(d, caret, "line"),
        .col = number(d, caret, "byte-column"),
    };
    bool ends = finish != JSON_NONE;
    s.end_line = ends ? number(d, finish, "line") : s.line;
    s.end_col = ends ? number(d, finish, "byte-column") : s.col;
    return s;
}

/* "main.cpp", or a path that ends in it. */
static bool is_our_file(const struct reader *r, struct str file)
{
    struct str ours = r->file_name;
    if (file.n < ours.n || memcmp(file.s + file.n - ours.n, ours.s, ours.n) != 0)
        return false;
    return file.n == ours.n || file.s[file.n - ours.n - 1] == '/';
}

static bool holds(const struct gb_range *r, uint32_t line, uint32_t col)
{
    bool begins = line > r->start_line || (line == r->start_line && col >= r->start_col);
    bool ends = line < r->end_line || (line == r->end_line && col <= r->end_col);
    return begins && ends;
}

/* Lines first: any range within one line is narrower than one over several. */
static uint64_t width(const struct gb_range *r)
{
    uint64_t lines = r->end_line - r->start_line;
    return lines ? lines << 32 : (uint64_t)(r->end_col - r->start_col);
}

/* The narrowest range; of equal ones a port's, which says more. NULL for none. */
static const struct gb_range *narrowest(const struct reader *r, const struct spot *s)
{
    const struct gb_range *best = NULL;
    if (!r->emission || !is_our_file(r, s->file))
        return NULL;
    for (uint32_t i = 0; i < r->emission->n_map; i++) {
        const struct gb_range *x = &r->emission->map[i];
        if (x->start_line > s->line)
            break;
        if (!holds(x, s->line, s->col))
            continue;
        bool better = !best || width(x) < width(best) ||
                      (width(x) == width(best) && x->port.n && !best->port.n);
        if (better)
            best = x;
    }
    return best;
}

/* ---- one diagnostic ------------------------------------------------------------------------- */

/* The first location, of the diagnostic or of the notes below it, that falls on a node: an error
 * inside a header is explained by the line that led there. As deep as the JSON, which is bounded.
 */
static const struct gb_range *find_range(const struct reader *r, uint32_t v)
{
    const struct jdoc *d = r->doc;
    const struct gb_range *found = NULL;
    uint32_t list = jdoc_get(d, v, "locations"), children = jdoc_get(d, v, "children");
    for (uint32_t it = jdoc_first(d, list); it != JSON_NONE && !found;
         it = jdoc_next(d, list, it)) {
        struct spot s = read_spot(d, it);
        found = narrowest(r, &s);
    }
    for (uint32_t it = jdoc_first(d, children); it != JSON_NONE && !found;
         it = jdoc_next(d, children, it))
        found = find_range(r, it);
    return found;
}

/* A copy in the arena; .s NULL without memory. */
static struct str keep(struct reader *r, struct str s)
{
    return arena_str(r->arena, s);
}

static int add(struct reader *r, struct gb_diagnostic d)
{
    if (r->n == MAX_DIAGNOSTICS)
        return 0;
    d.file = keep(r, d.file);
    d.kind = keep(r, d.kind);
    d.message = keep(r, d.message);
    d.option = keep(r, d.option);
    if (!d.file.s || !d.kind.s || !d.message.s || !d.option.s)
        return -ENOMEM;
    r->all[r->n++] = d;
    return 0;
}

static int add_object(struct reader *r, uint32_t v)
{
    const struct jdoc *doc = r->doc;
    uint32_t locations = jdoc_get(doc, v, "locations");
    uint32_t first = jdoc_first(doc, locations);
    struct spot s = read_spot(doc, first);
    const struct gb_range *range = find_range(r, v);
    struct gb_diagnostic d = {
        .file = s.file,
        .kind = jdoc_str(doc, jdoc_get(doc, v, "kind")),
        .message = jdoc_str(doc, jdoc_get(doc, v, "message")),
        .option = jdoc_str(doc, jdoc_get(doc, v, "option")),
        .line = s.line,
        .col = s.col,
        .end_line = s.end_line,
        .end_col = s.end_col,
    };
    if (range) {
        d.node_id = range->node_id;
        d.function = range->function;
        d.port = range->port;
    }
    return add(r, d);
}

/* ---- the text ------------------------------------------------------------------------------- */

/* A line that is a JSON array is g++'s. 0: it was one; -EINVAL: it is something else. */
static int add_line(struct reader *r, struct str line)
{
    struct jdoc doc = {0};
    if (line.n == 0 || line.s[0] != '[')
        return -EINVAL;
    int e = jdoc_parse(&doc, line.s, line.n, NULL, NULL);
    if (e == 0 && !jdoc_is(&doc, 0, JSON_ARRAY))
        e = -EINVAL;
    r->doc = &doc;
    for (uint32_t it = e ? JSON_NONE : jdoc_first(&doc, 0); it != JSON_NONE && !e;
         it = jdoc_next(&doc, 0, it))
        e = jdoc_is(&doc, it, JSON_OBJECT) ? add_object(r, it) : 0;
    r->doc = NULL;
    jdoc_free(&doc);
    return e == -E2BIG ? -EINVAL : e;
}

static struct str trim(struct str s)
{
    while (s.n && (s.s[s.n - 1] == '\n' || s.s[s.n - 1] == ' '))
        s.n--;
    return s;
}

/* What is no JSON, such as the linker's words, becomes one error. */
static int add_rest(struct reader *r, struct str rest)
{
    struct str text = trim(rest);
    if (text.n == 0)
        return 0;
    return add(r, (struct gb_diagnostic){.kind = STR("error"), .message = text});
}

int gb_diagnostics(struct str gcc_json, const char *file_name, const struct gb_emission *e,
                   struct arena *arena, struct gb_diagnostic **ret, uint32_t *ret_n)
{
    struct reader r = {
        .emission = e,
        .file_name = str_c(file_name),
        .arena = arena,
        .all = arena_new_array(arena, MAX_DIAGNOSTICS, struct gb_diagnostic),
    };
    struct buf rest = BUF_INIT(0);
    int error = r.all ? 0 : -ENOMEM;
    while (gcc_json.n && !error) {
        const char *end = memchr(gcc_json.s, '\n', gcc_json.n);
        size_t n = end ? (size_t)(end - gcc_json.s) : gcc_json.n;
        error = add_line(&r, (struct str){gcc_json.s, n});
        if (error == -EINVAL) {
            buf_put(&rest, gcc_json.s, n);
            buf_putc(&rest, '\n');
            error = rest.error;
        }
        n += end != NULL;
        gcc_json = (struct str){gcc_json.s + n, gcc_json.n - n};
    }
    if (!error)
        error = add_rest(&r, buf_view(&rest));
    buf_free(&rest);
    if (error)
        return error;
    *ret = r.all;
    *ret_n = r.n;
    return 0;
}
