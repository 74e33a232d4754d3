// verdict: ok|memory_limit
#include <stdio.h>
#include <string.h>
static char page[1 << 16];
int main(void)
{
    char name[32];
    int full = 0;
    memset(page, 1, sizeof(page));
    for (int i = 0; i < 100 && !full; i++) {
        FILE *f;
        snprintf(name, sizeof(name), "f%d", i);
        f = fopen(name, "w");
        if (!f) break;
        for (int k = 0; k < 200; k++) if (fwrite(page, 1, sizeof(page), f) != sizeof(page)) { full = 1; break; }
        fclose(f);
    }
    puts(full ? "full" : "endless");
    return full ? 0 : 1;
}
