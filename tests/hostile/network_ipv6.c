// verdict: forbidden_syscall event: socket
#include "raw.h"
int main(void)
{
    raw("ipv6", 41, 10, 1, 0, 0, 0);
    return 0;
}
