/*
 * extern.c - node_defs: which definitions there are, and what they may not redefine.
 */
#include "extern.h"

#include "types.h"

#include <errno.h>

/* ---- repeating a built-in ------------------------------------------------------------------- */

/* "sin" (std:: before it or not) for Sin: older clients' tables say so. */
static bool same_function(const struct gb_definition *def, const struct gb_kind *kind)
{
    const struct jdoc *doc = def->f->doc;
    uint32_t lib = jdoc_get(doc, def->jval, "lib");
    if (lib == JSON_NONE || jdoc_is(doc, lib, JSON_NULL))
        return jdoc_get(doc, def->jval, "function") == JSON_NONE;
    struct str name = jdoc_str(doc, jdoc_get(doc, lib, "name"));
    struct str include = jdoc_str(doc, jdoc_get(doc, lib, "include"));
    if (name.n > 5 && memcmp(name.s, "std::", 5) == 0)
        name = (struct str){name.s + 5, name.n - 5};
    if (!gb_kind_is_libm(kind->op) || name.n != strlen(kind->name) ||
        (include.n && !str_eqc(include, "<cmath>") && !str_eqc(include, "<math.h>")))
        return false;
    for (size_t i = 0; i < name.n; i++)
        if (name.s[i] != (kind->name[i] | 0x20))
            return false;
    return true;
}

/* Whether a list of ports names just these, in order. Control ports may be left out. */
static bool same_ports(const struct gb_definition *def, const char *key,
                       const struct gb_port *ports, uint32_t n)
{
    const struct jdoc *doc = def->f->doc;
    uint32_t list = jdoc_get(doc, def->jval, key), at = 0;
    if (list == JSON_NONE)
        return true;
    if (!jdoc_is(doc, list, JSON_ARRAY))
        return false;
    for (uint32_t it = jdoc_first(doc, list); it != JSON_NONE;
         it = jdoc_next(doc, list, it), at++) {
        uint32_t name = jdoc_is(doc, it, JSON_OBJECT) ? jdoc_get(doc, it, "name") : it;
        struct str port = jdoc_str(doc, name);
        bool only = n == 1 && !ports[0].control && at == 0 && key[0] == 'o' &&
                    (str_eqc(port, "out") || str_eqc(port, "value") || str_eqc(port, "result") ||
                     str_eqc(port, "output"));
        if (at >= n || (!gb_port_is(&ports[at], port) && !only))
            return false;
    }
    return at == n || ports[at].control || ports[at].optional;
}

static bool repeats_builtin(struct gb_definition *def, const struct gb_kind *kind)
{
    struct gb_port in[GB_PORTS], out[GB_PORTS];
    uint32_t n_in = gb_ports_parse(kind->inputs, in), n_out = gb_ports_parse(kind->outputs, out);
    return same_ports(def, "inputs", in, n_in) && same_ports(def, "outputs", out, n_out) &&
           same_function(def, kind);
}

/* Always false: the plugin stands already. A definition that names another function is refused. */
static bool repeats_plugin(struct gb_definition *def, const struct gb_extern *plugin)
{
    const struct jdoc *doc = def->f->doc;
    uint32_t function = jdoc_get(doc, def->jval, "function");
    if (function == JSON_NONE)
        function = jdoc_get(doc, jdoc_get(doc, def->jval, "lib"), "name");
    if (!str_eq(jdoc_str(doc, function), plugin->function))
        gb_complain_definition(def, GB_E_redefined_builtin, def->jval,
                               "an installed plugin bears that name and calls another function.");
    return false;
}

/* ---- one definition ------------------------------------------------------------------------- */

