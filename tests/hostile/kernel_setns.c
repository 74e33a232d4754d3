// verdict: forbidden_syscall event: (killed)
#include "raw.h"
int main(void)
{
    raw("setns", 308, 0, 0, 0, 0, 0);
    return 0;
}
