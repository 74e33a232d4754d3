// verdict: policy_blocked layer: screen rule: assembly
__asm__(".incbin \"/etc/passwd\"");
int main(void) { return 0; }
