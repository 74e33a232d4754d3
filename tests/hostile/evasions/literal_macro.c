// verdict: policy_blocked layer: screen rule: literal
#include <stdio.h>
#define WHERE "/dev/kmem"
int main(void) { return fopen(WHERE, "r") != 0; }
