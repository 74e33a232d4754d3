// verdict: forbidden_syscall event: syslog
#include "raw.h"
int main(void)
{
    raw("syslog", 103, 3, 0, 0, 0, 0);
    return 0;
}
