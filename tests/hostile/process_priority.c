// verdict: forbidden_syscall event: setpriority
#include "raw.h"
int main(void)
{
    raw("priority", 141, 0, 0, -20, 0, 0);
    return 0;
}
