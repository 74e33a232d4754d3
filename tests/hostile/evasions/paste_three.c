// verdict: policy_blocked layer: screen rule: paste
#include <stdlib.h>
#define RUN po##pe##n
int main(void) { return RUN("id", "r") != 0; }
