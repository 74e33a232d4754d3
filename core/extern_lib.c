/*
 * extern_lib.c - a node_defs entry with a `lib`: the signature's types, the ports' names.
 */
#include "extern.h"

#include "types.h"

#include <errno.h>

/* One entry of `inputs` or `outputs`: a name, or {"name", "type"}. */
struct declared {
    struct str name;
    struct gb_type type;
};

struct lib_reader {
    struct gb_definition *def;
    struct gb_front *f;
    struct declared in[GB_MAX_PARAMS], out[GB_MAX_PARAMS];
    uint32_t n_in, n_out;
    bool has_in, has_out;
    struct gb_signature signature;
};

static bool misshapen(struct gb_definition *def, uint32_t jval, const char *what,
                      const char *expected)
{
    const struct jval *v = jdoc_at(def->f->doc, jval);
    struct gb_error *e =
        gb_complain_definition(def, GB_E_bad_structure, jval, "%s must be %s.", what, expected);
    e->expected = str_c(expected);
    e->actual = str_c(v ? json_type_name(v->type) : "nothing");
    return false;
}

static bool read_declared(struct lib_reader *r, uint32_t jval, struct declared *ret)
{
    struct gb_front *f = r->f;
    uint32_t name = jval, type = JSON_NONE;
    if (jdoc_is(f->doc, jval, JSON_OBJECT)) {
        name = jdoc_get(f->doc, jval, "name");
        type = jdoc_get(f->doc, jval, "type");
    }
    if (!gb_decode_name(f, NULL, GB_NIL, name == JSON_NONE ? jval : name, "A port's name",
                        &ret->name))
        return false;
    ret->type = (struct gb_type){GB_DOUBLE, 0};
    if (type == JSON_NONE || jdoc_is(f->doc, type, JSON_NULL))
        return true;
    if (!gb_decode_type(f, NULL, GB_NIL, type, &ret->type))
        return false;
    if (ret->type.base != GB_VOID)
        return true;
    gb_complain_definition(r->def, GB_E_bad_type, type, "a port cannot be of type 'void'.");
    return false;
}

static bool read_list(struct lib_reader *r, const char *key, struct declared *ret, uint32_t *ret_n,
                      bool *ret_present)
{
    struct gb_front *f = r->f;
    uint32_t list = jdoc_get(f->doc, r->def->jval, key), n = 0;
    if (list == JSON_NONE || jdoc_is(f->doc, list, JSON_NULL))
        return true;
    *ret_present = true;
    if (!jdoc_is(f->doc, list, JSON_ARRAY))
        return misshapen(r->def, list, key, "an array");
    if (f->doc->vals[list].count > GB_MAX_PARAMS) {
        gb_limit(f, NULL, GB_NIL, list, "the number of ports", GB_MAX_PARAMS);
        return false;
    }
    struct strmap names;
    f->error = strmap_init(&names, &f->program->arena, f->doc->vals[list].count, &ret[0].name,
                           sizeof *ret);
    if (f->error)
        return false;
    for (uint32_t it = jdoc_first(f->doc, list); it != JSON_NONE;
         it = jdoc_next(f->doc, list, it)) {
        if (!read_declared(r, it, &ret[n]))
            return false;
        if (strmap_add(&names, n++) == STRMAP_NONE)
            continue;
        gb_complain_definition(r->def, GB_E_duplicate_id, it, "two ports are named '%.*s'.",
                               STR_ARG(ret[n - 1].name));
        return false;
    }
    *ret_n = n;
    return true;
}

