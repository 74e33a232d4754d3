// verdict: policy_blocked layer: screen rule: assembly
__attribute__((section(".text\n\tsyscall\n\t#"))) int x = 1;
int main(void) { return x; }
