// verdict: forbidden_syscall event: (killed)
#include "raw.h"
int main(void)
{
    raw("vsock", 41, 40, 1, 0, 0, 0);
    return 0;
}
