// verdict: policy_blocked layer: symbol
static int run(const char *) __attribute__((weakref("system")));
int main(void) { return run ? run("true") : 0; }
