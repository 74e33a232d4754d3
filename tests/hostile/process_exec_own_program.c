// verdict: forbidden_syscall event: execveat
#include "raw.h"
int main(void)
{
    for (long fd = 3; fd < 256; fd++)
        raw_find()(322, fd, "", 0, 0, 0x1000);
    return 0;
}
