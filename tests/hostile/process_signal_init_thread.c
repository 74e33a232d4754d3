// verdict: forbidden_syscall event: tgkill
#include "raw.h"
int main(void)
{
    raw("signal_init_thread", 234, 1, 1, 9, 0, 0);
    return 0;
}
