// verdict: policy_blocked layer: screen rule: literal
#include <stdio.h>
int main(void) { return fopen("/proc/self/maps", "r") != 0; }
