/* config.c - see config.h. */
#include "config.h"

#include "arena.h"
#include "cleanup.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>

#define FILE_MAX_BYTES (1U << 20)

extern char **environ;

/* ---- the rows ------------------------------------------------------------------------------- */

enum row_type {
    ROW_SECTION,
    ROW_INT,
    ROW_BOOL,
    ROW_STR,
    ROW_PATH,
    ROW_CHOICE,
    ROW_SECRET,
};

struct row {
    enum row_type type;
    size_t offset;       /* of the member in struct config */
    const char *key;     /* or a section's title */
    const char *text;    /* default of a text */
    int64_t number;      /* default of a number or switch */
    int64_t least, most; /* a number's bounds; a text's most bytes */
    const char *unit;    /* or the choices "a|b|c" */
    const char *doc;
};

static const struct row rows[] = {
#define AT(member) offsetof(struct config, member)
#define CONFIG_SECTION(title, about) {.type = ROW_SECTION, .key = (title), .doc = (about)},
#define CONFIG_INT(m, k, d, lo, hi, u, about)                                                      \
    {.type = ROW_INT,                                                                              \
     .offset = AT(m),                                                                              \
     .key = (k),                                                                                   \
     .number = (d),                                                                                \
     .least = (lo),                                                                                \
     .most = (hi),                                                                                 \
     .unit = (u),                                                                                  \
     .doc = (about)},
#define CONFIG_BOOL(m, k, d, about)                                                                \
    {.type = ROW_BOOL, .offset = AT(m), .key = (k), .number = (d), .doc = (about)},
#define CONFIG_STR(m, k, d, hi, about)                                                             \
    {.type = ROW_STR, .offset = AT(m), .key = (k), .text = (d), .most = (hi), .doc = (about)},
#define CONFIG_PATH(m, k, d, hi, about)                                                            \
    {.type = ROW_PATH, .offset = AT(m), .key = (k), .text = (d), .most = (hi), .doc = (about)},
#define CONFIG_CHOICE(m, k, d, of, about)                                                          \
    {.type = ROW_CHOICE, .offset = AT(m), .key = (k), .text = (d), .unit = (of), .doc = (about)},
#define CONFIG_SECRET(m, k, d, hi, about)                                                          \
    {.type = ROW_SECRET, .offset = AT(m), .key = (k), .text = (d), .most = (hi), .doc = (about)},
#include "../../ops/config.def"
};
#define N_ROWS (sizeof rows / sizeof rows[0])

/* Prefixes that are ours: a variable that bears one and is no key is a mistake, but for these. */
static const char *const our_prefixes[] = {"GB_", "SANDBOX_", "DEV_FALLBACK", "DEV_ALLOW_FALLBACK"};
static const char *const not_keys[] = {"GB_CONFIG", "GB_URL", "GB_KEY", "GB_CA"};

static const struct row *find_row(struct str key)
{
    for (size_t i = 0; i < N_ROWS; i++)
        if (rows[i].type != ROW_SECTION && str_eqc(key, rows[i].key))
            return &rows[i];
    return NULL;
}

/* ---- one value ------------------------------------------------------------------------------ */

static int64_t *int_at(struct config *cfg, const struct row *r)
{
    return (int64_t *)(void *)((char *)cfg + r->offset);
}

static bool *bool_at(struct config *cfg, const struct row *r)
{
    return (bool *)(void *)((char *)cfg + r->offset);
}

static const char **text_at(struct config *cfg, const struct row *r)
{
    return (const char **)(void *)((char *)cfg + r->offset);
}

static int set_int(struct config *cfg, const struct row *r, const char *value, struct err *err)
{
    char *end;
    errno = 0;
    long long v = strtoll(value, &end, 10);
    if (end == value || *end || errno || v < r->least || v > r->most)
        return err_set(err, -EINVAL, "%s must be a whole number from %lld to %lld (%s), not \"%s\"",
                       r->key, (long long)r->least, (long long)r->most, r->unit, value);
    *int_at(cfg, r) = v;
    return 0;
}

static int set_bool(struct config *cfg, const struct row *r, const char *value, struct err *err)
{
    static const char *const words[][2] = {
        {"0", "1"}, {"false", "true"}, {"no", "yes"}, {"off", "on"}};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        for (int v = 0; v < 2; v++)
            if (strcmp(value, words[i][v]) == 0) {
                *bool_at(cfg, r) = v;
                return 0;
            }
    return err_set(err, -EINVAL, "%s must be 0 or 1, not \"%s\"", r->key, value);
}

