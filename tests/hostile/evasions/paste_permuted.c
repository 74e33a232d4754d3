// verdict: policy_blocked layer: symbol
#include <stdlib.h>
#define MIX(a, b, c) b##c##a
int main(void) { return MIX(em, sy, st)("true"); }
