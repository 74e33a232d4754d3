// verdict: forbidden_syscall event: mknodat
#include "raw.h"
int main(void)
{
    raw("fifo", 259, -100, 0, 0x1180, 0, 0);
    return 0;
}
