// verdict: forbidden_syscall event: process_vm_readv
#include "raw.h"
int main(void)
{
    raw("read_init_memory", 310, 1, 0, 0, 0, 0);
    return 0;
}
