// verdict: policy_blocked layer: screen rule: include_macro
#define PASSWD "/etc/passwd"
#include PASSWD
int main(void) { return 0; }
