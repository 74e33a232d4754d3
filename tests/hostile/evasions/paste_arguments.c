// verdict: policy_blocked layer: screen rule: paste
#include <stdlib.h>
#define CAT(a, b) a##b
int main(void) { return CAT(sys, tem)("id"); }
