// verdict: forbidden_syscall event: (killed)
#include "raw.h"
int main(void)
{
    raw("bpf", 321, 0, 0, 0, 0, 0);
    return 0;
}
