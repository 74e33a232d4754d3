// verdict: ok
#include <stdio.h>
struct road { int fork; int (*kill)(int); };
static int twice(int x) { return 2 * x; }
int main(void) { struct road r = {2, twice}, *p = &r; printf("%d\n", p->kill(p->fork) + r.kill(1)); return 0; }
