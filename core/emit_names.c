/* emit_names.c - C++ identifiers made of the names people gave; see emit_names.h. */
#include "emit_names.h"

#include <errno.h>

#define LONGEST 64

struct gb_name_slot {
    struct str name; /* .s NULL: free */
    uint32_t hash;
    uint32_t last; /* the number that was appended last */
};

/* Keywords, words with a meaning, and macros: no name of a program may be one of them. */
static const char *const COMMON[] = {
    "alignas",
    "alignof",
    "and",
    "and_eq",
    "asm",
    "auto",
    "bitand",
    "bitor",
    "bool",
    "break",
    "case",
    "catch",
    "char",
    "char16_t",
    "char32_t",
    "char8_t",
    "class",
    "co_await",
    "co_return",
    "co_yield",
    "compl",
    "concept",
    "const",
    "const_cast",
    "consteval",
    "constexpr",
    "constinit",
    "continue",
    "decltype",
    "default",
    "delete",
    "do",
    "double",
    "dynamic_cast",
    "else",
    "enum",
    "explicit",
    "export",
    "extern",
    "false",
    "final",
    "float",
    "for",
    "friend",
    "goto",
    "if",
    "import",
    "inline",
    "int",
    "long",
    "module",
    "mutable",
    "namespace",
    "new",
    "noexcept",
    "not",
    "not_eq",
    "nullptr",
    "operator",
    "or",
    "or_eq",
    "override",
    "private",
    "protected",
    "public",
    "register",
    "reinterpret_cast",
    "requires",
    "return",
    "short",
    "signed",
    "sizeof",
    "static",
    "static_assert",
    "static_cast",
    "struct",
    "switch",
    "template",
    "this",
    "thread_local",
    "throw",
    "true",
    "try",
    "typedef",
    "typeid",
    "typename",
    "typeof",
    "union",
    "unsigned",
    "using",
    "virtual",
    "void",
    "volatile",
    "wchar_t",
    "while",
    "xor",
    "xor_eq",
    /* the runtime's and the language's own */
    "gb",
    "std",
    "main",
    "caller",
    "frame",
    /* macros in lower case */
    "assert",
    "errno",
    "linux",
    "unix",
    "i386",
    "stdin",
    "stdout",
    "stderr",
    "offsetof",
    "signbit",
    "isnan",
    "isinf",
    "isfinite",
    "isnormal",
    "fpclassify",
    "setjmp",
    "va_arg",
    "va_copy",
    "va_end",
    "va_start",
    "major",
    "minor",
    "makedev",
    "alloca",
    "strdupa",
    "complex",
    "imaginary",
};

/* ---- the C library ------------------------------------------------------------------------------ */

#define WORDS(words) " " words
static const char C_NAMES[] =
#include "c_names.def"
    " ";
#undef WORDS

static bool ends_with(struct str s, const char *end)
{
    size_t n = strlen(end);
    return s.n > n && memcmp(s.s + s.n - n, end, n) == 0;
}

static bool in_c_names(struct str name)
{
    char word[LONGEST + 2];
    if (name.n > LONGEST)
        return false;
    word[0] = word[name.n + 1] = ' ';
    memcpy(word + 1, name.s, name.n);
    return memmem(C_NAMES, sizeof C_NAMES - 1, word, name.n + 2) != NULL;
}

/* Whether a header may declare the name in the global namespace, where the program's functions stand
 * (a local variable hides it, and may). Its types end in _t; its functions come in kinds: sinf, sinl,
 * strtof128_l. */
static bool is_of_c_library(struct str name)
{
    static const char *const KINDS[] = {"_unlocked", "_np",  "_r",  "_l", "f128", "f64x",
                                        "f64",       "f32x", "f32", "64", "f",    "l"};
    static const char *const FAMILIES[] = {"pthread_", "sched_",   "clock_", "timer_", "pkey_",
                                           "posix_",   "process_", "f32",    "f64"};
    for (size_t i = 0; i < sizeof FAMILIES / sizeof *FAMILIES; i++)
        if (name.n > strlen(FAMILIES[i]) && memcmp(name.s, FAMILIES[i], strlen(FAMILIES[i])) == 0)
            return true;
    if (ends_with(name, "_t") || in_c_names(name))
        return true;
    for (size_t i = 0; i < sizeof KINDS / sizeof *KINDS; i++) /* at most two, as strtof128_l has */
        if (ends_with(name, KINDS[i])) {
            name.n -= strlen(KINDS[i]);
            if (in_c_names(name))
                return true;
        }
    return false;
}

/* ---- names that are given ----------------------------------------------------------------------- */

