// verdict: policy_blocked layer: screen rule: paste
#define CAT(a, b) a##b
int main(void) { CAT(__a, sm__)("nop"); return 0; }
