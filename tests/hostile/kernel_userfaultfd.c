// verdict: forbidden_syscall event: (killed)
#include "raw.h"
int main(void)
{
    raw("userfaultfd", 323, 0, 0, 0, 0, 0);
    return 0;
}