static bool is_choice(const char *choices, struct str value)
{
    for (const char *at = choices;; at++) {
        size_t n = strcspn(at, "|");
        if (str_eq((struct str){at, n}, value))
            return true;
        at += n;
        if (!*at)
            return false;
    }
}

static int set_text(struct config *cfg, const struct row *r, struct str value, struct err *err)
{
    if (r->type == ROW_CHOICE && !is_choice(r->unit, value))
        return err_set(err, -EINVAL, "%s must be one of %s, not \"%.*s\"", r->key, r->unit,
                       STR_ARG(value));
    if (r->type != ROW_CHOICE && value.n > (size_t)r->most)
        return err_set(err, -EINVAL, "%s is longer than %lld bytes", r->key, (long long)r->most);
    struct str copy = arena_str(cfg->owned, value);
    if (!copy.s)
        return err_set(err, -ENOMEM, "no memory for %s", r->key);
    *text_at(cfg, r) = copy.s;
    return 0;
}

static int set_value(struct config *cfg, const struct row *r, struct str value, struct err *err)
{
    char small[64];
    if (r->type != ROW_INT && r->type != ROW_BOOL)
        return set_text(cfg, r, value, err);
    if (value.n >= sizeof small || memchr(value.s ? value.s : "", 0, value.n))
        return err_set(err, -EINVAL, "%s is too long for a number", r->key);
    memcpy(small, value.n ? value.s : "", value.n);
    small[value.n] = '\0';
    return r->type == ROW_INT ? set_int(cfg, r, small, err) : set_bool(cfg, r, small, err);
}

/* ---- the sources ---------------------------------------------------------------------------- */

static int set_defaults(struct config *cfg, struct err *err)
{
    *cfg = (struct config){0};
    cfg->owned = calloc(1, sizeof(struct arena));
    if (!cfg->owned)
        return err_set(err, -ENOMEM, "no memory for the configuration");
    for (size_t i = 0; i < N_ROWS; i++) {
        const struct row *r = &rows[i];
        if (r->type == ROW_INT)
            *int_at(cfg, r) = r->number;
        else if (r->type == ROW_BOOL)
            *bool_at(cfg, r) = r->number != 0;
        else if (r->type != ROW_SECTION)
            *text_at(cfg, r) = r->text;
    }
    return 0;
}

static struct str trim(struct str v)
{
    while (v.n && strchr(" \t\r", v.s[v.n - 1]))
        v.n--;
    while (v.n && strchr(" \t\r", v.s[0]))
        v.s++, v.n--;
    return v;
}

/* Quotes around the whole value go, as in a systemd EnvironmentFile. */
static struct str unquote(struct str v)
{
    if (v.n >= 2 && (v.s[0] == '"' || v.s[0] == '\'') && v.s[v.n - 1] == v.s[0])
        return (struct str){v.s + 1, v.n - 2};
    return v;
}

static int take_line(struct config *cfg, struct str line, unsigned *seen, unsigned number,
                     struct err *err)
{
    const char *eq = memchr(line.s, '=', line.n);
    if (!eq)
        return err_set(err, -EINVAL, "expected KEY=value");
    struct str key = trim((struct str){line.s, (size_t)(eq - line.s)});
    struct str value = unquote(trim((struct str){eq + 1, line.n - (size_t)(eq + 1 - line.s)}));
    const struct row *r = find_row(key);
    if (!r)
        return err_set(err, -EINVAL, "unknown key \"%.*s\" (docs/configuration.md lists all)",
                       STR_ARG(key));
    unsigned *before = &seen[r - rows];
    if (*before)
        return err_set(err, -EINVAL, "%s stands in line %u already", r->key, *before);
    *before = number;
    return set_value(cfg, r, value, err);
}

static int take_file(struct config *cfg, const char *name, struct str text, struct err *err)
{
    unsigned seen[N_ROWS] = {0}, number = 0;
    while (text.n) {
        const char *newline = memchr(text.s, '\n', text.n);
        size_t n = newline ? (size_t)(newline - text.s) : text.n;
        struct str line = trim((struct str){text.s, n});
        number++;
        if (line.n && line.s[0] != '#') {
            int code = take_line(cfg, line, seen, number, err);
            if (code)
                return err_wrap(err, code, "%s:%u", name, number);
        }
        n += newline != NULL;
        text.s += n;
        text.n -= n;
    }
    return 0;
}

