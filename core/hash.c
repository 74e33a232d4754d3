/* hash.c - the walk that numbers and hashes a program; see hash.h. */
#include "hash.h"

#include <errno.h>
#include <stdlib.h>

static const char VERSION[] = "graph-blocks program 1";

/* ---- definitions ----------------------------------------------------------------------------- */

static void write_text(struct gb_canon *c)
{
    crypto_hash_sha256_update(&c->sha, (const unsigned char *)c->text.data, c->text.len);
}

static void write_mark(struct gb_canon *c, char mark)
{
    crypto_hash_sha256_update(&c->sha, (const unsigned char *)&mark, 1);
}

static uint32_t next_number(struct gb_canon *c, uint32_t node)
{
    c->id->sites[c->id->n_sites] = (struct gb_site){c->func, node};
    return c->id->n_sites++;
}

static uint64_t hash_text(const struct gb_canon *c)
{
    unsigned char bytes[crypto_shorthash_BYTES];
    uint64_t hash;
    crypto_shorthash(bytes, (const unsigned char *)c->text.data, c->text.len, c->key);
    memcpy(&hash, bytes, sizeof hash);
    return hash;
}

/* The number of the definition in c->text; a new one is written and belongs to `node`. */
static uint32_t intern(struct gb_canon *c, uint32_t node)
{
    uint64_t hash = hash_text(c);
    uint32_t slot = (uint32_t)hash & c->mask;
    for (; c->table[slot].number; slot = (slot + 1) & c->mask) {
        const struct gb_definition *d = &c->table[slot];
        if (d->hash == hash && d->len == c->text.len &&
            memcmp(c->texts.data + d->at, c->text.data, d->len) == 0)
            return d->number;
    }
    c->table[slot] = (struct gb_definition){hash, c->texts.len, c->text.len, next_number(c, node)};
    buf_str(&c->texts, buf_view(&c->text));
    write_text(c);
    return c->table[slot].number;
}

/* ---- values ---------------------------------------------------------------------------------- */

/* A definition starts with the graph it belongs to: equal values of two functions are two. */
static void begin(struct gb_canon *c, char mark)
{
    buf_clear(&c->text);
    buf_putc(&c->text, mark);
    gb_encode_u32(c, c->func == GB_NIL ? 0 : c->func_number[c->func]);
}

/* Reading a VarDecl's output is reading its variable; a For's is its index. */
static uint32_t number_output(struct gb_canon *c, uint32_t src)
{
    const struct gb_node *node = &c->g->nodes[src];
    if (node->op == GB_OP_VARDECL) {
        struct gb_node get = {.op = GB_OP_VARGET, .type = node->type, .var = node->var};
        begin(c, 'v');
        gb_encode_node(c, &get);
        gb_encode_u32(c, 0);
        return intern(c, src);
    }
    if (node->op == GB_OP_FOR) {
        begin(c, 'i');
        gb_encode_u32(c, c->number[src]);
        return intern(c, src);
    }
    return c->number[src];
}

/* All inputs have numbers. Those that intern() in between are done before the text is begun. */
static int encode_inputs(struct gb_canon *c, const struct gb_node *node, char mark)
{
    uint32_t *refs = c->refs;
    for (uint32_t i = 0; i < node->n_inputs; i++) {
        const struct gb_input *in = &c->g->inputs[node->inputs + i];
        refs[i] = in->src == GB_NIL ? 0 : number_output(c, in->src);
    }
    begin(c, mark);
    gb_encode_node(c, node);
    gb_encode_u32(c, node->n_inputs);
    for (uint32_t i = 0; i < node->n_inputs; i++) {
        const struct gb_input *in = &c->g->inputs[node->inputs + i];
        gb_encode_u32(c, refs[i]);
        gb_encode_u32(c, in->src_out);
        gb_encode_type(c, in->src == GB_NIL ? (struct gb_type){0} : in->want);
    }
    return c->text.error;
}

static int define_value(struct gb_canon *c, uint32_t v)
{
    const struct gb_node *node = &c->g->nodes[v];
    int r = encode_inputs(c, node, 'v');
    if (r)
        return r;
    if (node->fx & GB_FX_EFFECT) { /* each one reads or prints anew */
        write_text(c);
        c->number[v] = next_number(c, v);
    } else {
        c->number[v] = intern(c, v);
    }
    return c->texts.error;
}

/* Numbers a value behind all that it needs. */
static int visit_value(struct gb_canon *c, uint32_t start)
{
    uint32_t depth = 0;
    c->stack[depth++] = start;
    while (depth) {
        uint32_t v = c->stack[depth - 1];
        const struct gb_node *node = &c->g->nodes[v];
        uint32_t i = c->at[v];
        if (c->number[v] || node->statement) { /* a statement's output was numbered with it */
            depth--;
            continue;
        }
        if (i < node->n_inputs) {
            uint32_t src = c->g->inputs[node->inputs + i].src;
            c->at[v]++;
            if (src != GB_NIL && !c->number[src])
                c->stack[depth++] = src;
            continue;
        }
        int r = define_value(c, v);
        if (r)
            return r;
        depth--;
    }
    return 0;
}

