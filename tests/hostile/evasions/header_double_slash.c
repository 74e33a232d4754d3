// verdict: policy_blocked layer: screen rule: header
#include <sys//ptrace.h>
int main(void) { return 0; }
