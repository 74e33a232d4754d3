// verdict: memory_limit
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
int main(void)
{
    puts("begun");
    fflush(stdout);
    for (;;) { char *p = malloc(1 << 20); if (!p) return 1; memset(p, 1, 1 << 20); }
}
