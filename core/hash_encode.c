/* hash_encode.c - nodes, types and constants as bytes that can be read in one way only. */
#include "catalogue.h"
#include "hash.h"

static void encode_u64(struct gb_canon *c, uint64_t v)
{
    unsigned char bytes[8];
    for (int i = 0; i < 8; i++)
        bytes[i] = (unsigned char)(v >> (56 - 8 * i));
    buf_put(&c->text, bytes, sizeof bytes);
}

/* Seven bits a byte, the lowest first: most numbers are small. */
void gb_encode_u32(struct gb_canon *c, uint32_t v)
{
    char bytes[5];
    size_t n = 0;
    for (; v >= 0x80; v >>= 7)
        bytes[n++] = (char)(v | 0x80);
    bytes[n++] = (char)v;
    buf_put(&c->text, bytes, n);
}

void gb_encode_str(struct gb_canon *c, struct str v)
{
    gb_encode_u32(c, (uint32_t)v.n);
    buf_str(&c->text, v);
}

void gb_encode_type(struct gb_canon *c, struct gb_type t)
{
    buf_put(&c->text, (const char[]){(char)t.base, (char)t.depth}, 2);
}

/* Recursion as deep as the arrays, which the reader bounds (JSON_DEPTH_MAX). */
void gb_encode_value(struct gb_canon *c, const struct gb_value *v)
{
    uint64_t bits = 0;
    gb_encode_type(c, v->type);
    if (v->type.depth) {
        gb_encode_u32(c, v->array.n);
        for (uint32_t i = 0; i < v->array.n; i++)
            gb_encode_value(c, &v->array.items[i]);
        return;
    }
    switch ((enum gb_base)v->type.base) {
    case GB_INT:
        encode_u64(c, (uint64_t)v->i);
        break;
    case GB_DOUBLE:
        memcpy(&bits, &v->d, sizeof bits);
        encode_u64(c, bits);
        break;
    case GB_BOOL:
        buf_putc(&c->text, (char)v->b);
        break;
    case GB_STRING:
        gb_encode_str(c, v->s);
        break;
    case GB_UNKNOWN:
    case GB_VOID:
        break;
    }
}

/* Only what shows: a separator between two items, the spelling of truth where there is some. */
static void encode_print(struct gb_canon *c, const struct gb_node *node)
{
    bool truth = false;
    for (uint32_t i = 0; i < node->n_inputs; i++)
        truth |= c->g->inputs[node->inputs + i].want.base == GB_BOOL;
    buf_putc(&c->text, node->print.has_text);
    if (node->print.has_text)
        gb_encode_str(c, node->print.text);
    if (node->n_inputs + node->print.has_text > 1)
        gb_encode_str(c, node->print.separator);
    buf_putc(&c->text, node->print.newline);
    buf_putc(&c->text, truth && node->print.boolalpha);
}

static void encode_extern(struct gb_canon *c, const struct gb_extern *ext)
{
    c->externs = true;
    gb_encode_str(c, ext->function);
    gb_encode_str(c, ext->include);
    gb_encode_type(c, ext->ret);
    buf_putc(&c->text, ext->pure);
    gb_encode_u32(c, ext->n_params);
    for (uint32_t i = 0; i < ext->n_params; i++) {
        buf_putc(&c->text, (char)ext->params[i].kind);
        gb_encode_type(c, ext->params[i].type);
        if (ext->params[i].kind == GB_EXT_CONST)
            gb_encode_value(c, &ext->params[i].value);
    }
}

void gb_encode_node(struct gb_canon *c, const struct gb_node *node)
{
    const char *name = node->op == GB_OP_EXTERNAL ? "External" : gb_kind_of(node->op)->name;
    gb_encode_str(c, str_c(name));
    gb_encode_type(c, node->type);
    switch ((int)node->op) {
    case GB_OP_LITERAL:
        gb_encode_value(c, &node->literal);
        break;
    case GB_OP_ARRAY:
        if (node->n_inputs == 0)
            gb_encode_value(c, &node->literal);
        break;
    case GB_OP_PARAM:
        gb_encode_u32(c, node->param);
        break;
    case GB_OP_VARDECL:
        gb_encode_type(c, c->g->vars[node->var].type);
        gb_encode_u32(c, c->var_number[node->var] = ++c->n_vars);
        break;
    case GB_OP_VARGET:
    case GB_OP_VARSET:
    case GB_OP_ARRAYSET:
    case GB_OP_ARRAYPUSH:
        gb_encode_u32(c, c->var_number[node->var]);
        break;
    case GB_OP_CALL:
        gb_encode_u32(c, gb_canon_func(c, node->callee));
        break;
    case GB_OP_READ:
        gb_encode_u32(c, node->read_kind);
        break;
    case GB_OP_PRINT:
        encode_print(c, node);
        break;
    case GB_OP_EXTERNAL:
        encode_extern(c, node->ext);
        break;
    default: /* the type of a Cast is its target; the others have no properties */
        break;
    }
}
