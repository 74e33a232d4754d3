// verdict: policy_blocked layer: screen rule: assembly
int main(void) { asm goto("jmp %l0" : : : : out); out: return 0; }
