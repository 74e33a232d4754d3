/*
 * report.c - errors and warnings: how they are started, what they suggest, how they are written.
 *
 * All of this is off the hot path, but not off an attacker's: past the cap nothing is formatted,
 * and a search for the nearest name has a budget.
 */
#include "front.h"

#include "base/jsonw.h"

#include <stdio.h>

#define MESSAGE_MAX 600        /* bytes; names in it are at most GB_MAX_IDENTIFIER long */
#define GUESS_LENGTH_MAX 64    /* names longer than this are not compared */
#define GUESS_CELLS (1U << 17) /* of work for one suggestion */

/* ---- codes ---------------------------------------------------------------------------------- */

const char *gb_code_name(enum gb_code code)
{
    static const char *const names[] = {
#define ERROR(code, ...) [GB_E_##code] = #code,
#include "errors.def"
#undef ERROR
    };
    return code < GB_E_COUNT ? names[code] : "unknown";
}

/* ---- complaining ---------------------------------------------------------------------------- */

static struct str pointer_of(struct gb_front *f, uint32_t jval)
{
    cleanup_buf struct buf b = BUF_INIT(4096);
    jdoc_pointer(f->doc, jval, &b);
    return arena_str(&f->report->arena, buf_view(&b));
}

__attribute__((format(printf, 2, 0))) static struct str message_of(struct gb_front *f,
                                                                   const char *fmt, va_list ap)
{
    char text[MESSAGE_MAX];
    int n = vsnprintf(text, sizeof text, fmt, ap);
    if (n < 0)
        return STR("");
    size_t len = (size_t)n < sizeof text ? (size_t)n : sizeof text - 1;
    return arena_str(&f->report->arena, (struct str){text, len});
}

static void fill(struct gb_front *f, struct gb_error *e, enum gb_code code,
                 const struct gb_graph *graph, uint32_t node, uint32_t jval)
{
    const struct gb_node *n = graph && node < graph->n_nodes ? &graph->nodes[node] : NULL;
    if (jval == JSON_NONE)
        jval = n ? n->jval : graph && graph->func ? graph->func->jval : f->ir;
    *e = (struct gb_error){.code = code,
                           .node = n ? n->id : STR(""),
                           .function = graph && graph->func ? graph->func->name : STR(""),
                           .jval = jval,
                           .pointer = pointer_of(f, jval)};
}

struct gb_error *gb_complain(struct gb_front *f, enum gb_code code, const struct gb_graph *graph,
                             uint32_t node, uint32_t jval, const char *fmt, ...)
{
    struct gb_report *r = f->report;
    if (f->stop && r->n_errors) { /* an exceeded limit stands alone */
        f->scratch = (struct gb_error){.code = code};
        return &f->scratch;
    }
    if (r->n_errors == GB_MAX_ERRORS) {
        r->n_suppressed++;
        f->scratch = (struct gb_error){.code = code};
        return &f->scratch;
    }
    struct gb_error *e = &r->errors[r->n_errors++];
    fill(f, e, code, graph, node, jval);
    va_list ap;
    va_start(ap, fmt);
    e->message = message_of(f, fmt, ap);
    va_end(ap);
    return e;
}

struct gb_error *gb_warn(struct gb_front *f, enum gb_code code, const struct gb_graph *graph,
                         uint32_t node, uint32_t jval, const char *fmt, ...)
{
    struct gb_report *r = f->report;
    if (r->n_warnings == GB_MAX_ERRORS) {
        f->scratch = (struct gb_error){.code = code};
        return &f->scratch;
    }
    struct gb_error *e = &r->warnings[r->n_warnings++];
    fill(f, e, code, graph, node, jval);
    va_list ap;
    va_start(ap, fmt);
    e->message = message_of(f, fmt, ap);
    va_end(ap);
    return e;
}

/* Copies of what an error names: parts of it were made for the program and end with it. */
static void keep_error(struct arena *a, struct gb_error *e)
{
    struct str *members[] = {&e->node,     &e->function, &e->port,           &e->from,
                             &e->expected, &e->actual,   &e->suggested_cast, &e->suggestion};
    for (size_t i = 0; i < sizeof members / sizeof members[0]; i++)
        if (members[i]->n)
            *members[i] = arena_str(a, *members[i]);
    struct str *ports = arena_new_array(a, e->n_valid_ports, struct str);
    if (!ports)
        e->n_valid_ports = 0;
    for (uint32_t i = 0; i < e->n_valid_ports; i++)
        ports[i] = arena_str(a, e->valid_ports[i]);
    e->valid_ports = ports;
}