/* ---- statements ------------------------------------------------------------------------------ */

/* An initialValue counts as a Literal that is wired. */
static int encode_initial(struct gb_canon *c, uint32_t v)
{
    const struct gb_node *node = &c->g->nodes[v];
    const struct gb_var *var = &c->g->vars[node->var];
    struct gb_node literal = {.op = GB_OP_LITERAL, .type = var->init.type, .literal = var->init};
    begin(c, 'v');
    gb_encode_node(c, &literal);
    gb_encode_u32(c, 0);
    uint32_t number = intern(c, v);
    begin(c, 's');
    gb_encode_node(c, node);
    gb_encode_u32(c, 1);
    gb_encode_u32(c, number);
    gb_encode_u32(c, 0);
    gb_encode_type(c, var->type);
    return c->text.error;
}

static int visit_statement(struct gb_canon *c, uint32_t v)
{
    const struct gb_node *node = &c->g->nodes[v];
    int r = 0;
    bool wired = false;
    for (uint32_t i = 0; i < node->n_inputs && r == 0; i++) {
        uint32_t src = c->g->inputs[node->inputs + i].src;
        if (src == GB_NIL)
            continue;
        wired = true;
        r = visit_value(c, src);
    }
    if (r)
        return r;
    bool initial = node->op == GB_OP_VARDECL && !wired && c->g->vars[node->var].has_init;
    r = initial ? encode_initial(c, v) : encode_inputs(c, node, 's');
    if (r)
        return r;
    write_text(c);
    c->number[v] = next_number(c, v);
    return c->texts.error;
}

struct gb_canon_step {
    uint32_t block, at; /* at: twice the statement's index, plus the slot of the block to enter */
};

/* A Return at the very end of a function says what `return` does: which node's value it gives. */
static bool ends_with_return(struct gb_canon *c, const struct gb_canon_step *top)
{
    const struct gb_block *body = &c->g->blocks[0];
    if (!c->g->func || top->block != 0 || top->at != 2 * (body->n_stmts - 1))
        return false;
    uint32_t v = body->stmts[body->n_stmts - 1].node;
    const struct gb_node *node = &c->g->nodes[v];
    if (node->op != GB_OP_RETURN)
        return false;
    const struct gb_input *value = node->n_inputs ? &c->g->inputs[node->inputs] : NULL;
    c->result = value ? value->src : GB_NIL;
    c->result_out = value ? value->src_out : 0;
    return true; /* it gets no number: the other spelling has no such node, and it cannot fault */
}

static int visit_body(struct gb_canon *c)
{
    struct gb_canon_step *stack = arena_new_array(c->tmp, c->g->n_blocks, struct gb_canon_step);
    uint32_t depth = 1;
    if (!stack)
        return -ENOMEM;
    stack[0] = (struct gb_canon_step){0, 0};
    while (depth) {
        struct gb_canon_step *top = &stack[depth - 1];
        const struct gb_block *block = &c->g->blocks[top->block];
        if (top->at == 2 * block->n_stmts) {
            write_mark(c, '}');
            depth--;
            continue;
        }
        if (ends_with_return(c, top)) {
            top->at += 2;
            continue;
        }
        const struct gb_stmt *stmt = &block->stmts[top->at / 2];
        if (top->at % 2 == 0) {
            int r = visit_statement(c, stmt->node);
            if (r)
                return r;
        }
        uint32_t inner = stmt->blocks[top->at++ % 2];
        bool empty = inner == GB_NIL || c->g->blocks[inner].n_stmts == 0;
        write_mark(c, empty ? '-' : '{');
        if (!empty)
            stack[depth++] = (struct gb_canon_step){inner, 0};
    }
    return 0;
}

/* ---- graphs ---------------------------------------------------------------------------------- */

uint32_t gb_canon_func(struct gb_canon *c, uint32_t func)
{
    if (!c->func_number[func]) {
        c->func_order[c->n_funcs++] = func;
        c->func_number[func] = c->n_funcs;
    }
    return c->func_number[func];
}

static int write_head(struct gb_canon *c)
{
    buf_clear(&c->text);
    buf_putc(&c->text, 'f');
    const struct gb_func *func = c->g->func;
    gb_encode_u32(c, func ? func->n_params : 0);
    for (uint32_t i = 0; func && i < func->n_params; i++)
        gb_encode_type(c, func->params[i].type);
    gb_encode_type(c, func ? func->ret : (struct gb_type){GB_VOID, 0});
    write_text(c);
    return c->text.error;
}

static int write_result(struct gb_canon *c)
{
    uint32_t v = c->result, number = 0;
    if (v != GB_NIL) {
        int r = visit_value(c, v);
        if (r)
            return r;
        number = number_output(c, v);
    }
    buf_clear(&c->text);
    buf_putc(&c->text, 'r');
    gb_encode_u32(c, number);
    gb_encode_u32(c, v == GB_NIL ? 0 : c->result_out);
    write_text(c);
    return c->text.error;
}

