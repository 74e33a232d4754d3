// verdict: policy_blocked layer: screen rule: header
#include </etc/passwd>
int main(void) { return 0; }
