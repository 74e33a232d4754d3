// verdict: forbidden_syscall event: (killed)
#include "raw.h"
int main(void)
{
    raw("unshare_user", 272, 0x10000000, 0, 0, 0, 0);
    return 0;
}
