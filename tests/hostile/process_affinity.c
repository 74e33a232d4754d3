// verdict: forbidden_syscall event: sched_setaffinity
#include "raw.h"
int main(void)
{
    raw("affinity", 203, 0, 8, 0, 0, 0);
    return 0;
}
