// verdict: forbidden_syscall event: semget
#include "raw.h"
int main(void)
{
    raw("semaphores", 64, 0, 1, 0x380, 0, 0);
    return 0;
}
