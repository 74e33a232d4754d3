// verdict: forbidden_syscall event: (killed)
#include "raw.h"
int main(void)
{
    raw("reboot", 169, 0, 0, 0, 0, 0);
    return 0;
}
