// verdict: policy_blocked layer: screen rule: identifier
#include <stdlib.h>
int main(void) { const char *a = "/*"; int r = system(a); const char *b = "*/"; return r + *b; }
