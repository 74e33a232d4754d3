// verdict: forbidden_syscall event: socket
#include "raw.h"
int main(void)
{
    raw("netlink", 41, 16, 3, 0, 0, 0);
    return 0;
}
