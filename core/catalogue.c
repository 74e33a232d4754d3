/* catalogue.c - see catalogue.h. */
#include "catalogue.h"

#include <errno.h>

static const struct gb_kind kinds[] = {
#define NODE(op_, name_, aliases_, group_, inputs_, outputs_, properties_, typing_, fx_, doc_)     \
    [GB_OP_##op_] = {.op = GB_OP_##op_,                                                            \
                     .name = name_,                                                                \
                     .aliases = aliases_,                                                          \
                     .group = group_,                                                              \
                     .inputs = inputs_,                                                            \
                     .outputs = outputs_,                                                          \
                     .properties = properties_,                                                    \
                     .doc = doc_,                                                                  \
                     .typing = GB_TY_##typing_,                                                    \
                     .fx = fx_},
#include "nodes.def"
#undef NODE
};
#define N_KINDS (sizeof kinds / sizeof kinds[0])

const struct gb_kind *gb_kind_of(enum gb_op op)
{
    return &kinds[op];
}

bool gb_kind_is_libm(enum gb_op op)
{
    return op == GB_OP_POW ||
           (kinds[op].typing == GB_TY_DOUBLE && str_eqc(str_c(kinds[op].group), "math"));
}

/* The next word of a list separated by blanks; empty at its end. */
static struct str next_word(const char **list)
{
    const char *from = *list + strspn(*list, " ");
    size_t n = strcspn(from, " ");
    *list = from + n;
    return (struct str){from, n};
}

const struct gb_kind *gb_kind_named(struct str name)
{
    for (size_t i = 0; i < N_KINDS; i++) {
        if (str_eqc(name, kinds[i].name))
            return &kinds[i];
        const char *aliases = kinds[i].aliases;
        for (struct str alias; (alias = next_word(&aliases)).n;)
            if (str_eq(name, alias))
                return &kinds[i];
    }
    return NULL;
}

/* ---- ports ---------------------------------------------------------------------------------- */

static bool ends_with(struct str *s, const char *suffix)
{
    size_t n = strlen(suffix);
    if (s->n < n || memcmp(s->s + s->n - n, suffix, n) != 0)
        return false;
    s->n -= n;
    return true;
}

static void parse_port(struct str word, struct gb_port *port)
{
    *port = (struct gb_port){.control = *word.s == '@'};
    if (port->control)
        word = (struct str){word.s + 1, word.n - 1};
    const char *colon = memchr(word.s, ':', word.n);
    if (colon) {
        port->kind = (struct str){colon + 1, (size_t)(word.s + word.n - colon - 1)};
        word.n = (size_t)(colon - word.s);
    }
    port->optional = ends_with(&word, "?");
    port->required = ends_with(&word, "!");
    port->repeats = ends_with(&word, "...");
    while (word.n && port->n_names < GB_SPELLINGS) {
        const char *bar = memchr(word.s, '|', word.n);
        size_t n = bar ? (size_t)(bar - word.s) : word.n;
        port->names[port->n_names++] = (struct str){word.s, n};
        n += bar != NULL;
        word = (struct str){word.s + n, word.n - n};
    }
}

uint32_t gb_ports_parse(const char *spec, struct gb_port ret[GB_PORTS])
{
    uint32_t n = 0;
    for (struct str word; n < GB_PORTS && (word = next_word(&spec)).n;)
        parse_port(word, &ret[n++]);
    return n;
}

bool gb_port_is(const struct gb_port *p, struct str name)
{
    for (uint32_t i = 0; i < p->n_names; i++)
        if (str_eq(p->names[i], name))
            return true;
    return false;
}

/* ---- the types of a request ----------------------------------------------------------------- */

static void add_type(struct gb_catalogue *c, struct gb_node_type type)
{
    c->types[c->n_types] = type;
    if (strmap_add(&c->by_name, c->n_types) == STRMAP_NONE)
        c->n_types++;
}

static uint32_t count_names(void)
{
    uint32_t n = 0;
    for (size_t i = 0; i < N_KINDS; i++) {
        const char *aliases = kinds[i].aliases;
        for (n++; next_word(&aliases).n;)
            n++;
    }
    return n;
}

static void add_kind(struct gb_catalogue *c, const struct gb_kind *kind)
{
    add_type(c, (struct gb_node_type){str_c(kind->name), kind, NULL});
    const char *aliases = kind->aliases;
    for (struct str alias; (alias = next_word(&aliases)).n;)
        add_type(c, (struct gb_node_type){alias, kind, NULL});
}

int gb_catalogue_init(struct gb_catalogue *c, struct arena *a, const struct gb_extern *plugins,
                      uint32_t n_plugins, const struct gb_extern *externs, uint32_t n_externs)
{
    /* One more than there are names: add_type() writes before it looks. */
    uint32_t max = count_names() + n_plugins + n_externs + 1;
    *c = (struct gb_catalogue){.types = arena_new_array(a, max, struct gb_node_type), .arena = a};
    if (!c->types ||
        strmap_init(&c->by_name, a, max, &c->types[0].name, sizeof(struct gb_node_type)))
        return -ENOMEM;
    for (size_t i = 0; i < N_KINDS; i++)
        add_kind(c, &kinds[i]);
    for (uint32_t i = 0; i < n_plugins; i++)
        add_type(c, (struct gb_node_type){plugins[i].type, NULL, &plugins[i]});
    for (uint32_t i = 0; i < n_externs; i++)
        add_type(c, (struct gb_node_type){externs[i].type, NULL, &externs[i]});
    return 0;
}

const struct gb_node_type *gb_catalogue_find(const struct gb_catalogue *c, struct str name)
{
    uint32_t found = strmap_find(&c->by_name, name);
    return found == STRMAP_NONE ? NULL : &c->types[found];
}

const struct gb_shape *gb_catalogue_shape(struct gb_catalogue *c, enum gb_op op)
{
    if (c->shapes[op])
        return c->shapes[op];
    struct gb_shape *s = arena_new(c->arena, struct gb_shape);
    if (!s)
        return NULL;
    s->n_in = gb_ports_parse(kinds[op].inputs, s->in);
    s->n_out = gb_ports_parse(kinds[op].outputs, s->out);
    s->n_props = gb_ports_parse(kinds[op].properties, s->props);
    while (s->n_data_out < s->n_out && !s->out[s->n_data_out].control)
        s->n_data_out++;
    return c->shapes[op] = s;
}
