/*
 * extern_manifest.c - a plugin manifest: one C++ function with inputs, constants and outputs.
 */
#include "extern.h"

#include "types.h"

#include <errno.h>

struct str gb_manifest_type(struct gb_front *f, uint32_t jval)
{
    uint32_t type = jdoc_get(f->doc, jval, "nodeType");
    if (type != JSON_NONE)
        return jdoc_str(f->doc, type);
    struct str name = jdoc_str(f->doc, jdoc_get(f->doc, jval, "name"));
    return name.n && name.n < GB_MAX_IDENTIFIER
               ? arena_printf(&f->program->arena, "Lib_%.*s", STR_ARG(name))
               : STR("");
}

static bool read_kind(struct gb_definition *def, uint32_t jval, enum gb_ext_kind *ret)
{
    static const struct str names[] = {[GB_EXT_INPUT] = {"input", 5},
                                       [GB_EXT_CONST] = {"const", 5},
                                       [GB_EXT_OUTPUT] = {"output", 6}};
    const uint32_t n = sizeof names / sizeof names[0];
    *ret = GB_EXT_INPUT;
    if (jval == JSON_NONE)
        return true;
    struct str kind = jdoc_str(def->f->doc, jval);
    for (uint32_t i = 0; i < n; i++)
        if (str_eq(kind, names[i])) {
            *ret = (enum gb_ext_kind)i;
            return true;
        }
    struct gb_error *e = gb_complain_definition(def, GB_E_bad_property, jval,
                                                "a parameter's kind is input, const or output.");
    e->expected = STR("input, const or output");
    e->suggestion = gb_nearest(kind, names, n);
    return false;
}

static bool read_param(struct gb_definition *def, uint32_t jval, struct gb_ext_param *ret)
{
    struct gb_front *f = def->f;
    uint32_t type = jdoc_get(f->doc, jval, "type"), value = jdoc_get(f->doc, jval, "value");
    uint32_t name = jdoc_get(f->doc, jval, "name");
    if (!jdoc_is(f->doc, jval, JSON_OBJECT)) {
        gb_complain_definition(def, GB_E_bad_structure, jval, "a parameter must be an object.");
        return false;
    }
    if (!read_kind(def, jdoc_get(f->doc, jval, "kind"), &ret->kind))
        return false;
    bool nameless = name == JSON_NONE && ret->kind == GB_EXT_CONST;
    if (!nameless && !gb_decode_name(f, NULL, GB_NIL, name == JSON_NONE ? jval : name,
                                     "A parameter's name", &ret->name))
        return false;
    ret->type = (struct gb_type){GB_DOUBLE, 0};
    if (type != JSON_NONE && !gb_decode_type(f, NULL, GB_NIL, type, &ret->type))
        return false;
    if (ret->type.base == GB_VOID || (ret->type.base == GB_UNKNOWN && ret->kind != GB_EXT_INPUT)) {
        gb_complain_definition(def, GB_E_bad_type, type, "a parameter needs a type.");
        return false;
    }
    if (ret->kind != GB_EXT_CONST)
        return true;
    int e = gb_decode_value(f, NULL, GB_NIL, value, ret->type, &ret->value);
    if (e == -ENOMEM)
        f->error = e;
    return !e;
}

static bool read_params(struct gb_definition *def)
{
    struct gb_front *f = def->f;
    struct gb_extern *ext = &def->ext;
    uint32_t list = jdoc_get(f->doc, def->jval, "params");
    if (list == JSON_NONE)
        return true;
    if (!jdoc_is(f->doc, list, JSON_ARRAY)) {
        gb_complain_definition(def, GB_E_bad_structure, list, "`params` must be an array.");
        return false;
    }
    if (f->doc->vals[list].count > GB_MAX_PARAMS) {
        gb_limit(f, NULL, GB_NIL, list, "the number of parameters", GB_MAX_PARAMS);
        return false;
    }
    ext->params =
        arena_new_array(&f->program->arena, f->doc->vals[list].count, struct gb_ext_param);
    if (!ext->params) {
        f->error = -ENOMEM;
        return false;
    }
    for (uint32_t it = jdoc_first(f->doc, list); it != JSON_NONE;
         it = jdoc_next(f->doc, list, it)) {
        struct gb_ext_param *p = &ext->params[ext->n_params];
        if (!read_param(def, it, p))
            return false;
        for (uint32_t i = 0; i < ext->n_params && p->name.n; i++)
            if (str_eq(ext->params[i].name, p->name)) {
                gb_complain_definition(def, GB_E_duplicate_id, it,
                                       "two parameters are named '%.*s'.", STR_ARG(p->name));
                return false;
            }
        ext->n_params++;
    }
    return true;
}

bool gb_read_manifest(struct gb_definition *def)
{
    struct gb_front *f = def->f;
    uint32_t returns = jdoc_get(f->doc, def->jval, "returns");
    bool fine = gb_read_function(def, jdoc_get(f->doc, def->jval, "function"));
    fine &= gb_read_include(def, jdoc_get(f->doc, def->jval, "include"));
    fine &= read_params(def);
    def->ext.out = STR("out");
    def->ext.ret = (struct gb_type){GB_VOID, 0};
    uint32_t type =
        jdoc_is(f->doc, returns, JSON_OBJECT) ? jdoc_get(f->doc, returns, "type") : returns;
    if (type != JSON_NONE && !jdoc_is(f->doc, type, JSON_NULL))
        fine &= gb_decode_type(f, NULL, GB_NIL, type, &def->ext.ret);
    uint32_t name = jdoc_get(f->doc, returns, "name");
    if (name != JSON_NONE)
        fine &= gb_decode_name(f, NULL, GB_NIL, name, "An output's name", &def->ext.out);
    if (fine && def->ext.ret.base == GB_UNKNOWN) {
        gb_complain_definition(def, GB_E_bad_type, type, "the type it returns must be said.");
        fine = false;
    }
    gb_read_pure(def, def->jval);
    bool gives = def->ext.ret.base != GB_VOID;
    for (uint32_t i = 0; i < def->ext.n_params; i++)
        gives |= def->ext.params[i].kind == GB_EXT_OUTPUT;
    def->ext.pure &= gives;
    return fine;
}
