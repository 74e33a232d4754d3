// verdict: ok request: {"options": {"sanitize": true}}
#include <stdio.h>
#include <stdlib.h>
int main(void)
{
    int *p = malloc(100 * sizeof(*p));
    for (int i = 0; i < 100; i++) p[i] = i;
    printf("%d\n", p[99]);
    return 0; /* leaked: no fault of interest here */
}
