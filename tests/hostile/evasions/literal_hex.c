// verdict: policy_blocked layer: screen rule: literal
#include <stdio.h>
int main(void) { return fopen("\x2f" "dev/mem", "r") != 0; }
