// verdict: forbidden_syscall event: prctl
#include "raw.h"
int main(void)
{
    raw("dumpable", 157, 4, 1, 0, 0, 0);
    return 0;
}
