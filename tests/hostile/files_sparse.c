// verdict: runtime_error killed_by: file
#include <stdio.h>
int main(void) { FILE *f = fopen("big", "w"); fseek(f, 1L << 40, SEEK_SET); fputc('x', f); return fclose(f) ? 1 : 0; }
