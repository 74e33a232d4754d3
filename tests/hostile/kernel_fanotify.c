// verdict: forbidden_syscall event: (killed)
#include "raw.h"
int main(void)
{
    raw("fanotify", 300, 0, 0, 0, 0, 0);
    return 0;
}
