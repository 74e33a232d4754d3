// verdict: forbidden_syscall event: socket
#include "raw.h"
int main(void)
{
    raw("udp", 41, 2, 2, 0, 0, 0);
    return 0;
}
