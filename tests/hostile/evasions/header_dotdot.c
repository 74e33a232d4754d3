// verdict: policy_blocked layer: screen rule: header
#include <../include/unistd.h>
int main(void) { return 0; }
