// verdict: forbidden_syscall event: memfd_create
#include "raw.h"
int main(void)
{
    raw("memfd", 319, 0, 0, 0, 0, 0);
    return 0;
}
