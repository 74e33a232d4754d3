// verdict: ok
#include <stdio.h>
#include <stdlib.h>
static int order(const void *a, const void *b) { return *(const int *)a - *(const int *)b; }
int main(void)
{
    int v[] = {5, 3, 9, 1};
    qsort(v, 4, sizeof(v[0]), order);
    for (int i = 0; i < 4; i++) printf("%d ", v[i]);
    puts("");
    return 0;
}