void gb_report_keep(struct gb_report *r)
{
    for (uint32_t i = 0; i < r->n_errors; i++)
        keep_error(&r->arena, &r->errors[i]);
    for (uint32_t i = 0; i < r->n_warnings; i++)
        keep_error(&r->arena, &r->warnings[i]);
}

/* ---- did you mean --------------------------------------------------------------------------- */

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
}

/* Edits (insert, delete, replace, swap neighbours) between two names, letters' case apart. */
static uint32_t edits(struct str a, struct str b)
{
    uint8_t rows[3][GUESS_LENGTH_MAX + 1];
    uint8_t *before = rows[0], *last = rows[1], *row = rows[2];
    for (size_t j = 0; j <= b.n; j++)
        last[j] = (uint8_t)j;
    for (size_t i = 1; i <= a.n; i++) {
        row[0] = (uint8_t)i;
        for (size_t j = 1; j <= b.n; j++) {
            char x = lower(a.s[i - 1]), y = lower(b.s[j - 1]);
            unsigned best = last[j - 1] + (x == y ? 0U : 1U);
            if (last[j] + 1U < best)
                best = last[j] + 1U;
            if (row[j - 1] + 1U < best)
                best = row[j - 1] + 1U;
            if (i > 1 && j > 1 && x == lower(b.s[j - 2]) && y == lower(a.s[i - 2]) &&
                before[j - 2] + 1U < best)
                best = before[j - 2] + 1U;
            row[j] = (uint8_t)best;
        }
        uint8_t *free_row = before;
        before = last;
        last = row;
        row = free_row;
    }
    return last[b.n];
}

void gb_guess_try(struct gb_guess *g, struct str name)
{
    size_t n = g->wrong.n, most = n / 3 ? n / 3 : n > 1;
    size_t apart = n > name.n ? n - name.n : name.n - n;
    if (!n || n > GUESS_LENGTH_MAX || name.n > GUESS_LENGTH_MAX || apart > most ||
        g->tried > GUESS_CELLS)
        return;
    g->tried += (uint32_t)(n * name.n);
    uint32_t distance = edits(g->wrong, name);
    if (distance <= most && distance < g->distance) {
        g->distance = distance;
        g->best = name;
    }
}

struct str gb_nearest(struct str wrong, const struct str *names, uint32_t n)
{
    struct gb_guess g = GB_GUESS(wrong);
    for (uint32_t i = 0; i < n; i++)
        gb_guess_try(&g, names[i]);
    return g.best;
}

/* ---- writing -------------------------------------------------------------------------------- */

static void member(struct jsonw *w, const char *key, struct str v)
{
    if (v.n)
        jw_kstr(w, key, v);
}

static void error_json(const struct gb_error *e, struct jsonw *w)
{
    jw_open(w, '{');
    jw_kcstr(w, "code", gb_code_name(e->code));
    jw_kstr(w, "message", e->message);
    member(w, "node", e->node);
    member(w, "function", e->function);
    member(w, "port", e->port);
    member(w, "from", e->from);
    jw_kstr(w, "pointer", e->pointer);
    member(w, "expected", e->expected);
    member(w, "actual", e->actual);
    if (e->n_valid_ports) {
        jw_key(w, "valid_ports");
        jw_open(w, '[');
        for (uint32_t i = 0; i < e->n_valid_ports; i++)
            jw_str(w, e->valid_ports[i]);
        jw_close(w, ']');
    }
    member(w, "suggested_cast", e->suggested_cast);
    member(w, "suggestion", e->suggestion);
    jw_close(w, '}');
}

void gb_report_json(const struct gb_error *errors, uint32_t n, struct jsonw *w)
{
    jw_open(w, '[');
    for (uint32_t i = 0; i < n; i++)
        error_json(&errors[i], w);
    jw_close(w, ']');
}

void gb_report_free(struct gb_report *r)
{
    arena_free(&r->arena);
    r->n_errors = r->n_warnings = r->n_suppressed = 0;
}
