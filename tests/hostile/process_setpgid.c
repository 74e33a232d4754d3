// verdict: forbidden_syscall event: setpgid
#include "raw.h"
int main(void)
{
    raw("setpgid", 109, 0, 0, 0, 0, 0);
    return 0;
}
