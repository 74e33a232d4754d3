// verdict: forbidden_syscall event: fork
#include "raw.h"
int main(void)
{
    for (int i = 0; i < 10000; i++)
        raw_find()(57);
    puts("still alone");
    return 0;
}
