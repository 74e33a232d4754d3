// verdict: ok
#include <stdio.h>
int main(void) { int system = 3, fork = 4; printf("%d\n", system + fork); return 0; }
