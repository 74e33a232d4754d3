// verdict: policy_blocked layer: screen rule: paste
#include <stdlib.h>
#define CAT_(a, b) a##b
#define CAT(a, b) CAT_(a, b)
#define CAT3(a, b, c) CAT(CAT_(a, b), c)
int main(void) { return CAT_(CAT_(s, ys), tem)("id"); }
