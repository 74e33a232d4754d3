// verdict: forbidden_syscall event: fork
#include "raw.h"
int main(void)
{
    raw("fork", 57, 0, 0, 0, 0, 0);
    return 0;
}
