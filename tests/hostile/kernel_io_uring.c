// verdict: forbidden_syscall event: (killed)
#include "raw.h"
int main(void)
{
    raw("io_uring", 425, 1, 0, 0, 0, 0);
    return 0;
}
