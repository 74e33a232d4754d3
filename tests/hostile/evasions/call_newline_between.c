// verdict: policy_blocked layer: screen rule: identifier
#include <stdlib.h>
int main(void) { return system

("id"); }
