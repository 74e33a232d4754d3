// verdict: ok
#include <stdio.h>
int main(void)
{
    static const char *const places[] = {"/x", "/usr/x", "/usr/bin/x", "/etc/x", "/etc/passwd", "/lib/x", "/home/x", "/root/x", "/usr/bin/gb-job", "/usr/lib/x", "/var/x"};
    int bad = 0;
    for (unsigned i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
        FILE *f = fopen(places[i], "a");
        if (f) { printf("%s\n", places[i]); bad++; fclose(f); }
    }
    return bad;
}
