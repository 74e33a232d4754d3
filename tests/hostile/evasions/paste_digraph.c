// verdict: policy_blocked layer: screen rule: paste
#include <stdlib.h>
#define RUN sys%:%:tem
int main(void) { return RUN("id"); }
