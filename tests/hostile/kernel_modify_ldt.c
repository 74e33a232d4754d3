// verdict: forbidden_syscall event: (killed)
#include "raw.h"
int main(void)
{
    raw("modify_ldt", 154, 0, 0, 0, 0, 0);
    return 0;
}
