// verdict: policy_blocked layer: screen rule: identifier
#include <stdlib.h>
%:define RUN(x) system(x)
int main(void) { return RUN("id"); }
