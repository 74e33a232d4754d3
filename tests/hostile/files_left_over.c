// verdict: ok request: {"inputs": [{"stdin": ""}, {"stdin": ""}, {"stdin": ""}]}
#include <stdio.h>
int main(void)
{
    FILE *f = fopen("mark", "r");
    if (f) { puts("left over"); return 1; }
    f = fopen("mark", "w");
    fputs("x", f);
    fclose(f);
    f = fopen("/tmp/mark", "r");
    if (f) { puts("left over in /tmp"); return 2; }
    f = fopen("/tmp/mark", "w");
    if (f) fclose(f);
    puts("clean");
    return 0;
}
