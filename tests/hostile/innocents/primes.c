// verdict: ok
#include <stdbool.h>
#include <stdio.h>
int main(void)
{
    static bool composite[1000];
    int n = 0;
    for (int i = 2; i < 1000; i++) {
        if (composite[i]) continue;
        n++;
        for (int k = 2 * i; k < 1000; k += i) composite[k] = true;
    }
    printf("%d\n", n);
    return 0;
}
