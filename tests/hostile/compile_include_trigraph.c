// verdict: policy_blocked layer: screen rule: header
??=include "/dev/urandom"
int main(void) { return 0; }
