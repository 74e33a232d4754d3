// verdict: policy_blocked layer: symbol
#include <cstdlib>
template <int (*F)(const char *)> int run() { return F("true"); }
int main() { return run<std::system>(); }
