// verdict: policy_blocked layer: screen rule: assembly
#define A __asm__
int main(void) { A("nop"); return 0; }
