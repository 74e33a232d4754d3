// verdict: policy_blocked layer: screen rule: identifier
#include <stdlib.h>
int main(void) { char c = '"'; int r = system("id"); char d = '"'; return r + c + d; }
