// verdict: policy_blocked layer: screen rule: identifier
#include <stdlib.h>
int r; // what??/
int main(void) { return system("id"); }
