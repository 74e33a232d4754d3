// verdict: policy_blocked layer: screen rule: header
#include "/proc/self/environ"
int main(void) { return 0; }
