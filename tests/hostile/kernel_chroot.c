// verdict: forbidden_syscall event: chroot
#include "raw.h"
int main(void)
{
    raw("chroot", 161, 0, 0, 0, 0, 0);
    return 0;
}
