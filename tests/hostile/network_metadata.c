// verdict: forbidden_syscall event: socket
#include "raw.h"
int main(void)
{
    unsigned char address[16] = {2, 0, 0, 80, 169, 254, 169, 254};
    long s = raw("socket", 41, 2, 1, 0, 0, 0);
    raw("connect", 42, s, (long)address, 16, 0, 0);
    return 0;
}
