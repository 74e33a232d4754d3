// verdict: forbidden_syscall event: shmget
#include "raw.h"
int main(void)
{
    raw("shm", 29, 0, 4096, 0x380, 0, 0);
    return 0;
}
