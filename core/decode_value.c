/* decode_value.c - constants, names and types out of the document. */
#include "decode.h"

#include "types.h"

#include <errno.h>
#include <math.h>

void gb_limit(struct gb_front *f, const struct gb_graph *graph, uint32_t node, uint32_t jval,
              const char *what, uint64_t limit)
{
    if (f->stop)
        return;
    f->stop = true;
    f->report->n_errors = f->report->n_suppressed = 0;
    struct gb_error *e =
        gb_complain(f, GB_E_limit_exceeded, graph, node, jval,
                    "Limit exceeded: %s may be at most %llu.", what, (unsigned long long)limit);
    e->expected = arena_printf(&f->report->arena, "at most %llu", (unsigned long long)limit);
}

void *gb_grow(struct gb_front *f, void *array, uint32_t n, uint32_t *cap, size_t size)
{
    if (n < *cap)
        return array;
    uint32_t more = *cap ? *cap * 2 : 16;
    void *grown = arena_array(&f->program->arena, more, size);
    if (!grown)
        return NULL;
    if (n)
        memcpy(grown, array, n * size);
    *cap = more;
    return grown;
}

void gb_read_members(const struct jdoc *doc, uint32_t object, const struct str *names, int n,
                     uint32_t *ret_members)
{
    for (int m = 0; m < n; m++)
        ret_members[m] = JSON_NONE;
    for (uint32_t k = jdoc_first(doc, object); k != JSON_NONE; k = jdoc_next(doc, object, k)) {
        struct str key = jdoc_str(doc, k);
        for (int m = 0; m < n; m++)
            if (str_eq(key, names[m])) {
                ret_members[m] = k + 1;
                break;
            }
    }
}

/* Whether two values are equal but for what they hold. */
static bool alike(const struct jdoc *d, const struct jval *p, const struct jval *q)
{
    if (p->type != q->type || p->count != q->count)
        return false;
    switch ((enum json_type)p->type) {
    case JSON_BOOL:
        return p->b == q->b;
    case JSON_INT:
        return p->i == q->i;
    case JSON_REAL:
        return p->d == q->d && signbit(p->d) == signbit(q->d);
    case JSON_STRING:
        return str_eq((struct str){p->s, p->count}, (struct str){q->s, q->count});
    case JSON_HUGE:
        return str_eq((struct str){d->text + p->start, p->end - p->start},
                      (struct str){d->text + q->start, q->end - q->start});
    case JSON_NULL:
    case JSON_ARRAY:
    case JSON_OBJECT:
    default:
        return true;
    }
}

bool gb_jval_equal(const struct jdoc *d, uint32_t a, uint32_t b)
{
    const struct jval *x = jdoc_at(d, a), *y = jdoc_at(d, b);
    if (!x || !y || x->next - a != y->next - b)
        return false;
    for (uint32_t n = x->next - a, i = 0; i < n; i++)
        if (!alike(d, &d->vals[a + i], &d->vals[b + i]))
            return false;
    return true;
}

bool gb_decode_name(struct gb_front *f, const struct gb_graph *graph, uint32_t node, uint32_t jval,
                    const char *what, struct str *ret)
{
    if (!jdoc_is(f->doc, jval, JSON_STRING)) {
        const struct jval *v = jdoc_at(f->doc, jval);
        struct gb_error *e =
            gb_complain(f, GB_E_bad_structure, graph, node, jval, "%s must be a string, not %s.",
                        what, v ? json_type_name(v->type) : "missing");
        e->expected = STR("a string");
        e->actual = str_c(v ? json_type_name(v->type) : "nothing");
        return false;
    }
    struct str s = jdoc_str(f->doc, jval);
    if (s.n > GB_MAX_IDENTIFIER) {
        gb_limit(f, graph, node, jval, "the bytes of a name", GB_MAX_IDENTIFIER);
        return false;
    }
    bool fine = s.n > 0;
    for (size_t i = 0; i < s.n; i++)
        fine &= (unsigned char)s.s[i] >= 0x20 && s.s[i] != 0x7F;
    if (fine)
        *ret = s;
    else
        gb_complain(f, GB_E_bad_identifier, graph, node, jval, "%s %s.", what,
                    s.n ? "holds control characters" : "is empty");
    return fine;
}

bool gb_decode_type(struct gb_front *f, const struct gb_graph *graph, uint32_t node, uint32_t jval,
                    struct gb_type *ret)
{
    static const struct str known[] = {{"int", 3},    {"double", 6},      {"bool", 4},
                                       {"string", 6}, {"array<int>", 10}, {"number", 6},
                                       {"any", 3},    {"void", 4}};
    struct str name;
    if (!gb_decode_name(f, graph, node, jval, "A type", &name))
        return false;
    if (!gb_type_parse(name, ret))
        return true;
    struct gb_error *e =
        gb_complain(f, GB_E_bad_type, graph, node, jval, "Unknown type '%.*s'.", STR_ARG(name));
    e->expected = STR("int, double, number, bool, string or array<T>");
    e->actual = name;
    e->suggestion = gb_nearest(name, known, sizeof known / sizeof known[0]);
    return false;
}

/* ---- values --------------------------------------------------------------------------------- */

struct reader {
    struct gb_front *f;
    const struct gb_graph *graph;
    uint32_t node;
};

static int refuse(struct reader *r, uint32_t jval, const char *why)
{
    const struct jval *v = jdoc_at(r->f->doc, jval);
    struct gb_error *e =
        gb_complain(r->f, GB_E_bad_literal, r->graph, r->node, jval, "A literal %s.", why);
    e->actual = str_c(v ? json_type_name(v->type) : "nothing");
    return -EINVAL;
}

