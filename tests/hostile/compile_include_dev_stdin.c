// verdict: policy_blocked layer: screen rule: header
#include "/dev/stdin"
int main(void) { return 0; }