static int visit_graph(struct gb_canon *c, uint32_t func)
{
    const struct gb_program *p = c->p;
    c->func = func;
    c->g = func == GB_NIL ? &p->main : &p->funcs[func].graph;
    c->number = func == GB_NIL ? c->id->main_number : c->id->func_number[func];
    c->result = c->g->result;
    c->result_out = c->g->result_out;
    c->n_vars = 0;
    c->var_number = arena_new_array(c->tmp, c->g->n_vars, uint32_t);
    c->at = arena_new_array(c->tmp, c->g->n_nodes, uint32_t);
    c->stack = arena_new_array(c->tmp, (size_t)c->g->n_inputs + 1, uint32_t);
    c->refs = arena_new_array(c->tmp, c->g->n_inputs, uint32_t);
    if (!c->var_number || !c->at || !c->stack || !c->refs)
        return -ENOMEM;
    int r = write_head(c);
    r = r ? r : visit_body(c);
    return r || !c->g->func ? r : write_result(c);
}

static int by_text(const void *a, const void *b)
{
    const struct str *x = a, *y = b;
    size_t n = x->n < y->n ? x->n : y->n;
    int order = n ? memcmp(x->s, y->s, n) : 0;
    return order ? order : (x->n > y->n) - (x->n < y->n);
}

/* Where an external function comes from may depend on what is included. */
static int write_imports(struct gb_canon *c)
{
    uint32_t n = c->externs ? c->p->n_imports : 0;
    struct str *sorted = arena_new_array(c->tmp, n, struct str);
    if (!sorted)
        return -ENOMEM;
    if (n) {
        memcpy(sorted, c->p->imports, n * sizeof *sorted);
        qsort(sorted, n, sizeof *sorted, by_text);
    }
    buf_clear(&c->text);
    for (uint32_t i = 0; i < n; i++)
        if (i == 0 || !str_eq(sorted[i], sorted[i - 1]))
            gb_encode_str(c, sorted[i]);
    write_text(c);
    return c->text.error;
}

/* ---- the whole ------------------------------------------------------------------------------- */

static int init(struct gb_canon *c)
{
    const struct gb_program *p = c->p;
    size_t sites = 1 + 2 * ((size_t)p->main.n_nodes), slots = 64;
    c->id->main_number = arena_new_array(c->out, p->main.n_nodes, uint32_t);
    c->id->func_number = arena_new_array(c->out, p->n_funcs, uint32_t *);
    c->func_order = arena_new_array(c->tmp, p->n_funcs, uint32_t);
    c->func_number = arena_new_array(c->tmp, p->n_funcs, uint32_t);
    if (!c->id->main_number || !c->id->func_number || !c->func_order || !c->func_number)
        return -ENOMEM;
    for (uint32_t i = 0; i < p->n_funcs; i++) {
        const struct gb_graph *g = &p->funcs[i].graph;
        sites += 2 * (size_t)g->n_nodes;
        c->id->func_number[i] = arena_new_array(c->out, g->n_nodes, uint32_t);
        if (!c->id->func_number[i])
            return -ENOMEM;
    }
    while (slots < 2 * sites)
        slots *= 2;
    c->mask = (uint32_t)slots - 1;
    c->table = arena_new_array(c->tmp, slots, struct gb_definition);
    c->id->sites = arena_new_array(c->out, sites, struct gb_site);
    if (!c->table || !c->id->sites)
        return -ENOMEM;
    c->id->sites[0] = (struct gb_site){GB_NIL, GB_NIL};
    c->id->n_sites = 1;
    return 0;
}

static int identify(struct gb_canon *c)
{
    if (sodium_init() < 0)
        return -ENOMEM; /* no source of randomness: libsodium has no better word either */
    randombytes_buf(c->key, sizeof c->key);
    crypto_hash_sha256_init(&c->sha);
    crypto_hash_sha256_update(&c->sha, (const unsigned char *)VERSION, sizeof VERSION);
    int r = init(c);
    r = r ? r : visit_graph(c, GB_NIL);
    for (uint32_t i = 0; i < c->n_funcs && r == 0; i++)
        r = visit_graph(c, c->func_order[i]);
    r = r ? r : write_imports(c);
    if (r == 0)
        crypto_hash_sha256_final(&c->sha, c->id->hash);
    return r;
}

int gb_identify(const struct gb_program *p, struct arena *arena, struct gb_identity *ret)
{
    struct arena tmp = ARENA_INIT(0);
    struct gb_identity id = {0};
    struct gb_canon c = {.p = p, .out = arena, .tmp = &tmp, .id = &id};
    int r = identify(&c);
    arena_free(&tmp);
    buf_free(&c.text);
    buf_free(&c.texts);
    if (r)
        return -ENOMEM;
    *ret = id;
    return 0;
}
