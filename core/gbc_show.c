/* gbc_show.c - what is wrong, shown to a person: where it stands in the JSON, and how to mend it.
 */
#include "gbc.h"

#include <stdarg.h>

#define EXCERPT_MAX 100 /* columns of a line that are shown; a document may be one long line */
#define EXCERPT_BEFORE 40

enum paint { PLAIN, BOLD, RED, YELLOW, GREEN };

static const char *paint(const struct gbc *c, enum paint p)
{
    static const char *const CODES[] = {"\033[0m", "\033[1m", "\033[1;31m", "\033[1;33m",
                                        "\033[1;32m"};
    return c->colour ? CODES[p] : "";
}

static const char *shown_path(const struct gbc *c)
{
    return c->path && strcmp(c->path, "-") != 0 ? c->path : "<stdin>";
}

void gbc_complain(const struct gbc *c, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    fprintf(stderr, "%sgbc:%s ", paint(c, BOLD), paint(c, PLAIN));
    vfprintf(stderr, fmt, ap);
    fputc('\n', stderr);
    va_end(ap);
}

/* A byte of the document as it may reach a terminal. */
static void put_shown(char ch)
{
    fputc((unsigned char)ch < ' ' || ch == 0x7f ? ' ' : ch, stderr);
}

static bool continues_character(char ch)
{
    return ((unsigned char)ch & 0xc0) == 0x80;
}

/* The line around `offset` and, below it, a caret and tildes under `length` bytes. */
static void show_excerpt(const struct gbc *c, size_t offset, size_t length)
{
    const char *text = c->text.data;
    size_t start = offset, end = offset;
    while (start > 0 && text[start - 1] != '\n' && offset - start < EXCERPT_BEFORE)
        start--;
    while (start < offset && continues_character(text[start]))
        start++;
    while (end < c->text.len && text[end] != '\n' && end - start < EXCERPT_MAX)
        end++;
    fputs("    ", stderr);
    for (size_t i = start; i < end; i++)
        put_shown(text[i]);
    fputs("\n    ", stderr);
    for (size_t i = start; i < offset; i++)
        if (!continues_character(text[i]))
            fputc(' ', stderr);
    fprintf(stderr, "%s^", paint(c, GREEN));
    for (size_t i = offset + 1; i < end && i < offset + length; i++)
        if (!continues_character(text[i]))
            fputc('~', stderr);
    fprintf(stderr, "%s\n", paint(c, PLAIN));
}

static void show_heading(const struct gbc *c, struct json_where where, const char *kind,
                         enum paint colour)
{
    fprintf(stderr, "%s%s:%u:%u: %s%s:%s ", paint(c, BOLD), shown_path(c), where.line, where.col,
            paint(c, colour), kind, paint(c, PLAIN));
}

void gbc_show_syntax(const struct gbc *c, struct json_where where, const char *code,
                     const char *message)
{
    show_heading(c, where, "error", RED);
    fprintf(stderr, "%s [%s]\n", message, code);
    show_excerpt(c, where.offset, 1);
}

static void show_member(const char *name, struct str value)
{
    if (value.n)
        fprintf(stderr, "  %s: %.*s\n", name, STR_ARG(value));
}

static void show_ports(const struct gb_error *e)
{
    if (!e->n_valid_ports)
        return;
    fputs("  valid ports:", stderr);
    for (uint32_t i = 0; i < e->n_valid_ports; i++)
        fprintf(stderr, "%s %.*s", i ? "," : "", STR_ARG(e->valid_ports[i]));
    fputc('\n', stderr);
}

static void show_place(const struct gb_error *e)
{
    if (e->node.n)
        fprintf(stderr, "  node: %.*s%s%.*s%s%.*s\n", STR_ARG(e->node), e->port.n ? ", port " : "",
                STR_ARG(e->port), e->function.n ? ", in function " : "", STR_ARG(e->function));
    show_member("pointer", e->pointer);
}

void gbc_show_error(const struct gbc *c, const struct gb_error *e, bool warning)
{
    const struct jval *v = jdoc_at(&c->doc, e->jval);
    size_t offset = v ? v->start : 0;
    show_heading(c, jdoc_where(&c->doc, offset), warning ? "warning" : "error",
                 warning ? YELLOW : RED);
    fprintf(stderr, "%.*s [%s]\n", STR_ARG(e->message), gb_code_name(e->code));
    if (v)
        show_excerpt(c, offset, v->end - v->start);
    show_place(e);
    show_member("expected", e->expected);
    show_member("actual", e->actual);
    show_ports(e);
    if (e->suggestion.n)
        fprintf(stderr, "  %shelp:%s did you mean \"%.*s\"?\n", paint(c, GREEN), paint(c, PLAIN),
                STR_ARG(e->suggestion));
    if (e->suggested_cast.n)
        fprintf(stderr, "  %shelp:%s put a Cast with targetType \"%.*s\" between\n",
                paint(c, GREEN), paint(c, PLAIN), STR_ARG(e->suggested_cast));
}

static const struct gb_graph *graph_of(const struct gbc *c, uint32_t func)
{
    return func == GB_NIL ? &c->program->main : &c->program->funcs[func].graph;
}

void gbc_show_stop(const struct gbc *c, const char *what, const char *why, uint32_t func,
                   uint32_t node)
{
    fflush(stdout);
    fprintf(stderr, "%s%s:%s %s", paint(c, RED), what, paint(c, PLAIN), why);
    if (node == GB_NIL) {
        fputc('\n', stderr);
        return;
    }
    const struct gb_graph *g = graph_of(c, func);
    const struct gb_node *n = &g->nodes[node];
    fprintf(stderr, " at node %.*s", STR_ARG(n->id));
    if (g->func)
        fprintf(stderr, " in function %.*s", STR_ARG(g->func->name));
    fputc('\n', stderr);
    const struct jval *v = jdoc_at(&c->doc, n->jval);
    if (v)
        show_excerpt(c, v->start, v->end - v->start);
}

void gbc_show_diagnostic(const struct gbc *c, const struct gb_diagnostic *d)
{
    fprintf(stderr, "%s%.*s:%u:%u: %.*s:%s %.*s\n", paint(c, BOLD), STR_ARG(d->file), d->line,
            d->col, STR_ARG(d->kind), paint(c, PLAIN), STR_ARG(d->message));
    if (d->node_id.n)
        fprintf(stderr, "  node: %.*s%s%.*s%s%.*s\n", STR_ARG(d->node_id),
                d->port.n ? ", port " : "", STR_ARG(d->port), d->function.n ? ", in function " : "",
                STR_ARG(d->function));
}
