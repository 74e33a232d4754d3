// verdict: forbidden_syscall event: socket
#include "raw.h"
int main(void)
{
    raw("tcp", 41, 2, 1, 0, 0, 0);
    return 0;
}