static int read_value(struct reader *r, uint32_t jval, struct gb_value *ret);

static void widen(struct gb_value *v);

/* int to double, in arrays too. The items were made by read_array() and are ours to change. */
static void widen(struct gb_value *v)
{
    if (v->type.base != GB_INT)
        return;
    v->type.base = GB_DOUBLE;
    if (!v->type.depth)
        v->d = (double)v->i;
    for (uint32_t i = 0; v->type.depth && i < v->array.n; i++)
        widen((struct gb_value *)&v->array.items[i]);
}

/* An array that held nothing to tell its type by: now it is known. */
static void settle(struct gb_value *v, struct gb_type type)
{
    v->type = type;
    type.depth--;
    for (uint32_t i = 0; i < v->array.n; i++)
        settle((struct gb_value *)&v->array.items[i], type);
}

/* The items' one type: theirs, or double where ints and doubles meet. Empty arrays take it over. */
static int unify(struct reader *r, uint32_t jval, struct gb_value *items, uint32_t n,
                 struct gb_type *ret)
{
    static const char unlike[] = "array holds values of different types";
    struct gb_type type = {GB_UNKNOWN, 0};
    uint8_t deepest = 0;
    bool mixed = false;
    for (uint32_t i = 0; i < n; i++) {
        struct gb_type t = items[i].type;
        if (t.base == GB_UNKNOWN) {
            deepest = t.depth > deepest ? t.depth : deepest;
            continue;
        }
        bool first = type.base == GB_UNKNOWN;
        bool numbers = (t.base == GB_INT && type.base == GB_DOUBLE) ||
                       (t.base == GB_DOUBLE && type.base == GB_INT);
        if (!first && (t.depth != type.depth || (t.base != type.base && !numbers)))
            return refuse(r, jval, unlike);
        mixed |= numbers;
        type = t;
    }
    if (type.base == GB_UNKNOWN)
        type.depth = deepest;
    else if (deepest > type.depth)
        return refuse(r, jval, unlike);
    if (mixed)
        type.base = GB_DOUBLE;
    for (uint32_t i = 0; i < n; i++) {
        if (items[i].type.base == GB_UNKNOWN)
            settle(&items[i], type);
        else if (mixed)
            widen(&items[i]);
    }
    *ret = type;
    return 0;
}

static int read_array(struct reader *r, uint32_t jval, struct gb_value *ret)
{
    const struct jdoc *d = r->f->doc;
    uint32_t n = d->vals[jval].count, i = 0;
    struct gb_value *items = arena_new_array(&r->f->program->arena, n, struct gb_value);
    if (!items)
        return -ENOMEM;
    for (uint32_t it = jdoc_first(d, jval); it != JSON_NONE; it = jdoc_next(d, jval, it)) {
        int e = read_value(r, it, &items[i++]);
        if (e)
            return e;
    }
    struct gb_type type = {GB_UNKNOWN, 0};
    int e = unify(r, jval, items, n, &type);
    if (e)
        return e;
    type.depth++;
    *ret = (struct gb_value){.type = type, .array = {items, n}};
    return 0;
}

static int read_value(struct reader *r, uint32_t jval, struct gb_value *ret)
{
    const struct jval *v = jdoc_at(r->f->doc, jval);
    if (!v)
        return refuse(r, jval, "needs a value");
    switch ((enum json_type)v->type) {
    case JSON_NULL:
        return refuse(r, jval, "needs a value, null is none");
    case JSON_BOOL:
        *ret = (struct gb_value){.type = {GB_BOOL, 0}, .b = v->b};
        return 0;
    case JSON_INT:
        *ret = (struct gb_value){.type = {GB_INT, 0}, .i = v->i};
        return 0;
    case JSON_HUGE:
        return refuse(r, jval, "is out of range: an int has 64 bits, a double reaches 1.8e308");
    case JSON_REAL:
        *ret = (struct gb_value){.type = {GB_DOUBLE, 0}, .d = v->d};
        return 0;
    case JSON_STRING:
        if (v->count > GB_MAX_STRING) {
            gb_limit(r->f, r->graph, r->node, jval, "the bytes of a string", GB_MAX_STRING);
            return -EINVAL;
        }
        *ret = (struct gb_value){.type = {GB_STRING, 0}, .s = {v->s, v->count}};
        return 0;
    case JSON_ARRAY:
        return read_array(r, jval, ret);
    case JSON_OBJECT:
    default:
        return refuse(r, jval, "cannot be an object");
    }
}

int gb_decode_value(struct gb_front *f, const struct gb_graph *graph, uint32_t node, uint32_t jval,
                    struct gb_type want, struct gb_value *ret)
{
    struct reader r = {f, graph, node};
    struct gb_value v = {0};
    int e = read_value(&r, jval, &v);
    if (e)
        return e;
    if (want.base == GB_DOUBLE)
        widen(&v);
    if (v.type.base == GB_UNKNOWN && want.depth >= v.type.depth)
        settle(&v, want);
    if (want.base != GB_UNKNOWN && !gb_type_eq(want, v.type)) {
        struct arena *a = &f->report->arena;
        struct str wanted = gb_type_name(a, want), got = gb_type_name(a, v.type);
        struct gb_error *error =
            gb_complain(f, GB_E_type_mismatch, graph, node, jval,
                        "Type mismatch: the constant is %.*s where %.*s is declared.", STR_ARG(got),
                        STR_ARG(wanted));
        error->expected = wanted;
        error->actual = got;
        return -EINVAL;
    }
    *ret = v;
    return 0;
}
