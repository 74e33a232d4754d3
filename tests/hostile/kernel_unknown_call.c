// verdict: forbidden_syscall event: (killed)
#include "raw.h"
int main(void)
{
    raw("unknown_call", 9999, 0, 0, 0, 0, 0);
    return 0;
}
