/*
 * tables.c - what is allowed and what is blocked, and how it is looked up.
 */
#include <stdlib.h>

#include "../screen.h"

static const struct str default_headers[] = {
#define HEADER(name) {name, sizeof(name) - 1},
#include "headers.def"
#undef HEADER
};

static const char *const blocked[] = {
#define BLOCKED(name) name,
#include "blocked.def"
#undef BLOCKED
};

static const struct {
    const char *name, *meaning;
} rules[SCREEN_RULES] = {
#define SCREEN_RULE(name, meaning) {#name, meaning},
#include "rules.def"
#undef SCREEN_RULE
};

const char *screen_rule_name(enum screen_rule rule)
{
    return rules[rule].name;
}

const char *screen_rule_meaning(enum screen_rule rule)
{
    return rules[rule].meaning;
}

const struct str *screen_default_headers(size_t *ret_n)
{
    *ret_n = sizeof(default_headers) / sizeof(default_headers[0]);
    return default_headers;
}

static int compare(const void *key, const void *element)
{
    const struct str *name = key;
    const char *other = *(const char *const *)element;
    int order = strncmp(name->s, other, name->n);

    return order != 0 ? order : -(int)(unsigned char)other[name->n];
}

bool screen_name_blocked(struct str name)
{
    return name.n > 0 && bsearch(&name, blocked, sizeof(blocked) / sizeof(blocked[0]),
                                 sizeof(blocked[0]), compare) != NULL;
}

static struct str without_prefix(struct str s, const char *prefix)
{
    size_t n = strlen(prefix);

    return s.n > n && memcmp(s.s, prefix, n) == 0 ? (struct str){s.s + n, s.n - n} : s;
}

static struct str without_suffix(struct str s, const char *suffix)
{
    size_t n = strlen(suffix);

    return s.n > n && memcmp(s.s + s.n - n, suffix, n) == 0 ? (struct str){s.s, s.n - n} : s;
}

bool screen_symbol_blocked(const char *symbol)
{
    struct str s = {symbol, strcspn(symbol, "@")};

    if (screen_name_blocked(s))
        return true;
    while (s.n > 0 && s.s[0] == '_')
        s = (struct str){s.s + 1, s.n - 1};
    s = without_prefix(without_prefix(s, "libc_"), "GI_");
    s = without_suffix(without_suffix(s, "_chk"), "64");
    return screen_name_blocked(s);
}
