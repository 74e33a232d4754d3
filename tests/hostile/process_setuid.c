// verdict: forbidden_syscall event: setuid
#include "raw.h"
int main(void)
{
    raw("setuid", 105, 0, 0, 0, 0, 0);
    return 0;
}
