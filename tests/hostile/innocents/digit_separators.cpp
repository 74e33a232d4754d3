// verdict: ok
#include <iostream>
int main() { std::cout << 1'000'000 << '\n'; }
