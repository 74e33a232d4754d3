// verdict: policy_blocked layer: symbol
#include <stdlib.h>
int main(void) { return (*system)("true"); }
