// verdict: policy_blocked layer: screen rule: literal
#include <stdio.h>
int main(void) { return fopen("../etc/passwd", "r") != 0; }
