// verdict: forbidden_syscall event: pipe2
#include "raw.h"
int main(void)
{
    raw("pipe", 293, 0, 0, 0, 0, 0);
    return 0;
}
