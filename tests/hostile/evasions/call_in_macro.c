// verdict: policy_blocked layer: screen rule: identifier
#include <stdlib.h>
#define RUN system
int main(void) { return RUN("id"); }
