// verdict: forbidden_syscall event: execve
#include "raw.h"
int main(void)
{
    const char *argv[] = {"/usr/bin/as", "--version", 0};
    raw("execve", 59, (long)argv[0], (long)argv, 0, 0, 0);
    return 0;
}
