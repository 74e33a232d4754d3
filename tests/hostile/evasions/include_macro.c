// verdict: policy_blocked layer: screen rule: include_macro
#define H <unistd.h>
#include H
int main(void) { return 0; }
