// verdict: forbidden_syscall event: clone
#include "raw.h"
int main(void)
{
    raw("vfork_flags", 56, 0x4111, 0, 0, 0, 0);
    return 0;
}
