// verdict: ok
#include <iostream>
int main() { std::cout << R"x(call system("x") /* here */)x" << '\n'; }
