// verdict: time_limit killed_by: wall request: {"limits": {"memory_mb": 1, "wall_ms": 800}}
#include <stdio.h>
/* Less than the Engine takes for a container; a small program does not need more. */
int main(void)
{
    puts("begun");
    fflush(stdout);
    for (volatile int i = 0;; i = !i) ;
}
