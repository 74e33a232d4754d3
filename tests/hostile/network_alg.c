// verdict: forbidden_syscall event: (killed)
#include "raw.h"
int main(void)
{
    raw("alg", 41, 38, 5, 0, 0, 0);
    return 0;
}