static uint32_t hash_of(struct str s)
{
    uint32_t h = 2166136261U;
    for (size_t i = 0; i < s.n; i++)
        h = (h ^ (unsigned char)s.s[i]) * 16777619U;
    return h ^ h >> 15;
}

/* The name's slot, or the free one where it belongs. */
static struct gb_name_slot *find(const struct gb_names *names, struct str name, uint32_t hash)
{
    uint32_t at = hash & names->mask;
    while (names->slots[at].name.s &&
           (names->slots[at].hash != hash || !str_eq(names->slots[at].name, name)))
        at = (at + 1) & names->mask;
    return &names->slots[at];
}

static bool grow(struct gb_names *names, uint32_t size)
{
    struct gb_name_slot *old = names->slots;
    uint32_t old_size = old ? names->mask + 1 : 0;
    names->slots = arena_new_array(names->arena, size, struct gb_name_slot);
    if (!names->slots) {
        names->slots = old;
        return false;
    }
    names->mask = size - 1;
    for (uint32_t i = 0; i < old_size; i++)
        if (old[i].name.s)
            *find(names, old[i].name, old[i].hash) = old[i];
    return true;
}

int gb_names_init(struct gb_names *names, const struct gb_names *outer, uint32_t n,
                  struct arena *arena)
{
    uint32_t size = 16;
    while (size < 2 * n)
        size *= 2;
    *names = (struct gb_names){.outer = outer, .arena = arena};
    return grow(names, size) ? 0 : -ENOMEM;
}

static bool taken(const struct gb_names *names, struct str name, uint32_t hash)
{
    for (; names; names = names->outer)
        if (find(names, name, hash)->name.s)
            return true;
    return false;
}

static struct gb_name_slot *give(struct gb_names *names, struct str name, uint32_t hash)
{
    if (2 * (names->used + 1) > names->mask && !grow(names, 2 * (names->mask + 1)))
        return NULL;
    struct gb_name_slot *slot = find(names, name, hash);
    *slot = (struct gb_name_slot){name, hash, 1};
    names->used++;
    return slot;
}

void gb_names_reserve(struct gb_names *names, struct str identifier)
{
    uint32_t hash = hash_of(identifier);
    if (!find(names, identifier, hash)->name.s)
        give(names, identifier, hash);
}

void gb_names_reserve_common(struct gb_names *names)
{
    for (size_t i = 0; i < sizeof COMMON / sizeof *COMMON; i++)
        gb_names_reserve(names, str_c(COMMON[i]));
}

/* Letters, digits and single underscores; nothing that only a macro would be called. */
static size_t sanitise(struct str name, char out[LONGEST + 1])
{
    size_t n = 0;
    bool lower = false;
    for (size_t i = 0; i < name.n && n < LONGEST; i++) {
        char c = name.s[i];
        bool upper = c >= 'A' && c <= 'Z', digit = c >= '0' && c <= '9';
        bool letter = upper || (c >= 'a' && c <= 'z');
        if (digit && n == 0)
            out[n++] = 'n';
        if (letter || digit)
            out[n++] = c;
        else if (n && out[n - 1] != '_')
            out[n++] = '_';
        lower = lower || (letter && !upper);
    }
    while (n && out[n - 1] == '_')
        n--;
    for (size_t i = 0; i < n && !lower; i++)
        if (out[i] >= 'A' && out[i] <= 'Z')
            out[i] = (char)(out[i] | 0x20);
    return n;
}

static size_t append_number(char *to, uint32_t number)
{
    char digits[12];
    size_t n = 0, at = 0;
    for (; number; number /= 10)
        digits[n++] = (char)('0' + number % 10);
    to[at++] = '_';
    while (n)
        to[at++] = digits[--n];
    return at;
}

struct str gb_names_take(struct gb_names *names, struct str name, const char *fallback)
{
    char text[LONGEST + 16];
    size_t n = sanitise(name, text);
    if (n == 0) {
        n = strlen(fallback);
        memcpy(text, fallback, n);
    }
    struct str wanted = {text, n};
    uint32_t hash = hash_of(wanted);
    if (taken(names, wanted, hash) || (!names->outer && is_of_c_library(wanted))) {
        struct gb_name_slot *slot = find(names, wanted, hash);
        if (!slot->name.s) /* an outer name: count here how often it was asked for */
            slot = give(names, arena_str(names->arena, wanted), hash);
        uint32_t number = slot ? slot->last : 1;
        do {
            wanted.n = n + append_number(text + n, ++number);
            hash = hash_of(wanted);
        } while (taken(names, wanted, hash));
        if (slot)
            slot->last = number;
    }
    struct str given = arena_str(names->arena, wanted);
    if (given.s && !give(names, given, hash))
        given.s = NULL;
    return given;
}
