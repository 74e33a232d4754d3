// verdict: forbidden_syscall event: socketpair
#include "raw.h"
int main(void)
{
    raw("socketpair", 53, 1, 1, 0, 0, 0);
    return 0;
}
