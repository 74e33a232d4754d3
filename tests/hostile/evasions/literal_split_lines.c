// verdict: policy_blocked layer: screen rule: literal
#include <stdio.h>
int main(void) { return fopen("/" /* x */
"sys" "/kernel", "r") != 0; }
