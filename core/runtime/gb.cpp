// gb.cpp - the part of the runtime that needs no recompiling: libgb.a. See gb.hpp.
#include "gb.hpp"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

namespace gb {

// ---- faults -------------------------------------------------------------------------------------

static const char *const FAULT_NAMES[] = {
    "no fault",   "division by zero", "index out of range", "bad number",
    "bad cast",   "bad shift",        "zero step",          "recursion limit",
    "step limit", "memory limit",     "output limit",
};

// The compiler's own list, where it is at hand.
#if __has_include("../faults.def")
enum class Listed : unsigned {
#define FAULT(kind, message) kind,
#include "../faults.def"
#undef FAULT
};
#define FAULT(kind, message)                                                                       \
    static_assert(static_cast<unsigned>(Listed::kind) == static_cast<unsigned>(Fault::kind), "");
#include "../faults.def"
#undef FAULT
#endif

static void store_big_endian(unsigned char *to, unsigned v)
{
    for (int i = 0; i < 4; ++i)
        to[i] = static_cast<unsigned char>(v >> (24 - 8 * i));
}

// The service reads 8 bytes, kind and site, from descriptor 3; people read standard error.
void fault(Fault kind, Site site)
{
    unsigned char report[8];
    store_big_endian(report, static_cast<unsigned>(kind));
    store_big_endian(report + 4, static_cast<unsigned>(site));
    fflush(stdout);
    if (::write(3, report, sizeof report) < 0) {
        // nobody listens: standard error has to do
    }
    fprintf(stderr, "fault: %s at node %u\n", FAULT_NAMES[static_cast<unsigned>(kind)],
            static_cast<unsigned>(site));
    _exit(70);
}

static void *allocate(void *old, Size n)
{
    void *p = realloc(old, n);
    if (!p)
        fault(Fault::memory_limit, at(0));
    return p;
}

// ---- texts --------------------------------------------------------------------------------------

namespace types {

String::String(View v)
{
    append(v);
}

String::~String()
{
    free(data_);
}

String &String::operator=(const String &other)
{
    if (this != &other) {
        size_ = 0;
        append(other.view());
    }
    return *this;
}

String &String::operator=(String &&other) noexcept
{
    if (this != &other) {
        free(data_);
        data_ = other.data_;
        size_ = other.size_;
        room_ = other.room_;
        other.data_ = nullptr;
        other.size_ = other.room_ = 0;
    }
    return *this;
}

// v may be a part of this text.
void String::append(View v)
{
    if (v.size == 0 && data_ == nullptr)
        return;
    bool own = data_ && v.data >= data_ && v.data <= data_ + size_;
    Size offset = own ? static_cast<Size>(v.data - data_) : 0;
    if (size_ + v.size + 1 > room_) {
        room_ = data_ ? (size_ + v.size + 1) * 2 : v.size + 1;
        data_ = static_cast<char *>(allocate(data_, room_));
    }
    memmove(data_ + size_, own ? data_ + offset : v.data, v.size);
    size_ += v.size;
    data_[size_] = '\0';
}

String operator+(const String &a, const String &b)
{
    String sum(a);
    sum.append(b.view());
    return sum;
}

String operator+(String &&a, const String &b)
{
    a.append(b.view());
    return static_cast<String &&>(a);
}

int compare(const String &a, const String &b)
{
    Size n = a.size() < b.size() ? a.size() : b.size();
    int order = memcmp(a.data(), b.data(), n);
    if (order)
        return order;
    return a.size() < b.size() ? -1 : a.size() > b.size();
}

} // namespace types

Int length(const String &text)
{
    return text.size();
}

String substring(const String &text, Int start, Int length, Site site)
{
    if (start < 0)
        fault(Fault::index_out_of_range, site);
    return substring(text, start, length);
}

String substring(const String &text, Int start, Int length)
{
    Size from = start.bits() < text.size() ? start.bits() : text.size();
    Size left = text.size() - from;
    Size n = length < 0 ? 0 : length.bits() < left ? length.bits() : left;
    return String(View{text.data() + from, n});
}

Int index_of(const String &text, const String &find)
{
    if (find.size() == 0)
        return 0;
    for (Size at = 0; at + find.size() <= text.size(); ++at) {
        const char *from = text.data() + at;
        const void *first = memchr(from, find.data()[0], text.size() - find.size() - at + 1);
        if (!first)
            return -1;
        at = static_cast<Size>(static_cast<const char *>(first) - text.data());
        if (memcmp(first, find.data(), find.size()) == 0)
            return at;
    }
    return -1;
}

bool contains(const String &text, const String &find)
{
    return index_of(text, find) >= 0;
}

// ASCII letters alone: from 'a' or from 'A' on.
static String change_case(const String &text, char first)
{
    String changed;
    char chunk[256];
    for (Size done = 0; done < text.size();) {
        Size n = text.size() - done < sizeof chunk ? text.size() - done : sizeof chunk;
        for (Size i = 0; i < n; ++i) {
            char c = text.data()[done + i];
            chunk[i] = c >= first && c < first + 26 ? static_cast<char>(c ^ 0x20) : c;
        }
        changed.append({chunk, n});
        done += n;
    }
    return changed;
}

String to_upper(const String &text)
{
    return change_case(text, 'a');
}

String to_lower(const String &text)
{
    return change_case(text, 'A');
}

String concat(const Item *texts, Size n)
{
    String all;
    for (Size i = 0; i < n; i++)
        all.append(texts[i].text());
    return all;
}

String text(const char *s)
{
    return String(View{s ? s : "", s ? strlen(s) : 0});
}

// ---- numbers ------------------------------------------------------------------------------------

Int div(Int a, Int b, Site site)
{
    if (b == 0)
        fault(Fault::division_by_zero, site);
    return a / b;
}

Int mod(Int a, Int b, Site site)
{
    if (b == 0)
        fault(Fault::division_by_zero, site);
    return a % b;
}

Int shl(Int a, Int n, Site site)
{
    if (n < 0)
        fault(Fault::bad_shift, site);
    return a << n;
}

Int shr(Int a, Int n, Site site)
{
    if (n < 0)
        fault(Fault::bad_shift, site);
    return a >> n;
}

double min(double a, double b)
{
    if (isnan(a) || isnan(b))
        return isnan(a) ? b : a;
    if (a == b)
        return signbit(a) ? a : b;
    return a < b ? a : b;
}

double max(double a, double b)
{
    if (isnan(a) || isnan(b))
        return isnan(a) ? b : a;
    if (a == b)
        return signbit(a) ? b : a;
    return a > b ? a : b;
}

int compare(Int a, double b)
{
    if (isnan(b))
        return 2;
    if (b >= 0x1p63)
        return -1;
    if (b < -0x1p63)
        return 1;
    double whole = ::trunc(b);
    long long n = static_cast<long long>(whole);
    if (a.value() != n)
        return a.value() < n ? -1 : 1;
    return b > whole ? -1 : b < whole;
}

double mod(double a, double b)
{
    return ::fmod(a, b);
}

double abs(double x)
{
    return ::fabs(x);
}

double atan2(double y, double x)
{
    return ::atan2(y, x);
}

double pow(double a, double b)
{
    return ::pow(a, b);
}

#define GB_MATH(name)                                                                              \
    double name(double x)                                                                          \
    {                                                                                              \
        return ::name(x);                                                                          \
    }
GB_MATH(sin)
GB_MATH(cos)
GB_MATH(tan)
GB_MATH(asin)
GB_MATH(acos)
GB_MATH(atan)
GB_MATH(exp)
GB_MATH(log)
GB_MATH(log10)
GB_MATH(sqrt)
GB_MATH(floor)
GB_MATH(ceil)
GB_MATH(round)
GB_MATH(trunc)
#undef GB_MATH

// ---- texts as numbers ---------------------------------------------------------------------------

static bool is_blank(int c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

static View trim(View v)
{
    while (v.size && is_blank(v.data[0]))
        ++v.data, --v.size;
    while (v.size && is_blank(v.data[v.size - 1]))
        --v.size;
    return v;
}

// Moves past digits; how many there were.
static Size skip_digits(View &v)
{
    Size n = 0;
    while (n < v.size && v.data[n] >= '0' && v.data[n] <= '9')
        ++n;
    v = {v.data + n, v.size - n};
    return n;
}

static bool skip(View &v, char a, char b)
{
    if (v.size == 0 || (v.data[0] != a && v.data[0] != b))
        return false;
    v = {v.data + 1, v.size - 1};
    return true;
}

// [sign] digits [. digits] or . digits, then [e [sign] digits].
static bool spells_number(View v)
{
    skip(v, '+', '-');
    Size digits = skip_digits(v);
    if (skip(v, '.', '.'))
        digits += skip_digits(v);
    if (digits == 0)
        return false;
    if (skip(v, 'e', 'E')) {
        skip(v, '+', '-');
        if (skip_digits(v) == 0)
            return false;
    }
    return v.size == 0;
}

// Whether it is one that fits 64 bits.
static bool parse_int(View v, long long *ret)
{
    View t = trim(v);
    bool negative = t.size && t.data[0] == '-';
    skip(t, '+', '-');
    View digits = t;
    if (skip_digits(t) == 0 || t.size)
        return false;
    long long value = 0; // gathered below zero, where there is room for one more
    for (Size i = 0; i < digits.size; ++i)
        if (__builtin_mul_overflow(value, 10, &value) ||
            __builtin_sub_overflow(value, digits.data[i] - '0', &value))
            return false;
    if (!negative && value == int_min.value())
        return false;
    *ret = negative ? value : -value;
    return true;
}

double to_double(const String &text, Site site)
{
    View t = trim(text.view());
    if (!spells_number(t))
        fault(Fault::bad_number, site);
    return strtod(String(t).data(), nullptr);
}

Int to_int(double x, Site site)
{
    if (!(x >= -0x1p63 && x < 0x1p63))
        fault(Fault::bad_cast, site);
    return static_cast<long long>(x);
}

Int to_int(const String &text, Site site)
{
    long long value;
    if (parse_int(text.view(), &value))
        return value;
    return to_int(to_double(text, site), site);
}

bool to_bool(const String &text, Site site)
{
    bool yes = text == "true" || text == "1";
    if (!yes && text != "false" && text != "0")
        fault(Fault::bad_cast, site);
    return yes;
}

// ---- output -------------------------------------------------------------------------------------

// Where put() writes: standard output, or the text that to_string() makes.
static String *sink;

void put(View text)
{
    if (sink)
        sink->append(text);
    else
        fwrite(text.data, 1, text.size, stdout);
}

void put(Int x)
{
    char digits[24];
    Size at = sizeof digits;
    unsigned long long left = x < 0 ? (-x).bits() : x.bits();
    do {
        digits[--at] = static_cast<char>('0' + left % 10);
        left /= 10;
    } while (left);
    if (x < 0)
        digits[--at] = '-';
    put(View{digits + at, sizeof digits - at});
}

void put(double x)
{
    char digits[32];
    int n = isnan(x) ? snprintf(digits, sizeof digits, "nan")
                     : snprintf(digits, sizeof digits, "%.6g", x);
    put(View{digits, static_cast<Size>(n)});
}

void put(bool x)
{
    put(View{x ? "1" : "0", 1});
}

void put_words(bool x)
{
    put(x ? View{"true", 4} : View{"false", 5});
}

void types::Item::put() const
{
    switch (kind_) {
    case Kind::integer:
        return gb::put(Int(is_.i));
    case Kind::real:
        return gb::put(is_.d);
    case Kind::truth:
        return gb::put(is_.b);
    case Kind::text:
        return gb::put(is_.text);
    case Kind::other:
        return is_.other.writer(is_.other.thing);
    }
}

void write_items(const Item *items, Size n, View separator)
{
    for (Size i = 0; i < n; i++) {
        if (i)
            put(separator);
        items[i].put();
    }
}

void print_items(const Item *items, Size n, View separator)
{
    write_items(items, n, separator);
    put(View{"\n", 1});
}

void print(Int x)
{
    print(Item(x));
}

void print(double x)
{
    print(Item(x));
}

void print(bool x)
{
    print(Item(x));
}

void print_text(View text)
{
    put(text);
    put(View{"\n", 1});
}

void print(const String &text)
{
    print_text(text.view());
}

String to_string(const Item &item)
{
    String text, *outer = sink;
    sink = &text;
    item.put();
    sink = outer;
    return text;
}

// ---- input --------------------------------------------------------------------------------------

static String read_token()
{
    fflush(stdout);
    int c = getchar();
    while (c != EOF && is_blank(c))
        c = getchar();
    String token;
    for (; c != EOF && !is_blank(c); c = getchar()) {
        char byte = static_cast<char>(c);
        token.append({&byte, 1});
    }
    if (c != EOF)
        ungetc(c, stdin);
    return token;
}

Read<double> read_number(Site site)
{
    String token = read_token();
    if (token.size() == 0)
        return {0.0, false};
    return {to_double(token, site), true};
}

Read<Int> read_int(Site site)
{
    String token = read_token();
    if (token.size() == 0)
        return {0, false};
    long long value;
    if (!parse_int(token.view(), &value))
        fault(Fault::bad_number, site);
    return {value, true};
}

Read<String> read_word()
{
    String token = read_token();
    bool ok = token.size() > 0;
    return {static_cast<String &&>(token), ok};
}

Read<String> read_line()
{
    fflush(stdout);
    int c = getchar();
    if (c == EOF)
        return {String(), false};
    String line;
    for (; c != EOF && c != '\n'; c = getchar()) {
        char byte = static_cast<char>(c);
        line.append({&byte, 1});
    }
    if (line.size() && line.data()[line.size() - 1] == '\r')
        line = String(View{line.data(), line.size() - 1});
    return {static_cast<String &&>(line), true};
}

// ---- control ------------------------------------------------------------------------------------

unsigned types::calls;

Range range(Int start, Int end, Int step, Site site)
{
    if (step == 0)
        fault(Fault::zero_step, site);
    bool runs = step > 0 ? start < end : start > end;
    if (!runs)
        return {start, step, 0};
    unsigned long long way = step > 0 ? end.bits() - start.bits() : start.bits() - end.bits();
    unsigned long long stride = step > 0 ? step.bits() : (-step).bits();
    return {start, step, (way - 1) / stride + 1};
}

// The kernel keeps at least 128 MB below the stack free of mappings (mm/mmap.c, MIN_GAP), and looks
// at the limit when the stack grows: raising it now is enough.
void deep_stack()
{
    const rlim_t enough = 112UL << 20;
    rlimit limit;
    if (getrlimit(RLIMIT_STACK, &limit) != 0 || limit.rlim_cur >= enough)
        return;
    limit.rlim_cur = limit.rlim_max < enough ? limit.rlim_max : enough;
    setrlimit(RLIMIT_STACK, &limit);
}

} // namespace gb
