// verdict: policy_blocked layer: screen rule: assembly
int main(void) { __as\
m__("nop"); return 0; }
