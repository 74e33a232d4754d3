// verdict: forbidden_syscall event: clone
#include "raw.h"
/* The C library's way of forking: clone(SIGCHLD | CLONE_CHILD_SETTID | CLONE_CHILD_CLEARTID). */
int main(void)
{
    for (int i = 0; i < 2; i++)
        if (raw("clone", 56, 0x01200011, 0, 0, 0, 0) > 0) return 0;
    for (;;) ;
}
