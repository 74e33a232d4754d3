// verdict: ok
#include <stdio.h>
#define CAT(a, b) a##b
int main(void) { int xy = 5; printf("%d\n", CAT(x, y)); return 0; }
