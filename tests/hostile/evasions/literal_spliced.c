// verdict: policy_blocked layer: screen rule: literal
#include <stdio.h>
int main(void) { return fopen("/pr\
oc/version", "r") != 0; }
