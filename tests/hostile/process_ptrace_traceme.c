// verdict: forbidden_syscall event: ptrace
#include "raw.h"
int main(void)
{
    raw("ptrace_traceme", 101, 0, 0, 0, 0, 0);
    return 0;
}
