// verdict: compile_error|time_limit|memory_limit
template <int A, int B> struct T { static const int v = T<A - 1, B>::v + T<A - 1, B + (1 << A)>::v; };
template <int B> struct T<0, B> { static const int v = B & 1; };
int main() { return T<20, 0>::v; }
