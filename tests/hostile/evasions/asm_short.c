// verdict: policy_blocked layer: screen rule: assembly
int main(void) { __asm("nop"); return 0; }