static bool is_ours(struct str name)
{
    for (size_t i = 0; i < sizeof not_keys / sizeof not_keys[0]; i++)
        if (str_eqc(name, not_keys[i]))
            return false;
    for (size_t i = 0; i < sizeof our_prefixes / sizeof our_prefixes[0]; i++)
        if (strncmp(name.s, our_prefixes[i], strlen(our_prefixes[i])) == 0)
            return true;
    return false;
}

static int take_environment(struct config *cfg, char *const *environment, struct err *err)
{
    for (; *environment; environment++) {
        const char *eq = strchr(*environment, '=');
        if (!eq)
            continue;
        struct str name = {*environment, (size_t)(eq - *environment)};
        const struct row *r = find_row(name);
        int code = 0;
        if (r)
            code = set_value(cfg, r, str_c(eq + 1), err);
        else if (is_ours(name))
            code = err_set(err, -EINVAL, "unknown key %.*s (docs/configuration.md lists all)",
                           STR_ARG(name));
        if (code)
            return err_wrap(err, code, "environment");
    }
    return 0;
}

static int place_paths(struct config *cfg, struct err *err)
{
    for (size_t i = 0; i < N_ROWS; i++) {
        const char **path = rows[i].type == ROW_PATH ? text_at(cfg, &rows[i]) : NULL;
        if (!path || !**path || **path == '/')
            continue;
        struct str placed = arena_printf(cfg->owned, "%s/%s", cfg->run_dir, *path);
        if (!placed.s)
            return err_set(err, -ENOMEM, "no memory for %s", rows[i].key);
        *path = placed.s;
    }
    return 0;
}

int config_parse(const char *name, struct str text, char *const *environment, struct config *cfg,
                 struct err *err)
{
    int code = set_defaults(cfg, err);
    if (!code)
        code = take_file(cfg, name, text, err);
    if (!code)
        code = take_environment(cfg, environment, err);
    if (!code)
        code = place_paths(cfg, err);
    if (!code)
        code = config_older(cfg, err);
    return code;
}

