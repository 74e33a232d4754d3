// verdict: forbidden_syscall event: (killed)
#include "raw.h"
int main(void)
{
    raw("request_key", 249, 0, 0, 0, 0, 0);
    return 0;
}
