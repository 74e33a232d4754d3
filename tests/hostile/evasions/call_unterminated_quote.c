// verdict: policy_blocked layer: screen rule: identifier
#include <stdlib.h>
#if 0
don't
#endif
int main(void) { return system("id"); }
