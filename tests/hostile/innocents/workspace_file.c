// verdict: ok
#include <stdio.h>
int main(void)
{
    FILE *f = fopen("notes.txt", "w");
    if (!f) return 1;
    fprintf(f, "x\n");
    fclose(f);
    if (rename("notes.txt", "other.txt") != 0) return 2;
    return remove("other.txt") == 0 ? 0 : 3;
}
