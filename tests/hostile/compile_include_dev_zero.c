// verdict: policy_blocked layer: screen rule: header
#include "/dev/zero"
int main(void) { return 0; }
