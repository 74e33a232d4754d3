// verdict: policy_blocked layer: screen rule: header
#if 0
#else
#include <sys/mman.h>
#endif
int main(void) { return 0; }
