/*
 * fields.c - the check of a request's members against their table.
 */
#include "fields.h"

#include <stdio.h>

#include "nearest.h"

static void complain(struct field_check *c, enum outcome o, uint32_t value, const char *field,
                     const char *fmt, ...) __attribute__((format(printf, 5, 6)));

static void complain(struct field_check *c, enum outcome o, uint32_t value, const char *field,
                     const char *fmt, ...)
{
    if (c->n == FIELD_COMPLAINTS_MAX)
        return;
    struct field_complaint *it = &c->complaints[c->n++];
    *it = (struct field_complaint){.outcome = o, .value = value, .field = field};
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(it->message, sizeof(it->message), fmt, ap);
    va_end(ap);
}

/* What a value is, for messages. */
static const char *type_of(const struct jdoc *doc, uint32_t v)
{
    return json_type_name(doc->vals[v].type);
}

int64_t field_max(const struct field *f, const struct config *cfg)
{
    int64_t value;
    if (!f->max_of || !cfg)
        return f->max;
    memcpy(&value, (const char *)cfg + f->max_of, sizeof(value));
    return value << f->max_shift;
}

const struct field *field_find(const struct field *table, struct str name)
{
    for (const struct field *f = table; f->name; f++)
        if (str_eqc(name, f->name))
            return f;
    return NULL;
}

const char *field_suggest(struct str name, const struct field *table)
{
    const char *best = NULL;
    unsigned best_distance = NEAREST_MAX + 1;
    for (const struct field *f = table; f->name; f++) {
        unsigned d = nearest_distance(name, str_c(f->name));
        if (d < best_distance) {
            best_distance = d;
            best = f->name;
        }
    }
    for (const struct field *f = table; f->name && !best; f++)
        if (name.n > 2 && name.n < strlen(f->name) && memcmp(f->name, name.s, name.n) == 0)
            best = f->name;
    return best;
}

static void complain_unknown(struct field_check *c, uint32_t value, struct str name,
                             const struct field *table)
{
    unsigned before = c->n;
    const char *best = field_suggest(name, table);
    int shown = name.n > 60 ? 60 : (int)name.n;
    if (best)
        complain(c, OUTCOME_unknown_field, value, "",
                 "`%.*s` is not known here; did you mean `%s`?", shown, name.s, best);
    else
        complain(c, OUTCOME_unknown_field, value, "", "`%.*s` is not known here", shown, name.s);
    if (c->n > before) {
        c->complaints[before].unknown = name;
        c->complaints[before].suggestion = best;
    }
}

static void check_int(const struct jdoc *doc, uint32_t v, const struct field *f,
                      struct field_check *c)
{
    enum outcome o = f->type == FIELD_LIMIT ? OUTCOME_bad_limit : OUTCOME_bad_field;
    const struct jval *val = &doc->vals[v];
    if (f->type == FIELD_LEVEL && val->type == JSON_BOOL)
        return;
    if (val->type == JSON_HUGE)
        complain(c, o, v, f->name, "`%s` does not fit any limit", f->name);
    else if (val->type == JSON_REAL)
        complain(c, o, v, f->name, "`%s` must be a whole number", f->name);
    else if (val->type != JSON_INT)
        complain(c, o, v, f->name, "`%s` must be an integer, not %s", f->name, type_of(doc, v));
    else if (val->i < f->min || val->i > f->max)
        complain(c, o, v, f->name, "`%s` must be between %lld and %lld, not %lld", f->name,
                 (long long)f->min, (long long)f->max, (long long)val->i);
}

static void check_string(const struct jdoc *doc, uint32_t v, const struct field *f,
                         struct field_check *c)
{
    struct str s = jdoc_str(doc, v);
    if (!jdoc_is(doc, v, JSON_STRING)) {
        complain(c, OUTCOME_bad_field, v, f->name, "`%s` must be a string, not %s", f->name,
                 type_of(doc, v));
    } else if (f->type == FIELD_STRING && s.n > (size_t)field_max(f, c->cfg)) {
        complain(c, OUTCOME_bad_field, v, f->name, "`%s` has %zu bytes; at most %lld are accepted",
                 f->name, s.n, (long long)field_max(f, c->cfg));
    } else if (f->no_nul && memchr(s.s, '\0', s.n)) {
        complain(c, OUTCOME_bad_field, v, f->name, "`%s` may not contain the character U+0000",
                 f->name);
    } else if (f->type == FIELD_WORD && !nearest_has_word(f->words, s)) {
        complain(c, OUTCOME_bad_field, v, f->name, "`%s` must be one of: %s", f->name, f->words);
    }
}

static void check_object(const struct jdoc *doc, uint32_t v, const struct field *table,
                         struct field_check *c);
static void check_value(const struct jdoc *doc, uint32_t v, const struct field *f,
                        struct field_check *c);

/* A map's names are the caller's, so that the same one may be there twice; maps are small. */
static void check_names(const struct jdoc *doc, uint32_t v, const struct field *f,
                        struct field_check *c)
{
    for (uint32_t it = jdoc_first(doc, v); it != JSON_NONE; it = jdoc_next(doc, v, it))
        for (uint32_t at = jdoc_first(doc, v); at != it; at = jdoc_next(doc, v, at)) {
            struct str name = jdoc_str(doc, it);
            if (str_eq(name, jdoc_str(doc, at)))
                complain(c, OUTCOME_bad_field, it + 1, f->name, "`%s`: `%.*s` is given twice",
                         f->name, name.n > 60 ? 60 : (int)name.n, name.s);
        }
}

