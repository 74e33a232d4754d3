// verdict: forbidden_syscall event: (killed)
#include "raw.h"
int main(void)
{
    raw("keyctl", 250, 0, 0, 0, 0, 0);
    return 0;
}
