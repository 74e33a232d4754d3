// verdict: forbidden_syscall event: clone
#include "raw.h"
int main(void)
{
    raw("clone", 56, 17, 0, 0, 0, 0);
    return 0;
}
