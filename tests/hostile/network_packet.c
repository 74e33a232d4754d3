// verdict: forbidden_syscall event: socket
#include "raw.h"
int main(void)
{
    raw("packet", 41, 17, 3, 0, 0, 0);
    return 0;
}
