// verdict: forbidden_syscall event: (killed)
#include "raw.h"
int main(void)
{
    raw("pivot_root", 155, 0, 0, 0, 0, 0);
    return 0;
}
