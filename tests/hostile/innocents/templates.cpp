// verdict: ok
#include <iostream>
template <int N> struct F { static const int v = N * F<N - 1>::v; };
template <> struct F<0> { static const int v = 1; };
int main() { std::cout << F<10>::v << '\n'; }
