// verdict: ok
#include "raw.h"
/* Locks on files that all containers share, kept until the end. */
int main(void)
{
    static const char *const names[] = {"/etc/passwd", "/usr/bin/gb-job", "/usr/lib/x86_64-linux-gnu/libc.so.6"};
    for (int i = 0; i < 3; i++) {
        long fd = raw("open", 2, (long)names[i], 0, 0, 0, 0);
        if (fd >= 0) raw("flock", 73, fd, 2, 0, 0, 0);
    }
    return 0;
}
