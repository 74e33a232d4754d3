// verdict: policy_blocked layer: screen rule: identifier
#include <stdlib.h>
int main(void) { const char *s = "??/"; int r = system(s); return r; }