static int read_file(const char *name, struct buf *out, struct err *err)
{
    cleanup_close int fd = open(name, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return err_errno(err, errno, "%s", name);
    for (;;) {
        char piece[4096];
        ssize_t n = read(fd, piece, sizeof piece);
        if (n < 0 && errno != EINTR)
            return err_errno(err, errno, "%s", name);
        if (n == 0)
            return 0;
        if (n > 0)
            buf_put(out, piece, (size_t)n);
        if (out->error)
            return err_set(err, out->error, "%s: larger than %u bytes", name, FILE_MAX_BYTES);
    }
}

int config_load(const char *file, struct config *cfg, struct err *err)
{
    *cfg = (struct config){0};
    cleanup_buf struct buf text = BUF_INIT(FILE_MAX_BYTES);
    if (!file)
        file = getenv("GB_CONFIG");
    int code = file && *file ? read_file(file, &text, err) : 0;
    return code ? code : config_parse(file ? file : "", buf_view(&text), environ, cfg, err);
}

void config_free(struct config *cfg)
{
    if (!cfg)
        return;
    if (cfg->owned)
        arena_free(cfg->owned);
    free(cfg->owned);
    *cfg = (struct config){0};
}

/* ---- written out ---------------------------------------------------------------------------- */

static void put_value(const struct config *cfg, const struct row *r, struct buf *out)
{
    struct config *readable = (struct config *)(uintptr_t)cfg; /* the accessors serve both ways */
    if (r->type == ROW_INT)
        buf_i64(out, *int_at(readable, r));
    else if (r->type == ROW_BOOL)
        buf_putc(out, *bool_at(readable, r) ? '1' : '0');
    else if (r->type == ROW_SECRET)
        buf_puts(out, **text_at(readable, r) ? "***" : "");
    else
        buf_puts(out, *text_at(readable, r));
}

static void put_default(const struct row *r, struct buf *out)
{
    if (r->type == ROW_INT || r->type == ROW_BOOL)
        buf_i64(out, r->number);
    else
        buf_puts(out, r->text);
}

/* "100..600000 ms", "0 or 1", "debug|info", "text". */
static void put_bounds(const struct row *r, struct buf *out)
{
    if (r->type == ROW_INT)
        buf_printf(out, "%lld..%lld %s", (long long)r->least, (long long)r->most, r->unit);
    else if (r->type == ROW_BOOL)
        buf_puts(out, "0 or 1");
    else if (r->type == ROW_CHOICE)
        buf_puts(out, r->unit);
    else if (r->type == ROW_PATH)
        buf_puts(out, "path");
    else
        buf_puts(out, r->type == ROW_SECRET ? "secret" : "text");
}

void config_print(const struct config *cfg, struct buf *out)
{
    for (size_t i = 0; i < N_ROWS; i++) {
        if (rows[i].type == ROW_SECTION) {
            buf_printf(out, "%s# %s: %s\n", i ? "\n" : "", rows[i].key, rows[i].doc);
            continue;
        }
        buf_printf(out, "%s=", rows[i].key);
        put_value(cfg, &rows[i], out);
        buf_putc(out, '\n');
    }
}

/* A cell of a markdown table: bars would end it. */
static void put_cell(const char *text, struct buf *out)
{
    for (; *text; text++) {
        if (*text == '|')
            buf_putc(out, '\\');
        buf_putc(out, *text);
    }
}

void config_markdown(struct buf *out)
{
    buf_puts(out,
             "# Configuration\n\n"
             "<!-- Made by `make docs` from ops/config.def. -->\n\n"
             "Every program reads the same keys: from the defaults below, then from one file of\n"
             "`KEY=value` lines (`--config FILE`, else `$GB_CONFIG`), then from the environment.\n"
             "An unknown key or a value out of bounds ends the start and names the file and line.\n"
             "`--print-config` shows what is in force. A sample file: `ops/config.sample`.\n");
    for (size_t i = 0; i < N_ROWS; i++) {
        const struct row *r = &rows[i];
        if (r->type == ROW_SECTION) {
            buf_printf(out, "\n## %s\n\n%s\n\n| key | default | values | |\n|---|---|---|---|\n",
                       r->key, r->doc);
            continue;
        }
        cleanup_buf struct buf bounds = BUF_INIT(0);
        put_bounds(r, &bounds);
        buf_printf(out, "| `%s` | ", r->key);
        buf_puts(out, r->text && !*r->text ? "" : "`");
        put_default(r, out);
        buf_puts(out, r->text && !*r->text ? " | " : "` | ");
        put_cell(buf_cstr(&bounds), out);
        buf_puts(out, " | ");
        put_cell(r->doc, out);
        buf_puts(out, " |\n");
    }
}

void config_sample(struct buf *out)
{
    buf_puts(out, "# A sample: every key with its default. Take the # away to change one.\n");
    for (size_t i = 0; i < N_ROWS; i++) {
        const struct row *r = &rows[i];
        if (r->type == ROW_SECTION) {
            buf_printf(out, "\n# ---- %s: %s\n", r->key, r->doc);
            continue;
        }
        buf_printf(out, "\n# %s (", r->doc);
        put_bounds(r, out);
        buf_printf(out, ")\n#%s=", r->key);
        put_default(r, out);
        buf_putc(out, '\n');
    }
}

/* ---- the arguments of every program --------------------------------------------------------- */

static int answer(const char *text)
{
    fputs(text, stdout);
    return 1;
}

int config_main(int argc, char **argv, const char *usage, struct config *cfg, int *ret_next,
                struct err *err)
{
    const char *file = NULL;
    bool print = false;
    int at = 1;
    *cfg = (struct config){0};
    for (; at < argc; at++) {
        if (strcmp(argv[at], "--help") == 0)
            return answer(usage);
        if (strcmp(argv[at], "--version") == 0)
            return answer(GB_VERSION "\n");
        if (strcmp(argv[at], "--print-config") == 0)
            print = true;
        else if (strcmp(argv[at], "--config") == 0 && at + 1 < argc)
            file = argv[++at];
        else
            break;
    }
    int code = config_load(file, cfg, err);
    if (code)
        return code;
    if (print) {
        cleanup_buf struct buf out = BUF_INIT(0);
        config_print(cfg, &out);
        return answer(buf_cstr(&out));
    }
    *ret_next = at;
    return 0;
}
