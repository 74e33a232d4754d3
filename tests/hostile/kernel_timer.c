// verdict: forbidden_syscall event: timer_create
#include "raw.h"
int main(void)
{
    raw("timer", 222, 0, 0, 0, 0, 0);
    return 0;
}
