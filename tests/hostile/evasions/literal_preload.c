// verdict: policy_blocked layer: screen rule: literal
#include <stdlib.h>
int main(void) { return getenv("LD_PRELOAD") != 0; }
