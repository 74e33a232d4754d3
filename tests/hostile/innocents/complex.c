// verdict: ok
#include <complex.h>
#include <stdio.h>
int main(void) { double complex z = 3 + 4 * I; printf("%g\n", cabs(z)); return 0; }
