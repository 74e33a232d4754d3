// verdict: forbidden_syscall event: setsid
#include "raw.h"
int main(void)
{
    raw("setsid", 112, 0, 0, 0, 0, 0);
    return 0;
}
