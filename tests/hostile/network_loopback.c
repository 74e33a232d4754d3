// verdict: forbidden_syscall event: socket
#include "raw.h"
int main(void)
{
    unsigned char address[16] = {2, 0, 0x20, 0xfb, 127, 0, 0, 1}; /* the service's own port */
    long s = raw("socket", 41, 2, 1, 0, 0, 0);
    raw("connect", 42, s, (long)address, 16, 0, 0);
    return 0;
}
