// verdict: policy_blocked layer: screen rule: header
#include "/proc/self/environ"
#include "/proc/self/maps"
int main(void) { return 0; }
