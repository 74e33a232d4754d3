// verdict: policy_blocked layer: screen rule: pragma
#pragma GCC dependency "/etc/shadow"
int main(void) { return 0; }
