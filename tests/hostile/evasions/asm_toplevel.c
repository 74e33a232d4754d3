// verdict: policy_blocked layer: screen rule: assembly
asm(".globl x\nx: syscall");
int main(void) { return 0; }
