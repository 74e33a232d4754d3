// verdict: policy_blocked layer: symbol
#include <stdlib.h>
#define FIRST sys
#define SECOND tem
#define CAT_(a, b) a##b
#define CAT(a, b) CAT_(a, b)
int main(void) { return CAT(FIRST, SECOND)("true"); }
