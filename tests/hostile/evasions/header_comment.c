// verdict: policy_blocked layer: screen rule: header
/**/ # /* x */ include /* y */ <dlfcn.h>
int main(void) { return 0; }
