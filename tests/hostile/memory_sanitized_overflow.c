// verdict: runtime_error request: {"options": {"sanitize": true, "werror": false}}
#include <stdio.h>
int main(int argc, char **argv)
{
    int a[2] = {1, 2};
    (void)argv;
    printf("%d\n", a[argc + 5]);
    return 0;
}
