// verdict: compile_error
template <int N> struct A { static const int v = A<N + 1>::v; };
int main() { return A<0>::v; }
