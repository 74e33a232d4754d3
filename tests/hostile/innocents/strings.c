// verdict: ok
#include <ctype.h>
#include <stdio.h>
#include <string.h>
int main(void)
{
    char s[] = "graph blocks";
    for (char *p = s; *p; p++) *p = (char)toupper((unsigned char)*p);
    printf("%s %zu\n", s, strlen(s));
    return 0;
}
