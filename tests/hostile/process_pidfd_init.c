// verdict: forbidden_syscall event: pidfd_open
#include "raw.h"
int main(void)
{
    raw("pidfd_init", 434, 1, 0, 0, 0, 0);
    return 0;
}
