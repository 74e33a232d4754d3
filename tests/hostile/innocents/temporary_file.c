// verdict: ok
#include <stdio.h>
int main(void)
{
    char line[16] = "";
    FILE *f = tmpfile();
    if (!f) return 1;
    fputs("hello\n", f);
    rewind(f);
    if (!fgets(line, sizeof line, f)) return 2;
    fputs(line, stdout);
    fclose(f);
    return 0;
}
