/* emit_names.c - C++ identifiers made of the names people gave; see emit_names.h. */
#include "emit_names.h"

#include <errno.h>

#define LONGEST 64

struct gb_name_slot {
    struct str name; /* .s NULL: free */
    uint32_t hash;
    uint32_t last; /* the number that was appended last */
};

/* Keywords and words with a meaning; names of the C library that a header may bring. */
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
    /* functions of the C library */
    "abort",
    "abs",
    "accept",
    "access",
    "acos",
    "acosh",
    "alarm",
    "asin",
    "asinh",
    "atan",
    "atan2",
    "atanh",
    "atexit",
    "atof",
    "atoi",
    "atol",
    "bind",
    "bsearch",
    "calloc",
    "cbrt",
    "ceil",
    "chdir",
    "clearerr",
    "clock",
    "close",
    "connect",
    "copysign",
    "cos",
    "cosh",
    "creat",
    "ctime",
    "daemon",
    "difftime",
    "div",
    "dup",
    "environ",
    "erf",
    "erfc",
    "exit",
    "exp",
    "exp2",
    "expm1",
    "fabs",
    "fclose",
    "fdim",
    "feof",
    "ferror",
    "fflush",
    "fgetc",
    "fgets",
    "floor",
    "fma",
    "fmax",
    "fmin",
    "fmod",
    "fopen",
    "fork",
    "fprintf",
    "fputc",
    "fputs",
    "fread",
    "free",
    "frexp",
    "fscanf",
    "fseek",
    "ftell",
    "fwrite",
    "gamma",
    "getc",
    "getchar",
    "getenv",
    "getpid",
    "gets",
    "gmtime",
    "hypot",
    "index",
    "isalnum",
    "isalpha",
    "isdigit",
    "islower",
    "isspace",
    "isupper",
    "j0",
    "j1",
    "jn",
    "kill",
    "labs",
    "ldexp",
    "ldiv",
    "lgamma",
    "link",
    "listen",
    "llabs",
    "localtime",
    "log",
    "log10",
    "log1p",
    "log2",
    "logb",
    "lrint",
    "lround",
    "lseek",
    "malloc",
    "memchr",
    "memcmp",
    "memcpy",
    "memmove",
    "memset",
    "mktime",
    "modf",
    "nan",
    "nearbyint",
    "nice",
    "open",
    "pause",
    "perror",
    "pipe",
    "poll",
    "pow",
    "printf",
    "putc",
    "putchar",
    "puts",
    "qsort",
    "raise",
    "rand",
    "random",
    "read",
    "realloc",
    "recv",
    "remainder",
    "remove",
    "rename",
    "rewind",
    "rindex",
    "rint",
    "round",
    "scanf",
    "select",
    "send",
    "signal",
    "sin",
    "sinh",
    "sleep",
    "socket",
    "sprintf",
    "sqrt",
    "srand",
    "sscanf",
    "stat",
    "strcat",
    "strchr",
    "strcmp",
    "strcpy",
    "strdup",
    "strlen",
    "strncmp",
    "strstr",
    "strtod",
    "strtol",
    "sync",
    "system",
    "tan",
    "tanh",
    "tgamma",
    "time",
    "times",
    "tolower",
    "toupper",
    "trunc",
    "truncate",
    "ungetc",
    "unlink",
    "wait",
    "write",
    "y0",
    "y1",
    "yn",
};

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
    if (!taken(names, identifier, hash))
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
    if (taken(names, wanted, hash)) {
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
