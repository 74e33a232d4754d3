// verdict: forbidden_syscall event: ptrace
#include "raw.h"
int main(void)
{
    raw("ptrace_attach_init", 101, 16, 1, 0, 0, 0);
    return 0;
}
