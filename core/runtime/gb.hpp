// gb.hpp - what a compiled graph runs on (C++17).
//
// Small on purpose: no standard header, so that a program compiles in a blink; libgb.a holds the
// rest. Lists in braces are arrays, never std::initializer_list: what g++ spends on one of those grows
// with the number of them in the function. The types stand in a namespace of their own, so that
// argument-dependent lookup never mistakes a function of the program for one of these.
#ifndef GB_HPP
#define GB_HPP

namespace gb {

using Size = decltype(sizeof 0);

// What can end a program; the numbers are those of the compiler's list of faults.
enum class Fault : unsigned {
    none,
    division_by_zero,
    index_out_of_range,
    bad_number,
    bad_cast,
    bad_shift,
    zero_step,
    recursion_limit,
    step_limit,
    memory_limit,
    output_limit,
};

namespace types {

// The number of a node in the graph; what can fault is told its own.
enum class Site : unsigned {};

// A 64-bit integer whose arithmetic wraps.
class Int {
public:
    constexpr Int() : value_(0) {}
    constexpr Int(int v) : value_(v) {}
    constexpr Int(long v) : value_(v) {}
    constexpr Int(long long v) : value_(v) {}
    constexpr Int(unsigned v) : value_(v) {}
    constexpr Int(unsigned long v) : value_(static_cast<long long>(v)) {}
    constexpr Int(unsigned long long v) : value_(static_cast<long long>(v)) {}
    Int(double) = delete; // gb::to_int(): a double may not fit
    constexpr long long value() const { return value_; }
    constexpr unsigned long long bits() const { return static_cast<unsigned long long>(value_); }
    explicit constexpr operator double() const { return static_cast<double>(value_); }

private:
    long long value_;
};

constexpr Int operator+(Int a, Int b) { return a.bits() + b.bits(); }
constexpr Int operator-(Int a, Int b) { return a.bits() - b.bits(); }
constexpr Int operator*(Int a, Int b) { return a.bits() * b.bits(); }
constexpr Int operator-(Int a) { return 0ULL - a.bits(); }
constexpr Int operator&(Int a, Int b) { return a.bits() & b.bits(); }
constexpr Int operator|(Int a, Int b) { return a.bits() | b.bits(); }
constexpr Int operator^(Int a, Int b) { return a.bits() ^ b.bits(); }
constexpr Int operator~(Int a) { return ~a.bits(); }
constexpr bool operator==(Int a, Int b) { return a.value() == b.value(); }
constexpr bool operator!=(Int a, Int b) { return a.value() != b.value(); }
constexpr bool operator<(Int a, Int b) { return a.value() < b.value(); }
constexpr bool operator<=(Int a, Int b) { return a.value() <= b.value(); }
constexpr bool operator>(Int a, Int b) { return a.value() > b.value(); }
constexpr bool operator>=(Int a, Int b) { return a.value() >= b.value(); }

// Division by what is known not to be 0; any other goes through gb::div and gb::mod.
constexpr Int operator/(Int a, Int b) { return b == -1 ? -a : Int(a.value() / b.value()); }
constexpr Int operator%(Int a, Int b) { return b == -1 ? Int(0) : Int(a.value() % b.value()); }
// Shifts by what is known not to be negative; any other goes through gb::shl and gb::shr.
constexpr Int operator<<(Int a, Int n) { return n > 63 ? Int(0) : Int(a.bits() << n.bits()); }
constexpr Int operator>>(Int a, Int n) { return a.value() >> (n > 63 ? 63 : n.value()); }

// Bytes that someone else owns.
struct View {
    const char *data;
    Size size;
};

// A text: bytes of its own, any bytes.
class String {
public:
    String() = default;
    template <Size N> String(const char (&literal)[N]) : String(View{literal, N - 1}) {}
    explicit String(View v);
    String(const String &other) : String(other.view()) {}
    String(String &&other) noexcept : data_(other.data_), size_(other.size_), room_(other.room_)
    {
        other.data_ = nullptr;
        other.size_ = other.room_ = 0;
    }
    String &operator=(const String &other);
    String &operator=(String &&other) noexcept;
    ~String();

