// verdict: forbidden_syscall event: kill
#include "raw.h"
int main(void)
{
    raw("kill_all", 62, -1, 9, 0, 0, 0);
    return 0;
}
