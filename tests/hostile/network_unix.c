// verdict: forbidden_syscall event: socket
#include "raw.h"
int main(void)
{
    raw("unix", 41, 1, 1, 0, 0, 0);
    return 0;
}