    const char *data() const { return data_ ? data_ : ""; }
    Size size() const { return size_; }
    View view() const { return {data(), size_}; }
    void append(View v);

private:
    char *data_ = nullptr; // NUL behind the last byte
    Size size_ = 0;
    Size room_ = 0;
};

String operator+(const String &a, const String &b);
String operator+(String &&a, const String &b);
int compare(const String &a, const String &b);
inline bool operator==(const String &a, const String &b) { return compare(a, b) == 0; }
inline bool operator!=(const String &a, const String &b) { return compare(a, b) != 0; }
inline bool operator<(const String &a, const String &b) { return compare(a, b) < 0; }
inline bool operator<=(const String &a, const String &b) { return compare(a, b) <= 0; }
inline bool operator>(const String &a, const String &b) { return compare(a, b) > 0; }
inline bool operator>=(const String &a, const String &b) { return compare(a, b) >= 0; }

} // namespace types

using namespace types;

constexpr Site at(unsigned number)
{
    return static_cast<Site>(number);
}

// Writes out what was printed, reports and ends the program with exit code 70.
[[noreturn]] void fault(Fault kind, Site site);

// ---- arrays -------------------------------------------------------------------------------------

namespace types {

// A value like any other: a copy is a copy.
template <class T> class Array {
public:
    Array() = default;
    template <Size N> explicit Array(const T (&items)[N])
    {
        reserve(N);
        for (const T &item : items)
            items_[size_++] = item;
    }
    Array(const Array &other) { copy(other); }
    Array(Array &&other) noexcept { take(other); }
    Array &operator=(const Array &other)
    {
        if (this != &other) {
            Array fresh(other);
            take(fresh);
        }
        return *this;
    }
    Array &operator=(Array &&other) noexcept
    {
        if (this != &other)
            take(other);
        return *this;
    }
    ~Array() { delete[] items_; }

    Size size() const { return size_; }
    const T *begin() const { return items_; }
    const T *end() const { return items_ + size_; }
    T &operator[](Size i) { return items_[i]; }
    const T &operator[](Size i) const { return items_[i]; }
    void push(T item)
    {
        if (size_ == room_)
            reserve(room_ ? room_ * 2 : 4);
        items_[size_++] = static_cast<T &&>(item);
    }

private:
    // Not inlined: a compiler that sees the size of the memory, but not how many items there are,
    // warns about accesses that never happen.
    [[gnu::noinline]] void reserve(Size n)
    {
        T *grown = new T[n]();
        for (Size i = 0; i < size_; ++i)
            grown[i] = static_cast<T &&>(items_[i]);
        delete[] items_;
        items_ = grown;
        room_ = n;
    }
    void copy(const Array &other)
    {
        if (other.size_ == 0)
            return;
        reserve(other.size_);
        for (const T &item : other)
            items_[size_++] = item;
    }
    void take(Array &other)
    {
        T *old = items_;
        items_ = other.items_;
        size_ = other.size_;
        room_ = other.room_;
        other.items_ = nullptr;
        other.size_ = other.room_ = 0;
        delete[] old;
    }

    T *items_ = nullptr;
    Size size_ = 0;
    Size room_ = 0;
};

template <class T> bool operator==(const Array<T> &a, const Array<T> &b)
{
    if (a.size() != b.size())
        return false;
    for (Size i = 0; i < a.size(); ++i)
        if (!(a[i] == b[i]))
            return false;
    return true;
}
template <class T> bool operator!=(const Array<T> &a, const Array<T> &b)
{
    return !(a == b);
}

} // namespace types

template <class T> Int length(const Array<T> &array)
{
    return array.size();
}
template <class T> const T &get(const Array<T> &array, Int index, Site site)
{
    if (index < 0 || index.bits() >= array.size())
        fault(Fault::index_out_of_range, site);
    return array[index.bits()];
}
template <class T, class Item> void set(Array<T> &array, Int index, Item &&item, Site site)
{
    if (index < 0 || index.bits() >= array.size())
        fault(Fault::index_out_of_range, site);
    T copy(static_cast<Item &&>(item)); // it may be part of the array
    array[index.bits()] = static_cast<T &&>(copy);
}

// ---- numbers ------------------------------------------------------------------------------------

inline constexpr double inf = __builtin_huge_val();
inline constexpr double nan = __builtin_nan("");
inline constexpr Int int_min = 1ULL << 63;

Int div(Int a, Int b, Site site); // toward zero
Int mod(Int a, Int b, Site site); // with the sign of a
Int shl(Int a, Int n, Site site); // 0 from 64 on
Int shr(Int a, Int n, Site site); // arithmetic
double mod(double a, double b);

inline Int abs(Int x)
{
    return x < 0 ? -x : x;
}
inline Int min(Int a, Int b)
{
    return b < a ? b : a;
}
inline Int max(Int a, Int b)
{
    return a < b ? b : a;
}
// A NaN gives the other one; -0 is less than +0.
double min(double a, double b);
double max(double a, double b);
double abs(double x);

double sin(double x);
double cos(double x);
double tan(double x);
double asin(double x);
double acos(double x);
double atan(double x);
double atan2(double y, double x);
double exp(double x);
double log(double x);
double log10(double x);
double sqrt(double x);
double floor(double x);
double ceil(double x);
double round(double x); // halves away from zero
double trunc(double x);
double pow(double a, double b);

// An int against a double, exactly; -1, 0, 1, and 2 when there is no order.
int compare(Int a, double b);
inline bool eq(Int a, double b) { return compare(a, b) == 0; }
inline bool ne(Int a, double b) { return compare(a, b) != 0; }
inline bool lt(Int a, double b) { return compare(a, b) == -1; }
inline bool le(Int a, double b) { return compare(a, b) <= 0; }
inline bool gt(Int a, double b) { return compare(a, b) == 1; }
inline bool ge(Int a, double b) { return compare(a, b) == 0 || compare(a, b) == 1; }
inline bool eq(double a, Int b) { return eq(b, a); }
inline bool ne(double a, Int b) { return ne(b, a); }
inline bool lt(double a, Int b) { return gt(b, a); }
inline bool le(double a, Int b) { return ge(b, a); }
inline bool gt(double a, Int b) { return lt(b, a); }
inline bool ge(double a, Int b) { return le(b, a); }
// A value against itself, where the operator would draw a warning.
template <class T> bool eq(const T &a, const T &b) { return a == b; }
template <class T> bool ne(const T &a, const T &b) { return a != b; }
template <class T> bool lt(const T &a, const T &b) { return a < b; }
template <class T> bool le(const T &a, const T &b) { return a <= b; }
template <class T> bool gt(const T &a, const T &b) { return a > b; }
template <class T> bool ge(const T &a, const T &b) { return a >= b; }

// ---- conversions --------------------------------------------------------------------------------

Int to_int(double x, Site site);
Int to_int(const String &text, Site site);
double to_double(const String &text, Site site);
bool to_bool(const String &text, Site site);
inline Int to_int(bool x)
{
    return x ? 1 : 0;
}
inline double to_double(bool x)
{
    return x ? 1.0 : 0.0;
}
template <class T, class U, class F> Array<T> map(const Array<U> &array, F convert)
{
    Array<T> items;
    for (const U &item : array)
        items.push(convert(item));
    return items;
}
inline int exit_code(Int x)
{
    return static_cast<int>(x.bits() & 255);
}

// ---- text ---------------------------------------------------------------------------------------

Int length(const String &text);
String substring(const String &text, Int start, Int length);
String substring(const String &text, Int start, Int length, Site site);
bool contains(const String &text, const String &find);
Int index_of(const String &text, const String &find);
String to_upper(const String &text);
String to_lower(const String &text);

// ---- output -------------------------------------------------------------------------------------

void put(Int x);
void put(double x);
void put(bool x);
void put(View text);
void put_words(bool x); // true, false
template <class T> void put(const Array<T> &array);
template <class T> void put_words(const Array<T> &array);

namespace types {

// Something to print, or to make a text of; refers to it.
class Item {
public:
    Item(Int x) : kind_(Kind::integer) { is_.i = x.value(); }
    Item(int x) : Item(Int(x)) {}
    Item(long x) : Item(Int(x)) {}
    Item(long long x) : Item(Int(x)) {}
    Item(double x) : kind_(Kind::real) { is_.d = x; }
    Item(bool x) : kind_(Kind::truth) { is_.b = x; }
    Item(const String &text) : kind_(Kind::text) { is_.text = text.view(); }
    template <Size N> Item(const char (&text)[N]) : kind_(Kind::text)
    {
        is_.text = {text, N - 1};
    }
    template <class T> Item(const Array<T> &array) : kind_(Kind::other)
    {
        is_.other = {&array, [](const void *p) { gb::put(*static_cast<const Array<T> *>(p)); }};
    }
    // No constructor: print({"x", 0}) would take its two things in braces for one Item.
    static Item of(const void *thing, void (*writer)(const void *))
    {
        Item item(0);
        item.kind_ = Kind::other;
        item.is_.other = {thing, writer};
        return item;
    }
    void put() const;
    View text() const { return is_.text; } // of one that was made of a text

private:
    enum class Kind { integer, real, truth, text, other };
    struct Other {
        const void *thing;
        void (*writer)(const void *);
    };
    union {
        long long i;
        double d;
        bool b;
        View text;
        Other other;
    } is_;
    Kind kind_;
};

} // namespace types

// true and false in words.
template <class T> Item words(const T &x)
{
    return Item::of(&x, [](const void *p) { put_words(*static_cast<const T *>(p)); });
}

// print writes a newline after what it writes, write does not. A single thing has functions of its
// own: a call of those is compiled in a third of the time and memory that an Item takes.
void print(Int x);
void print(double x);
void print(bool x);
void print(const String &text);
void print_text(View text);
void print_items(const Item *items, Size n, View separator);
void write_items(const Item *items, Size n, View separator);

inline void print(int x)
{
    print(Int(x));
}
inline void print(long x)
{
    print(Int(x));
}
inline void print(long long x)
{
    print(Int(x));
}
// Not of char (&)[N] itself, which a list of numbers in braces would be, too.
template <Size N> View view(const char (&literal)[N])
{
    return {literal, N - 1};
}
template <class Text> auto print(const Text &literal) -> decltype(print_text(view(literal)))
{
    print_text(view(literal));
}
inline void print(const Item &item)
{
    print_items(&item, 1, {});
}
template <Size N> void print(const Item (&items)[N])
{
    print_items(items, N, {" ", 1});
}
template <Size N, Size M> void print(const Item (&items)[N], const char (&separator)[M])
{
    print_items(items, N, {separator, M - 1});
}
inline void write(const Item &item)
{
    item.put();
}
template <Size N> void write(const Item (&items)[N])
{
    write_items(items, N, {" ", 1});
}
template <Size N, Size M> void write(const Item (&items)[N], const char (&separator)[M])
{
    write_items(items, N, {separator, M - 1});
}
String to_string(const Item &item);
String concat(const Item *texts, Size n);
template <Size N> String concat(const Item (&texts)[N])
{
    return concat(texts, N);
}

template <class T> void put(const Array<T> &array)
{
    put(View{"[", 1});
    for (Size i = 0; i < array.size(); ++i) {
        if (i)
            put(View{", ", 2});
        Item(array[i]).put();
    }
    put(View{"]", 1});
}
template <class T> void put_words(const Array<T> &array)
{
    put(View{"[", 1});
    for (Size i = 0; i < array.size(); ++i) {
        if (i)
            put(View{", ", 2});
        put_words(array[i]);
    }
    put(View{"]", 1});
}

// ---- input --------------------------------------------------------------------------------------

namespace types {

// At the end of the input: a zero or empty value, and ok is false.
template <class T> struct Read {
    T value;
    bool ok;
};

} // namespace types

Read<double> read_number(Site site);
Read<Int> read_int(Site site);
Read<String> read_word();
Read<String> read_line();

// ---- external functions -------------------------------------------------------------------------

namespace types {

template <class T> class ArrayArgument;

// A text for a function that wants a const char *, a std::string or a std::string_view.
class TextArgument {
public:
    explicit TextArgument(const String &text) : text_(text) {}
    operator const char *() const { return text_.data(); }
    template <class Text, class = decltype(Text("", Size()).compare(Text()))>
    operator Text() const
    {
        return Text(text_.data(), text_.size());
    }

private:
    String text_;
};

} // namespace types

inline long long arg(Int x)
{
    return x.value();
}
inline double arg(double x)
{
    return x;
}
inline bool arg(bool x)
{
    return x;
}
inline TextArgument arg(const String &text)
{
    return TextArgument(text);
}
template <class T> ArrayArgument<T> arg(const Array<T> &array);

namespace types {

// An array for a function that wants a std::vector or the like.
template <class T> class ArrayArgument {
public:
    explicit ArrayArgument(const Array<T> &array) : array_(array) {}
    template <class Seq, class Item = typename Seq::value_type,
              class = decltype(Seq().push_back(Item()))>
    operator Seq() const
    {
        Seq seq;
        for (const T &item : array_)
            seq.push_back(static_cast<Item>(arg(item)));
        return seq;
    }

private:
    const Array<T> &array_;
};

// A number that an external function writes, through a pointer or a reference.
template <class T> class Output {
public:
    template <class Raw, class = decltype(T(Raw()))> operator Raw *() { return &as<Raw>(); }
    template <class Raw, class = decltype(T(Raw()))> operator Raw &() { return as<Raw>(); }
    T get() const { return read_ ? read_(raw_) : T(); }

private:
    template <class Raw> Raw &as()
    {
        static_assert(sizeof(Raw) <= sizeof raw_, "only numbers are written");
        read_ = [](const void *p) { return T(*static_cast<const Raw *>(p)); };
        return *reinterpret_cast<Raw *>(raw_);
    }
    alignas(8) unsigned char raw_[8] = {};
    T (*read_)(const void *) = nullptr;
};

} // namespace types

template <class T> ArrayArgument<T> arg(const Array<T> &array)
{
    return ArrayArgument<T>(array);
}
String text(const char *s); // nullptr gives the empty text
// What they take is said in their types, so that a wrong one is an error where they are called.
template <class Text> auto text(const Text &t) -> decltype(String(View{t.data(), t.size()}))
{
    return String(View{t.data(), t.size()});
}
template <class T, class Seq>
auto array(const Seq &seq) -> decltype(seq.end(), T(*seq.begin()), Array<T>())
{
    Array<T> items;
    for (const auto &item : seq)
        items.push(T(item));
    return items;
}

// ---- control ------------------------------------------------------------------------------------

namespace types {

// The numbers from start up (or down, by the step's sign) to, not including, end. The last one is
// never stepped past the ends of Int.
class Range {
public:
    class Iterator {
    public:
        Iterator(Int at, Int step, unsigned long long left) : at_(at), step_(step), left_(left) {}
        Int operator*() const { return at_; }
        bool operator!=(const Iterator &other) const { return left_ != other.left_; }
        void operator++()
        {
            at_ = at_ + step_;
            --left_;
        }

