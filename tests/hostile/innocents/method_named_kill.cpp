// verdict: ok
#include <iostream>
struct Monster { int hp = 3; void kill(int n) { hp -= n; } };
int main() { Monster m; m.kill(2); std::cout << m.hp << '\n'; }