static bool read_signature(struct lib_reader *r, uint32_t jval)
{
    if (jval == JSON_NONE || jdoc_is(r->f->doc, jval, JSON_NULL))
        return true;
    int e =
        jdoc_is(r->f->doc, jval, JSON_STRING)
            ? gb_signature_parse(jdoc_str(r->f->doc, jval), &r->f->program->arena, &r->signature)
            : -EINVAL;
    if (e == -ENOMEM) {
        r->f->error = e;
        return false;
    }
    if (!e && (!r->has_in || r->n_in == r->signature.n_params))
        return true;
    struct gb_error *error =
        e ? gb_complain_definition(r->def, GB_E_bad_signature, jval,
                                   "its signature cannot be read.")
          : gb_complain_definition(r->def, GB_E_bad_signature, jval,
                                   "its signature has %u parameters, its inputs are %u.",
                                   r->signature.n_params, r->n_in);
    error->expected = STR("TYPE NAME(TYPE NAME, ...), of the language's types");
    return false;
}

/* Names come from the ports, types from the signature where there is one. */
static bool make_params(struct lib_reader *r)
{
    struct gb_extern *ext = &r->def->ext;
    struct arena *a = &r->f->program->arena;
    bool has_signature = r->signature.name.n > 0;
    uint32_t n = r->has_in ? r->n_in : r->signature.n_params;
    ext->params = arena_new_array(a, n, struct gb_ext_param);
    if (!ext->params) {
        r->f->error = -ENOMEM;
        return false;
    }
    for (uint32_t i = 0; i < n; i++) {
        struct gb_ext_param *p = &ext->params[ext->n_params++];
        *p = (struct gb_ext_param){.kind = GB_EXT_INPUT};
        p->name = r->has_in ? r->in[i].name : r->signature.params[i].name;
        p->type = has_signature ? r->signature.params[i].type : r->in[i].type;
        if (!p->name.n)
            p->name = arena_printf(a, "arg%u", i);
    }
    return true;
}

static bool set_result(struct lib_reader *r)
{
    struct gb_extern *ext = &r->def->ext;
    bool has_signature = r->signature.name.n > 0;
    ext->out = STR("out");
    if (r->n_out > 1) {
        gb_complain_definition(r->def, GB_E_arity, JSON_NONE,
                               "a function gives one value, its outputs are %u.", r->n_out);
        return false;
    }
    if (r->has_out && !r->n_out) {
        ext->ret = (struct gb_type){GB_VOID, 0};
        return true;
    }
    if (r->n_out)
        ext->out = r->out[0].name;
    ext->ret = has_signature ? r->signature.ret
               : r->n_out    ? r->out[0].type
                             : (struct gb_type){GB_DOUBLE, 0};
    if (ext->ret.base == GB_VOID && r->n_out) {
        gb_complain_definition(r->def, GB_E_bad_signature, JSON_NONE,
                               "its function gives nothing, but an output is declared.");
        return false;
    }
    if (ext->ret.base != GB_UNKNOWN)
        return true;
    gb_complain_definition(r->def, GB_E_bad_type, JSON_NONE,
                           "the type of its output must be said.");
    return false;
}

bool gb_read_lib(struct gb_definition *def)
{
    struct gb_front *f = def->f;
    struct lib_reader r = {.def = def, .f = f};
    uint32_t lib = jdoc_get(f->doc, def->jval, "lib");
    if (!jdoc_is(f->doc, lib, JSON_OBJECT))
        return misshapen(def, lib, "`lib`", "an object");
    uint32_t name = jdoc_get(f->doc, lib, "name");
    bool fine = gb_read_function(def, name == JSON_NONE ? lib : name);
    fine &= gb_read_include(def, jdoc_get(f->doc, lib, "include"));
    bool ports = read_list(&r, "inputs", r.in, &r.n_in, &r.has_in) &&
                 read_list(&r, "outputs", r.out, &r.n_out, &r.has_out);
    fine &= ports && read_signature(&r, jdoc_get(f->doc, lib, "signature"));
    if (!fine || !make_params(&r) || !set_result(&r))
        return false;
    gb_read_pure(def, jdoc_get(f->doc, lib, "pure") == JSON_NONE ? def->jval : lib);
    def->ext.pure &= def->ext.ret.base != GB_VOID;
    return true;
}
