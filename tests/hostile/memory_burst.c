// verdict: memory_limit killed_by: memory request: {"limits": {"memory_mb": 2}}
#include <stdlib.h>
/* over before anybody looks */
int main(void)
{
    size_t size = (size_t)12 << 20;
    volatile char *p = malloc(size);
    for (size_t i = 0; p && i < size; i += 4096) p[i] = 1;
    return 0;
}
