// verdict: compile_error|time_limit|memory_limit|output_limit
template <class A, class B> struct P {};
template <int N, class T> struct F { typedef typename F<N - 1, P<T, T>>::type type; };
template <class T> struct F<0, T> { typedef typename T::none type; };
F<24, int>::type x;
int main() { return 0; }
