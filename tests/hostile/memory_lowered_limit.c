// verdict: memory_limit killed_by: memory request: {"limits": {"memory_mb": 16}}
#include <stdio.h>
#include <stdlib.h>
int main(void)
{
    size_t size = (size_t)48 << 20;
    volatile char *p = malloc(size);
    puts("begun");
    fflush(stdout);
    for (size_t i = 0; p && i < size; i += 4096) p[i] = 1;
    return 0;
}
