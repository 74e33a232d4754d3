// verdict: policy_blocked layer: screen rule: identifier
#include <cstdlib>
int main() { return std::system("id"); }
