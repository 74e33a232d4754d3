// verdict: forbidden_syscall event: mmap
#include "raw.h"
int main(void)
{
    raw("write_execute", 9, 0, 4096, 7, 0x22, -1);
    return 0;
}
