// verdict: forbidden_syscall event: (killed)
#include "raw.h"
int main(void)
{
    raw("kexec", 246, 0, 0, 0, 0, 0);
    return 0;
}
