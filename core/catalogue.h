/*
 * catalogue.h - the rows of nodes.def as data, and every node type of a request by name.
 */
#ifndef GB_CATALOGUE_H
#define GB_CATALOGUE_H

#include "model.h"
#include "strmap.h"

/* The rule that gives a node's type from its inputs'. */
enum gb_typing {
    GB_TY_LITERAL,
    GB_TY_PARAM,
    GB_TY_ARITH,
    GB_TY_DOUBLE,
    GB_TY_INT,
    GB_TY_EQUALITY,
    GB_TY_ORDER,
    GB_TY_BOOL,
    GB_TY_SELECT,
    GB_TY_STRING,
    GB_TY_INT_OF_TEXT,
    GB_TY_SUBSTRING,
    GB_TY_BOOL_OF_TEXT,
    GB_TY_TOSTRING,
    GB_TY_DOUBLE_OF_TEXT,
    GB_TY_ARRAY,
    GB_TY_ARRAYGET,
    GB_TY_ARRAYLENGTH,
    GB_TY_ARRAYSET,
    GB_TY_ARRAYPUSH,
    GB_TY_VARDECL,
    GB_TY_VARGET,
    GB_TY_VARSET,
    GB_TY_PRINT,
    GB_TY_READ,
    GB_TY_CONTROL,
    GB_TY_FOR,
    GB_TY_RETURN,
    GB_TY_CALL,
    GB_TY_CAST,
};

/* A row. */
struct gb_kind {
    enum gb_op op;
    const char *name, *aliases, *group, *inputs, *outputs, *properties, *doc;
    enum gb_typing typing;
    uint8_t fx;
};
const struct gb_kind *gb_kind_of(enum gb_op op);      /* not for GB_OP_EXTERNAL */
const struct gb_kind *gb_kind_named(struct str name); /* by name or alias; NULL when unknown */
/* Whether op is one of the math functions of one or two doubles that libm has under the name in
 * lower case: Sin, Atan2, Pow, ... */
bool gb_kind_is_libm(enum gb_op op);

/* docs/nodes.md. */
void gb_catalogue_markdown(struct buf *out);

#define GB_SPELLINGS 5
#define GB_PORTS 4

/* One entry of a row's inputs, outputs or properties. */
struct gb_port {
    struct str names[GB_SPELLINGS]; /* the first is the name, the others are accepted */
    uint32_t n_names;
    struct str kind; /* "num", "int", "any", ...; of properties also "list", "type", "ident" */
    bool optional;   /* inputs: may stay unwired */
    bool required;   /* properties: must be there */
    bool repeats;    /* inputs: any number, port, port2, port3, ... */
    bool control;    /* outputs */
};
/* Reads "a|x...?:num b:int @then name!:ident"; gives how many (at most GB_PORTS). */
uint32_t gb_ports_parse(const char *spec, struct gb_port ret[GB_PORTS]);
bool gb_port_is(const struct gb_port *p, struct str name);

/* A row, read. */
struct gb_shape {
    struct gb_port in[GB_PORTS], out[GB_PORTS], props[GB_PORTS];
    uint32_t n_in, n_out, n_props;
    uint32_t n_data_out; /* outputs that are no control ports stand first */
};

/* A node type of a request: a row or an external. An external without a function was refused. */
struct gb_node_type {
    struct str name;
    const struct gb_kind *kind;  /* NULL for externals */
    const struct gb_extern *ext; /* NULL for rows */
};

struct gb_catalogue {
    struct gb_node_type *types;
    uint32_t n_types;
    struct strmap by_name;
    struct gb_shape *shapes[GB_OP_COUNT]; /* read when first asked for */
    struct arena *arena;
};
/* Rows, then externals: the plugins', then the request's. An external whose name is taken already
 * is left out. 0 or -ENOMEM; everything lives in the arena. */
int gb_catalogue_init(struct gb_catalogue *c, struct arena *a, const struct gb_extern *plugins,
                      uint32_t n_plugins, const struct gb_extern *externs, uint32_t n_externs);
const struct gb_node_type *gb_catalogue_find(const struct gb_catalogue *c, struct str name);
/* NULL when out of memory. Not for GB_OP_EXTERNAL. */
const struct gb_shape *gb_catalogue_shape(struct gb_catalogue *c, enum gb_op op);

#endif