/* An array's elements, or the values of a map. */
static void check_elements(const struct jdoc *doc, uint32_t v, const struct field *f,
                           struct field_check *c)
{
    bool map = f->type == FIELD_MAP;
    int64_t n = doc->vals[v].count, most = field_max(f, c->cfg);
    if (n < f->min || n > most) {
        complain(c, OUTCOME_bad_field, v, f->name,
                 "`%s` must have between %lld and %lld %s, not %lld", f->name, (long long)f->min,
                 (long long)most, map ? "members" : "elements", (long long)n);
        return;
    }
    if (map)
        check_names(doc, v, f, c);
    for (uint32_t it = jdoc_first(doc, v); f->sub && it != JSON_NONE; it = jdoc_next(doc, v, it))
        check_value(doc, map ? it + 1 : it, f->sub, c);
}

static void check_value(const struct jdoc *doc, uint32_t v, const struct field *f,
                        struct field_check *c)
{
    static const enum json_type containers[] = {
        [FIELD_OBJECT] = JSON_OBJECT, [FIELD_ARRAY] = JSON_ARRAY, [FIELD_MAP] = JSON_OBJECT};
    static const char *const articles[] = {
        [FIELD_OBJECT] = "an object", [FIELD_ARRAY] = "an array", [FIELD_MAP] = "an object"};

    switch (f->type) {
    case FIELD_ANY:
        return;
    case FIELD_STRING:
    case FIELD_WORD:
        check_string(doc, v, f, c);
        return;
    case FIELD_BOOL:
        if (!jdoc_is(doc, v, JSON_BOOL))
            complain(c, OUTCOME_bad_field, v, f->name, "`%s` must be true or false, not %s",
                     f->name, type_of(doc, v));
        return;
    case FIELD_INT:
    case FIELD_LEVEL:
    case FIELD_LIMIT:
        check_int(doc, v, f, c);
        return;
    case FIELD_OBJECT:
    case FIELD_ARRAY:
    case FIELD_MAP:
        break;
    }
    if (!jdoc_is(doc, v, containers[f->type]))
        complain(c, OUTCOME_bad_field, v, f->name, "`%s` must be %s, not %s", f->name,
                 articles[f->type], type_of(doc, v));
    else if (f->type != FIELD_OBJECT)
        check_elements(doc, v, f, c);
    else if (f->sub)
        check_object(doc, v, f->sub, c);
}

static void check_object(const struct jdoc *doc, uint32_t v, const struct field *table,
                         struct field_check *c)
{
    bool itself = false; /* its other members are that value's, not ours */
    for (const struct field *f = table; f->name; f++) {
        uint32_t member = jdoc_get(doc, v, f->name);
        bool absent = member == JSON_NONE || jdoc_is(doc, member, JSON_NULL);
        if (member == JSON_NONE && f->itself && jdoc_get(doc, v, f->itself) != JSON_NONE)
            itself = true;
        else if (absent && f->required)
            complain(c, f->missing ? f->missing : OUTCOME_bad_field, v, f->name,
                     "`%s` is required: %s", f->name, f->doc);
    }
    for (uint32_t it = jdoc_first(doc, v); it != JSON_NONE; it = jdoc_next(doc, v, it)) {
        struct str name = jdoc_str(doc, it);
        const struct field *f = field_find(table, name);
        if (!f) {
            if (!itself)
                complain_unknown(c, it + 1, name, table);
        } else if (jdoc_get(doc, v, f->name) != it + 1) {
            complain(c, OUTCOME_bad_field, it + 1, f->name, "`%s` is given twice", f->name);
        } else if (!jdoc_is(doc, it + 1, JSON_NULL) || f->type == FIELD_LIMIT) {
            check_value(doc, it + 1, f, c);
        }
    }
}

bool fields_check(const struct jdoc *doc, uint32_t object, const struct field *table,
                  const struct config *cfg, struct field_check *ret)
{
    ret->n = 0;
    ret->cfg = cfg;
    check_object(doc, object, table, ret);
    return ret->n == 0;
}

void fields_complaints_json(const struct jdoc *doc, const struct field_check *check,
                            struct jsonw *w)
{
    jw_open(w, '[');
    for (unsigned i = 0; i < check->n; i++) {
        const struct field_complaint *c = &check->complaints[i];
        cleanup_buf struct buf pointer = BUF_INIT(4096);
        jdoc_pointer(doc, c->value, &pointer);
        jw_open(w, '{');
        jw_kstr(w, "pointer", buf_view(&pointer));
        if (c->unknown.s)
            jw_kstr(w, "field", c->unknown);
        else
            jw_kcstr(w, "field", c->field);
        jw_kcstr(w, "error", outcome_row(c->outcome)->word);
        jw_kcstr(w, "message", c->message);
        if (c->suggestion)
            jw_kcstr(w, "suggestion", c->suggestion);
        jw_close(w, '}');
    }
    jw_close(w, ']');
}
