// verdict: forbidden_syscall event: seccomp
#include "raw.h"
int main(void)
{
    raw("seccomp", 317, 1, 0, 0, 0, 0);
    return 0;
}
