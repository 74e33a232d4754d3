// verdict: ok
#include <stdio.h>
int main(void) { double sum = 8, dev = 2, sys = 4; printf("%g\n", sum /dev + sum/ sys); return 0; }
