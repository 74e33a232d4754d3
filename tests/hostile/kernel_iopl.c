// verdict: forbidden_syscall event: (killed)
#include "raw.h"
int main(void)
{
    raw("iopl", 172, 3, 0, 0, 0, 0);
    return 0;
}
