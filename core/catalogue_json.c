/*
 * catalogue_json.c - the catalogue for machines (GET /v1/node-defs) and for people (docs/nodes.md).
 *
 * The JSON is an object by node type, in the form of a request's node_defs, so that a client which
 * sends back what it was given is understood.
 */
#include "catalogue.h"
#include "gb.h"

#include "base/jsonw.h"

/* ---- JSON ----------------------------------------------------------------------------------- */

static void names_json(struct jsonw *w, const char *key, const struct str *names, uint32_t n)
{
    if (!n)
        return;
    jw_key(w, key);
    jw_open(w, '[');
    for (uint32_t i = 0; i < n; i++)
        jw_str(w, names[i]);
    jw_close(w, ']');
}

static void port_json(struct jsonw *w, const struct gb_port *p)
{
    jw_open(w, '{');
    jw_kstr(w, "name", p->names[0]);
    jw_kstr(w, "type", str_eqc(p->kind, "num") ? STR("number") : p->kind);
    names_json(w, "aliases", p->names + 1, p->n_names - 1);
    if (p->optional)
        jw_kbool(w, "optional", true);
    if (p->required)
        jw_kbool(w, "required", true);
    if (p->repeats)
        jw_kbool(w, "repeats", true);
    jw_close(w, '}');
}

static void ports_json(struct jsonw *w, const char *key, const char *spec, bool control)
{
    struct gb_port ports[GB_PORTS];
    uint32_t n = gb_ports_parse(spec, ports);
    jw_key(w, key);
    jw_open(w, '[');
    for (uint32_t i = 0; i < n; i++) {
        if (control && ports[i].control)
            jw_str(w, ports[i].names[0]);
        else if (!control && !ports[i].control)
            port_json(w, &ports[i]);
    }
    jw_close(w, ']');
}

static void kind_json(struct jsonw *w, const struct gb_kind *kind)
{
    jw_key(w, kind->name);
    jw_open(w, '{');
    jw_kcstr(w, "group", kind->group);
    jw_kcstr(w, "doc", kind->doc);
    if (*kind->aliases) {
        jw_key(w, "aliases");
        jw_open(w, '[');
        for (const char *p = kind->aliases; *p; p += strspn(p, " ")) {
            size_t n = strcspn(p, " ");
            jw_str(w, (struct str){p, n});
            p += n;
        }
        jw_close(w, ']');
    }
    ports_json(w, "inputs", kind->inputs, false);
    ports_json(w, "outputs", kind->outputs, false);
    if (strchr(kind->outputs, '@'))
        ports_json(w, "control", kind->outputs, true);
    ports_json(w, "properties", kind->properties, false);
    jw_close(w, '}');
}

static void ext_port_json(struct jsonw *w, struct arena *a, struct str name, struct gb_type type)
{
    jw_open(w, '{');
    jw_kstr(w, "name", name);
    jw_kstr(w, "type", gb_type_name(a, type));
    jw_close(w, '}');
}

static void plugin_json(struct jsonw *w, struct arena *a, const struct gb_extern *ext)
{
    jw_key_str(w, ext->type);
    jw_open(w, '{');
    jw_kcstr(w, "group", "external");
    jw_key(w, "inputs");
    jw_open(w, '[');
    for (uint32_t i = 0; i < ext->n_params; i++)
        if (ext->params[i].kind == GB_EXT_INPUT)
            ext_port_json(w, a, ext->params[i].name, ext->params[i].type);
    jw_close(w, ']');
    jw_key(w, "outputs");
    jw_open(w, '[');
    if (ext->ret.base != GB_VOID)
        ext_port_json(w, a, ext->out, ext->ret);
    for (uint32_t i = 0; i < ext->n_params; i++)
        if (ext->params[i].kind == GB_EXT_OUTPUT)
            ext_port_json(w, a, ext->params[i].name, ext->params[i].type);
    jw_close(w, ']');
    jw_key(w, "lib");
    jw_open(w, '{');
    jw_kstr(w, "name", ext->function);
    jw_kstr(w, "include", ext->include);
    jw_kbool(w, "pure", ext->pure);
    jw_close(w, '}');
    jw_close(w, '}');
}

void gb_catalogue_json(const struct gb_policy *policy, struct jsonw *w)
{
    struct arena names = ARENA_INIT(0);
    jw_open(w, '{');
    for (enum gb_op op = 0; op < GB_OP_EXTERNAL; op++)
        kind_json(w, gb_kind_of(op));
    for (uint32_t i = 0; policy && i < policy->n_plugins; i++)
        plugin_json(w, &names, &policy->plugins[i]);
    jw_close(w, '}');
    arena_free(&names);
}

/* ---- Markdown ------------------------------------------------------------------------------- */

static void code(struct buf *out, struct str s)
{
    buf_putc(out, '`');
    buf_str(out, s);
    buf_putc(out, '`');
}

/* "`a` number, `b` number"; "–" for none. */
static void ports_markdown(struct buf *out, const char *spec)
{
    struct gb_port ports[GB_PORTS];
    uint32_t n = gb_ports_parse(spec, ports);
    for (uint32_t i = 0; i < n; i++) {
        const struct gb_port *p = &ports[i];
        buf_puts(out, i ? ", " : "");
        code(out, p->names[0]);
        for (uint32_t k = 1; k < p->n_names; k++) {
            buf_puts(out, k == 1 ? " (" : ", ");
            code(out, p->names[k]);
        }
        buf_puts(out, p->n_names > 1 ? ") " : " ");
        buf_str(out, p->control                ? STR("control")
                     : str_eqc(p->kind, "num") ? STR("number")
                                               : p->kind);
        buf_puts(out, p->repeats ? ", any number" : "");
        buf_puts(out, p->optional && !p->repeats ? ", optional" : "");
    }
    if (!n)
        buf_puts(out, "–");
}

static void kind_markdown(struct buf *out, const struct gb_kind *kind)
{
    buf_puts(out, "| ");
    code(out, str_c(kind->name));
    for (const char *p = kind->aliases; *p; p += strspn(p, " ")) {
        size_t n = strcspn(p, " ");
        buf_puts(out, ", ");
        code(out, (struct str){p, n});
        p += n;
    }
    buf_puts(out, " | ");
    ports_markdown(out, kind->inputs);
    buf_puts(out, " | ");
    ports_markdown(out, kind->outputs);
    buf_puts(out, " | ");
    ports_markdown(out, kind->properties);
    buf_puts(out, " | ");
    buf_puts(out, kind->doc);
    buf_puts(out, " |\n");
}

void gb_catalogue_markdown(struct buf *out)
{
    buf_puts(
        out,
        "# Nodes\n\n"
        "Generated from the catalogue, `core/nodes.def`, by `make docs`; what the words mean is in "
        "[language.md](language.md).\n\n"
        "Names in brackets are other accepted spellings. Inputs without a name are filled in "
        "the order given here.\n");
    const char *group = "";
    for (enum gb_op op = 0; op < GB_OP_EXTERNAL; op++) {
        const struct gb_kind *kind = gb_kind_of(op);
        if (strcmp(group, kind->group) != 0) {
            group = kind->group;
            buf_printf(out,
                       "\n## %c%s\n\n| node | inputs | outputs | properties | meaning |\n"
                       "|---|---|---|---|---|\n",
                       group[0] - 'a' + 'A', group + 1);
        }
        kind_markdown(out, kind);
    }
}
