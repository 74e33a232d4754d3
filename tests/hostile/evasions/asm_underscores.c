// verdict: policy_blocked layer: screen rule: assembly
int main(void) { __asm__ volatile("syscall"); return 0; }
