// verdict: policy_blocked layer: symbol
#include <stdlib.h>
static int (*const table[])(const char *) = {system};
int main(void) { return table[0]("true"); }
