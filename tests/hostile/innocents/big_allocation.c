// verdict: ok
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
int main(void) { char *p = malloc(40 << 20); if (!p) return 1; memset(p, 7, 40 << 20); printf("%d\n", p[1 << 20]); free(p); return 0; }