/* Whether this one adds a node type; def->ext is it. */
static bool read_definition(struct gb_definition *def)
{
    struct gb_front *f = def->f;
    const struct jdoc *doc = f->doc;
    if (!jdoc_is(doc, def->jval, JSON_OBJECT)) {
        gb_complain_definition(def, GB_E_bad_structure, def->jval, "it must be an object.");
        return false;
    }
    const struct gb_kind *kind = gb_kind_named(def->name);
    if (kind && !repeats_builtin(def, kind))
        gb_complain_definition(def, GB_E_redefined_builtin, def->jval,
                               "a request may not redefine the built-in node '%s'.", kind->name);
    if (kind)
        return false;
    for (uint32_t i = 0; i < f->policy->n_plugins; i++)
        if (str_eq(f->policy->plugins[i].type, def->name))
            return repeats_plugin(def, &f->policy->plugins[i]);
    if (jdoc_get(doc, def->jval, "function") != JSON_NONE)
        return gb_read_manifest(def);
    uint32_t lib = jdoc_get(doc, def->jval, "lib");
    if (lib == JSON_NONE || jdoc_is(doc, lib, JSON_NULL))
        return false; /* ports without a function: nothing that could be called */
    return gb_read_lib(def);
}

/* An entry's name: the key; in an array the member that says it. */
static bool name_definition(struct gb_definition *def, uint32_t key)
{
    struct gb_front *f = def->f;
    uint32_t jname = key;
    if (jname == JSON_NONE)
        jname = jdoc_get(f->doc, def->jval, "nodeType");
    if (jname == JSON_NONE && jdoc_get(f->doc, def->jval, "function") != JSON_NONE) {
        def->name = gb_manifest_type(f, def->jval);
        if (def->name.n)
            return true;
    }
    if (jname == JSON_NONE)
        jname = jdoc_get(f->doc, def->jval, "type");
    if (jname == JSON_NONE)
        jname = jdoc_get(f->doc, def->jval, "name");
    if (jname == JSON_NONE) {
        gb_complain(f, GB_E_bad_structure, NULL, GB_NIL, def->jval,
                    "An entry of `node_defs` has no name.");
        return false;
    }
    return gb_decode_name(f, NULL, GB_NIL, jname, "A node type's name", &def->name);
}

/* A refused one is kept without a function, so that its nodes are not unknown on top of that. */
static bool keep_definition(struct gb_definition *def)
{
    const struct gb_report *r = def->f->report;
    uint32_t errors = r->n_errors + r->n_suppressed;
    def->ext.type = def->name;
    if (read_definition(def))
        return true;
    def->ext = (struct gb_extern){.type = def->name};
    return r->n_errors + r->n_suppressed != errors && !gb_kind_named(def->name);
}

static int decode_one(struct gb_front *f, uint32_t jval, uint32_t key)
{
    struct gb_definition def = {.f = f, .jval = jval};
    if (name_definition(&def, key) && keep_definition(&def))
        f->externs[f->n_externs++] = def.ext;
    return f->error;
}

/* An object of definitions by type name, an array of them, or a single manifest. */
int gb_decode_externs(struct gb_front *f)
{
    const struct jdoc *doc = f->doc;
    if (f->node_defs == JSON_NONE || jdoc_is(doc, f->node_defs, JSON_NULL))
        return 0;
    uint32_t room = doc->vals[f->node_defs].count < GB_MAX_DEFINITIONS
                        ? doc->vals[f->node_defs].count
                        : GB_MAX_DEFINITIONS;
    f->externs = arena_new_array(&f->program->arena, room, struct gb_extern);
    if (!f->externs)
        return -ENOMEM;
    if (jdoc_is(doc, jdoc_get(doc, f->node_defs, "function"), JSON_STRING))
        return decode_one(f, f->node_defs, JSON_NONE);
    bool object = jdoc_is(doc, f->node_defs, JSON_OBJECT);
    if (!object && !jdoc_is(doc, f->node_defs, JSON_ARRAY)) {
        gb_complain(f, GB_E_bad_structure, NULL, GB_NIL, f->node_defs,
                    "`node_defs` must be an object of definitions, not %s.",
                    json_type_name(doc->vals[f->node_defs].type));
        return 0;
    }
    f->externs =
        arena_new_array(&f->program->arena, doc->vals[f->node_defs].count, struct gb_extern);
    if (!f->externs)
        return -ENOMEM;
    for (uint32_t it = jdoc_first(doc, f->node_defs); it != JSON_NONE && !f->stop;
         it = jdoc_next(doc, f->node_defs, it)) {
        int e = decode_one(f, object ? it + 1 : it, object ? it : JSON_NONE);
        if (e)
            return e;
    }
    return 0;
}
