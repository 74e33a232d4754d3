/* eval_io.c - Print and Read. */
#include "eval.h"

void run_print(struct machine *m, const struct gb_node *node)
{
    const struct gb_input *in = node_inputs(m->frame, node);
    struct buf *out = &m->result->output;
    size_t before = out->len;
    bool any = node->print.has_text;
    if (any)
        buf_str(out, node->print.text);
    for (uint32_t i = 0; i < node->n_inputs && !out->error; i++) {
        if (in[i].src == GB_NIL)
            continue;
        if (any)
            buf_str(out, node->print.separator);
        any = true;
        struct gb_value v = input_value(m->frame, &in[i]);
        gb_write(&v, node->print.boolalpha, out);
    }
    if (node->print.newline)
        buf_putc(out, '\n');
    m->heap.work += out->len - before;
    if (out->error)
        raise_fault(m, GB_FAULT_output_limit, node);
}

static bool at_end(const struct machine *m)
{
    return m->input_at == m->input.n;
}

static bool at_blank(const struct machine *m)
{
    return gb_is_blank(m->input.s[m->input_at]);
}

/* The next run of bytes that are not blank; empty at the end of input. */
static struct str read_word(struct machine *m)
{
    while (!at_end(m) && at_blank(m))
        m->input_at++;
    size_t start = m->input_at;
    while (!at_end(m) && !at_blank(m))
        m->input_at++;
    return (struct str){m->input.s + start, m->input_at - start};
}

static struct str read_line(struct machine *m)
{
    const char *start = m->input.s + m->input_at;
    size_t left = m->input.n - m->input_at;
    const char *newline = memchr(start, '\n', left);
    size_t n = newline ? (size_t)(newline - start) : left;
    m->input_at += newline ? n + 1 : n;
    if (n && start[n - 1] == '\r')
        n--;
    return (struct str){start, n};
}

/* A token as the number it spells; false when it spells none. */
static bool read_number(struct str token, uint32_t kind, struct gb_value *ret)
{
    if (kind == GB_READ_INT) {
        *ret = gb_int(0);
        return token.n == 0 || gb_parse_int(token, &ret->i);
    }
    *ret = gb_double(0);
    return token.n == 0 || gb_parse_number(token, &ret->d);
}

void run_read(struct machine *m, const struct gb_node *node)
{
    uint32_t kind = node->read_kind;
    struct gb_value v = gb_text((struct str){"", 0});
    size_t before = m->input_at;
    bool ok = !at_end(m);
    if (kind == GB_READ_LINE) {
        if (ok)
            v.s = read_line(m);
    } else {
        v.s = read_word(m);
        ok = v.s.n > 0;
        if (kind != GB_READ_WORD && !read_number(v.s, kind, &v)) {
            raise_fault(m, GB_FAULT_bad_number, node);
            return;
        }
    }
    m->heap.work += m->input_at - before;
    remember(m, node, v, ok);
}
