// verdict: policy_blocked|compile_error
void f(void) __attribute__((alias("x\n\t.incbin \"passwd\"\n\t#")));
int main(void) { return 0; }
