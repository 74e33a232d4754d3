// verdict: ok
#include <stdio.h>
int main(void) { int n = 0; exec: if (++n < 3) goto exec; printf("%d\n", n); return 0; }
