// verdict: policy_blocked layer: screen rule: assembly
int main() { asm volatile(R"(nop)"); }
