// verdict: forbidden_syscall event: fork
#include "raw.h"
int main(void)
{
    if (raw("fork", 57, 0, 0, 0, 0, 0) > 0) return 0;
    raw("setsid", 112, 0, 0, 0, 0, 0);
    if (raw("fork again", 57, 0, 0, 0, 0, 0) > 0) return 0;
    return 0;
}
