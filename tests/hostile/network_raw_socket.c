// verdict: forbidden_syscall event: socket
#include "raw.h"
int main(void)
{
    raw("raw_socket", 41, 2, 3, 1, 0, 0);
    return 0;
}
