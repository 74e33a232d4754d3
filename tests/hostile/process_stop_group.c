// verdict: forbidden_syscall event: kill
#include "raw.h"
int main(void)
{
    raw("stop_group", 62, 0, 19, 0, 0, 0);
    return 0;
}
