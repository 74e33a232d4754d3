// verdict: policy_blocked layer: screen rule: literal
#include <stdio.h>
int main(void) { return fopen("/./proc/version", "r") != 0; }
