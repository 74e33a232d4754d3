// verdict: ok
#include <stdio.h>
static int filesystem(int x) { return x + 1; }
int main(void) { printf("%d\n", filesystem(6)); return 0; }
