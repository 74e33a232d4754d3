/*
 * types.c - types by name, and function signatures.
 *
 * The text comes from requests and may hold anything; only the words of the table below, array<...>
 * around them and plain identifiers are understood, so nothing else can reach the C++.
 */
#include "types.h"

#include "gb.h"

#include <errno.h>

#define TYPE_DEPTH_MAX 16

static const struct {
    struct str name;
    enum gb_base base;
} words[] = {
    {{"int", 3}, GB_INT},       {{"long", 4}, GB_INT},
    {{"double", 6}, GB_DOUBLE}, {{"float", 5}, GB_DOUBLE},
    {{"number", 6}, GB_DOUBLE}, {{"bool", 4}, GB_BOOL},
    {{"string", 6}, GB_STRING}, {{"std::string", 11}, GB_STRING},
    {{"void", 4}, GB_VOID},     {{"any", 3}, GB_UNKNOWN},
};

static bool blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static bool name_start(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static bool name_char(char c)
{
    return name_start(c) || (c >= '0' && c <= '9');
}

static void skip_blanks(struct str *in)
{
    while (in->n && blank(*in->s))
        *in = (struct str){in->s + 1, in->n - 1};
}

static bool take(struct str *in, char c)
{
    skip_blanks(in);
    if (!in->n || *in->s != c)
        return false;
    *in = (struct str){in->s + 1, in->n - 1};
    return true;
}

/* An identifier, with "::" parts when `qualified`; empty when none stands here. */
static struct str take_name(struct str *in, bool qualified)
{
    skip_blanks(in);
    size_t n = 0;
    while (n < in->n) {
        if (n == 0 ? name_start(in->s[n]) : name_char(in->s[n]))
            n++;
        else if (qualified && n && n + 2 < in->n && in->s[n] == ':' && in->s[n + 1] == ':' &&
                 name_start(in->s[n + 2]))
            n += 3;
        else
            break;
    }
    struct str name = {in->s, n};
    *in = (struct str){in->s + n, in->n - n};
    return name;
}

static bool take_word(struct str *in, const char *word)
{
    struct str ahead = *in;
    if (!str_eqc(take_name(&ahead, false), word))
        return false;
    *in = ahead;
    return true;
}

static int base_named(struct str name)
{
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (str_eq(words[i].name, name))
            return (int)words[i].base;
    return -1;
}

/* T, array<T>, std::vector<T>, const T, const T&. */
static int take_type(struct str *in, struct gb_type *ret)
{
    unsigned depth = 0;
    int base;
    bool is_const = take_word(in, "const");
    for (;;) {
        struct str name = take_name(in, true);
        if (!str_eqc(name, "array") && !str_eqc(name, "std::vector")) {
            base = base_named(name);
            break;
        }
        if (!take(in, '<') || ++depth > TYPE_DEPTH_MAX)
            return -EINVAL;
    }
    if (base < 0 || (depth && (base == GB_VOID || base == GB_UNKNOWN)))
        return -EINVAL;
    for (unsigned i = 0; i < depth; i++)
        if (!take(in, '>'))
            return -EINVAL;
    if (is_const)
        take(in, '&');
    *ret = (struct gb_type){(uint8_t)base, (uint8_t)depth};
    return 0;
}

int gb_type_parse(struct str name, struct gb_type *ret)
{
    struct gb_type type;
    if (take_type(&name, &type))
        return -EINVAL;
    skip_blanks(&name);
    if (name.n)
        return -EINVAL;
    *ret = type;
    return 0;
}

struct str gb_type_name(struct arena *a, struct gb_type t)
{
    static const struct str names[][2] = {
        [GB_UNKNOWN] = {{"any", 3}, {"array<any>", 10}},
        [GB_VOID] = {{"void", 4}, {"array<void>", 11}},
        [GB_INT] = {{"int", 3}, {"array<int>", 10}},
        [GB_DOUBLE] = {{"double", 6}, {"array<double>", 13}},
        [GB_BOOL] = {{"bool", 4}, {"array<bool>", 11}},
        [GB_STRING] = {{"string", 6}, {"array<string>", 13}},
    };
    if (t.depth < 2)
        return names[t.base][t.depth];
    struct str base = names[t.base][0];
    size_t n = base.n + t.depth * sizeof "array<";
    char *text = arena_alloc(a, n), *p = text;
    if (!text)
        return (struct str){0};
    for (unsigned i = 0; i < t.depth; i++, p += 6)
        memcpy(p, "array<", 6);
    memcpy(p, base.s, base.n);
    memset(p + base.n, '>', t.depth);
    return (struct str){text, n};
}

bool gb_is_name(struct str s, bool qualified)
{
    struct str rest = s;
    if (!s.n || blank(*s.s))
        return false;
    return take_name(&rest, qualified).n == s.n;
}

/* The comma list behind '('; an unnamed parameter keeps an empty name. */
static int take_params(struct str *in, struct arena *a, struct gb_signature *sig)
{
    struct gb_param params[GB_MAX_PARAMS];
    uint32_t n = 0;
    struct str ahead = *in;
    bool none = take(in, ')') || (take_word(&ahead, "void") && take(&ahead, ')'));
    if (none && ahead.n < in->n)
        *in = ahead;
    while (!none) {
        if (n == GB_MAX_PARAMS)
            return -E2BIG;
        struct gb_type type;
        if (take_type(in, &type) || type.base == GB_VOID)
            return -EINVAL;
        params[n++] = (struct gb_param){take_name(in, false), type};
        if (take(in, ')'))
            break;
        if (!take(in, ','))
            return -EINVAL;
    }
    sig->params = arena_new_array(a, n, struct gb_param);
    if (!sig->params)
        return -ENOMEM;
    memcpy(sig->params, params, n * sizeof *params);
    sig->n_params = n;
    return 0;
}

int gb_signature_parse(struct str text, struct arena *a, struct gb_signature *ret)
{
    struct gb_signature sig = {0};
    if (take_type(&text, &sig.ret))
        return -EINVAL;
    sig.name = take_name(&text, true);
    if (!sig.name.n || !take(&text, '('))
        return -EINVAL;
    int r = take_params(&text, a, &sig);
    if (r)
        return r;
    take(&text, ';');
    skip_blanks(&text);
    if (text.n)
        return -EINVAL;
    *ret = sig;
    return 0;
}
