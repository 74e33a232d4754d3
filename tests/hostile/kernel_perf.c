// verdict: forbidden_syscall event: (killed)
#include "raw.h"
int main(void)
{
    raw("perf", 298, 0, 0, 0, 0, 0);
    return 0;
}
