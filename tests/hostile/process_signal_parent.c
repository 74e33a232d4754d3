// verdict: forbidden_syscall event: kill
#include "raw.h"
int main(void)
{
    long parent = raw("getppid", 110, 0, 0, 0, 0, 0);
    raw("kill(parent, SIGTERM)", 62, parent, 15, 0, 0, 0);
    raw("kill(parent, SIGKILL)", 62, parent, 9, 0, 0, 0);
    raw("kill(parent, SIGSTOP)", 62, parent, 19, 0, 0, 0);
    return 0;
}
