// verdict: policy_blocked layer: screen rule: header
#include <bits/types.h>
int main(void) { return 0; }
