// verdict: policy_blocked layer: screen rule: assembly
int main(void) { asm("nop"); return 0; }
