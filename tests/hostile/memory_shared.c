// verdict: memory_limit
#include "raw.h"
/* MAP_SHARED | MAP_ANONYMOUS: shared memory without a name, 1 GiB of it. */
int main(void)
{
    long size = 1L << 30;
    char *p = (char *)raw("mmap", 9, 0, size, 3, 0x21, -1);
    for (long i = 0; i < size; i += 4096) p[i] = 1;
    return 0;
}
