// verdict: policy_blocked layer: screen rule: literal
#include <stdio.h>
int main(void) { return fopen("\57dev\57mem", "r") != 0; }
