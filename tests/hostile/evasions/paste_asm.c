// verdict: policy_blocked layer: screen rule: paste
#define A __as##m__
int main(void) { A("nop"); return 0; }
