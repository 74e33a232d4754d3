// verdict: forbidden_syscall event: connect
#include "raw.h"
int main(void)
{
    raw("connect", 42, 0, 0, 0, 0, 0);
    return 0;
}