    private:
        Int at_, step_;
        unsigned long long left_;
    };
    Range(Int start, Int step, unsigned long long turns) : start_(start), step_(step), turns_(turns)
    {
    }
    Iterator begin() const { return {start_, step_, turns_}; }
    Iterator end() const { return {0, 0, 0}; }

private:
    Int start_, step_;
    unsigned long long turns_;
};

// A value computed when it is first asked for, once.
template <class T, class F> class Lazy {
public:
    explicit Lazy(F compute) : compute_(compute) {}
    const T &operator()() const
    {
        if (!done_) {
            value_ = compute_();
            done_ = true;
        }
        return value_;
    }

private:
    F compute_;
    mutable T value_{};
    mutable bool done_ = false;
};

// Counts the statements of a function, where values are computed once a statement.
using Turn = unsigned long long;

// A value computed when it is first asked for in a turn.
template <class T, class F> class Fresh {
public:
    Fresh(const Turn &now, F compute) : now_(now), compute_(compute) {}
    const T &operator()() const
    {
        if (turn_ != now_) {
            value_ = compute_();
            turn_ = now_;
        }
        return value_;
    }

private:
    const Turn &now_;
    F compute_;
    mutable T value_{};
    mutable Turn turn_ = 0;
};

// An open call; more than 10,000 of them are a fault of the call that went too far.
extern unsigned calls;
class Frame {
public:
    explicit Frame(Site caller)
    {
        if (++calls > 10000)
            fault(Fault::recursion_limit, caller);
    }
    ~Frame() { --calls; }
    // Never true. For a function without any other way out, which compilers warn about.
    bool too_deep() const { return calls > 10000; }
    Frame(const Frame &) = delete;
    Frame &operator=(const Frame &) = delete;
};

} // namespace types

inline Range range(Int start, Int end)
{
    return {start, 1, start < end ? end.bits() - start.bits() : 0};
}
Range range(Int start, Int end, Int step, Site site); // step 0 is a fault

template <class T, class F> Lazy<T, F> lazy(F compute)
{
    return Lazy<T, F>(compute);
}

template <class T, class F> Fresh<T, F> fresh(const Turn &now, F compute)
{
    return Fresh<T, F>(now, compute);
}

// Makes room for 10,000 open calls.
void deep_stack();

} // namespace gb

#endif
