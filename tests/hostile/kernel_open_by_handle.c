// verdict: forbidden_syscall event: (killed)
#include "raw.h"
int main(void)
{
    raw("open_by_handle", 304, 0, 0, 0, 0, 0);
    return 0;
}
