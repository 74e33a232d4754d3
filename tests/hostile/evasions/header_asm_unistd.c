// verdict: policy_blocked layer: screen rule: header
#include <asm/unistd.h>
int main(void) { return __NR_fork; }
