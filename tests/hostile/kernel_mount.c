// verdict: forbidden_syscall event: (killed)
#include "raw.h"
int main(void)
{
    raw("mount", 165, 0, 0, 0, 0, 0);
    return 0;
}
