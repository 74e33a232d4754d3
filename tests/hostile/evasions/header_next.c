// verdict: policy_blocked layer: screen rule: header
#include_next <unistd.h>
int main(void) { return 0; }
