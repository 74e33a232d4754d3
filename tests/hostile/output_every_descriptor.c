// verdict: ok
#include "raw.h"
int main(void)
{
    int open = 0;
    for (long fd = 3; fd < 1100; fd++) if (raw_find()(1, fd, "x", 1) > 0) open++;
    printf("%d open\n", open);
    return open;
}
