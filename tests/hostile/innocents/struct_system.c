// verdict: ok
#include <stdio.h>
struct system { double a, b; };
static double solve(const struct system *s) { return s->b / s->a; }
int main(void) { struct system system = {2, 8}; printf("%g\n", solve(&system)); return 0; }
