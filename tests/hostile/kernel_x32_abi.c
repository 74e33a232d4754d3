// verdict: forbidden_syscall event: (killed)
#include "raw.h"
int main(void)
{
    raw("x32_abi", 0x40000027, 0, 0, 0, 0, 0);
    return 0;
}
