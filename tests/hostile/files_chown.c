// verdict: forbidden_syscall event: fchownat
#include "raw.h"
int main(void)
{
    raw("chown", 260, -100, 0, 0, 0, 0);
    return 0;
}
