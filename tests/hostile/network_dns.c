// verdict: forbidden_syscall event: socket
#include "raw.h"
int main(void)
{
    unsigned char address[16] = {2, 0, 0, 53, 8, 8, 8, 8};
    static const char query[] = "\1\2\1\0\0\1\0\0\0\0\0\0\7example\3com\0\0\1\0\1";
    long s = raw("socket", 41, 2, 2, 0, 0, 0);
    raw("sendto", 44, s, (long)query, sizeof(query) - 1, 0, (long)address);
    return 0;
}
