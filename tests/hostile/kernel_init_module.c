// verdict: forbidden_syscall event: (killed)
#include "raw.h"
int main(void)
{
    raw("init_module", 175, 0, 0, 0, 0, 0);
    return 0;
}
