// verdict: ok
#include <math.h>
#include <stdio.h>
int main(void) { double (*f[])(double) = {sin, cos}; printf("%.3f\n", f[0](0) + f[1](0)); return 0; }
