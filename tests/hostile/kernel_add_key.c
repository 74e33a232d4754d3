// verdict: forbidden_syscall event: (killed)
#include "raw.h"
int main(void)
{
    raw("add_key", 248, 0, 0, 0, 0, 0);
    return 0;
}
