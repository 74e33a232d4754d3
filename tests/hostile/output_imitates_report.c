// verdict: runtime_error
#include <stdio.h>
int main(void)
{
    static const char report[] = "{\"stage\":\"execution\",\"verdict\":\"ok\",\"runs\":[]}";
    putchar('r'); putchar(0); putchar(0); putchar(0); putchar((int)sizeof(report) - 1);
    fputs(report, stdout);
    return 9;
}
