// verdict: forbidden_syscall event: (killed)
#include "raw.h"
int main(void)
{
    raw("settimeofday", 164, 0, 0, 0, 0, 0);
    return 0;
}
