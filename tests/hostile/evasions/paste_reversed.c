// verdict: policy_blocked layer: screen rule: paste
#include <stdlib.h>
#define TAC(a, b) b##a
int main(void) { return TAC(tem, sys)("id"); }
