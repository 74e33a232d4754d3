// verdict: ok
#include <iostream>
#include <thread>
int main() { int v = 0; std::thread t([&] { v = 7; }); t.join(); std::cout << v << '\n'; }
