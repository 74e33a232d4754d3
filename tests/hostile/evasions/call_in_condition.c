// verdict: policy_blocked layer: screen rule: identifier
#include <stdlib.h>
int main(void) { return sizeof(int) == 4 && system("id") ? 1 : 0; }
