// verdict: forbidden_syscall event: fork
#include "raw.h"
#include <stdlib.h>
/* Each child under the limit, all of them over it. */
int main(void)
{
    for (int i = 0; i < 8; i++)
        if (raw("fork", 57, 0, 0, 0, 0, 0) == 0) {
            char *p = malloc(64 << 20);
            memset(p, 1, 64 << 20);
            for (;;) ;
        }
    return 0;
}
