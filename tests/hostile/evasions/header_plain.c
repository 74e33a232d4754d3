// verdict: policy_blocked layer: screen rule: header
#include <unistd.h>
int main(void) { return 0; }
