// verdict: policy_blocked layer: screen rule: literal
#include <cstdio>
int main() { return fopen(R"x(/proc/version)x", "r") != nullptr; }
