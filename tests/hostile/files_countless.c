// verdict: ok|time_limit|memory_limit
#include <stdio.h>
int main(void)
{
    char name[32];
    int n = 0;
    for (; n < 1000000; n++) {
        FILE *f;
        snprintf(name, sizeof(name), "n%d", n);
        f = fopen(name, "w");
        if (!f) break;
        fclose(f);
    }
    puts(n < 1000000 ? "bounded" : "unbounded");
    return 0;
}
