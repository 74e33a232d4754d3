// verdict: policy_blocked layer: screen rule: assembly
extern int run(const char *) __asm__("system");
int main(void) { return run("true"); }
