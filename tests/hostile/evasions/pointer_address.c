// verdict: policy_blocked layer: symbol
#include <stdlib.h>
int main(void) { int (*f)(const char *) = &system; return f("true"); }
