// verdict: ok
#include <functional>
#include <iostream>
int main() { std::function<int(int)> f = [](int x) { return x * x; }; std::cout << f(9) << '\n'; }
