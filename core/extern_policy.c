/*
 * extern_policy.c - what an external node may name: functions, headers.
 *
 * The list of functions is no sandbox (the container is); it makes the plain attempts fail early
 * and by name. A qualified name is judged by its last part, so std::system is system.
 */
#include "extern.h"

#include "types.h"

#include <stdio.h>

static const struct str default_includes[] = {
#define HEADER(name) {"<" name ">", sizeof("<" name ">") - 1},
#include "includes.def"
#undef HEADER
};

const struct str *gb_default_includes(uint32_t *ret_n)
{
    *ret_n = sizeof default_includes / sizeof default_includes[0];
    return default_includes;
}

/* ---- functions ------------------------------------------------------------------------------ */

enum name_class { KEYWORD, DENIED, IMPURE };

static const struct {
    enum name_class class;
    const char *names;
} lists[] = {
#define NAMES(class, what, names) {class, names},
#include "cpp_names.def"
#undef NAMES
};

static bool in_list(const char *list, struct str name)
{
    for (const char *p = list; *p;) {
        size_t n = strcspn(p, " ");
        bool prefix = p[n - 1] == '*';
        struct str word = {p, n - prefix};
        if (str_eq((struct str){name.s, prefix && name.n > word.n ? word.n : name.n}, word))
            return true;
        p += n + (p[n] == ' ');
    }
    return false;
}

static bool is(enum name_class class, struct str name)
{
    for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++)
        if (lists[i].class == class && in_list(lists[i].names, name))
            return true;
    return false;
}

/* Takes the part before the next "::" off. */
static struct str next_part(struct str *name)
{
    const char *colons = memmem(name->s, name->n, "::", 2);
    size_t n = colons ? (size_t)(colons - name->s) : name->n;
    struct str part = {name->s, n};
    *name = colons ? (struct str){colons + 2, name->n - n - 2} : (struct str){0};
    return part;
}

/* Names of the implementation and of our own runtime. */
static bool reserved(struct str part)
{
    bool capital = part.n > 1 && part.s[0] == '_' && part.s[1] >= 'A' && part.s[1] <= 'Z';
    return capital || memmem(part.s, part.n, "__", 2) || str_eqc(part, "gb");
}

enum gb_function_verdict gb_function_verdict(struct str name)
{
    if (name.n > 2 && memcmp(name.s, "::", 2) == 0)
        name = (struct str){name.s + 2, name.n - 2};
    if (!gb_is_name(name, true))
        return GB_FUNCTION_NO_NAME;
    struct str rest = name, part = {0};
    while (rest.n) {
        part = next_part(&rest);
        if (is(KEYWORD, part))
            return GB_FUNCTION_NO_NAME;
        if (reserved(part))
            return GB_FUNCTION_DENIED;
    }
    return is(DENIED, part) ? GB_FUNCTION_DENIED : GB_FUNCTION_FINE;
}

bool gb_function_impure(struct str name)
{
    struct str rest = name, part = {0};
    while (rest.n)
        part = next_part(&rest);
    return is(IMPURE, part);
}

struct gb_error *gb_complain_definition(struct gb_definition *def, enum gb_code code, uint32_t jval,
                                        const char *fmt, ...)
{
    char text[400];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    return gb_complain(def->f, code, NULL, GB_NIL, jval == JSON_NONE ? def->jval : jval,
                       "Definition of '%.*s': %s", STR_ARG(def->name), text);
}

bool gb_read_function(struct gb_definition *def, uint32_t jval)
{
    struct str name;
    if (!gb_decode_name(def->f, NULL, GB_NIL, jval, "A function's name", &name))
        return false;
    struct gb_error *e;
    switch (gb_function_verdict(name)) {
    case GB_FUNCTION_NO_NAME:
        e = gb_complain_definition(def, GB_E_bad_identifier, jval,
                                   "'%.*s' is no name of a C++ function.", STR_ARG(name));
        e->expected = STR("an identifier, possibly with std:: before it");
        e->actual = name;
        return false;
    case GB_FUNCTION_DENIED:
        e = gb_complain_definition(def, GB_E_denied_function, jval,
                                   "no node may call function '%.*s'.", STR_ARG(name));
        e->actual = name;
        return false;
    case GB_FUNCTION_FINE:
        break;
    }
    def->ext.function = name;
    return true;
}

void gb_read_pure(struct gb_definition *def, uint32_t object)
{
    const struct jval *v = jdoc_at(def->f->doc, jdoc_get(def->f->doc, object, "pure"));
    bool claimed = !v || v->type != JSON_BOOL || v->b;
    def->ext.pure = claimed && !gb_function_impure(def->ext.function);
}

/* ---- includes ------------------------------------------------------------------------------- */

bool gb_check_include(struct gb_front *f, uint32_t jval, struct str include)
{
    const struct str *list = f->policy->includes;
    uint32_t n = f->policy->n_includes;
    if (!list)
        list = gb_default_includes(&n);
    for (uint32_t i = 0; i < n; i++)
        if (str_eq(list[i], include))
            return true;
    if (!jdoc_is(f->doc, jval, JSON_STRING))
        return gb_decode_name(f, NULL, GB_NIL, jval, "An include", &include);
    struct str shown = {include.s, include.n < GB_MAX_IDENTIFIER ? include.n : GB_MAX_IDENTIFIER};
    struct gb_error *e =
        gb_complain(f, GB_E_disallowed_include, NULL, GB_NIL, jval,
                    "Include '%.*s' is not on the list of allowed ones.", STR_ARG(shown));
    e->actual = shown;
    e->suggestion = gb_nearest(include, list, n);
    return false;
}

bool gb_read_include(struct gb_definition *def, uint32_t jval)
{
    struct str include = jdoc_str(def->f->doc, jval);
    if (jval == JSON_NONE || jdoc_is(def->f->doc, jval, JSON_NULL) ||
        (jdoc_is(def->f->doc, jval, JSON_STRING) && !include.n))
        return true;
    if (!gb_check_include(def->f, jval, include))
        return false;
    def->ext.include = include;
    return true;
}
