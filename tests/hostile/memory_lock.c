// verdict: forbidden_syscall event: mlockall
#include "raw.h"
int main(void)
{
    raw("lock", 151, 3, 0, 0, 0, 0);
    return 0;
}
