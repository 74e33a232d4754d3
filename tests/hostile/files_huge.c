// verdict: runtime_error killed_by: file
#include <stdio.h>
static char page[1 << 16];
int main(void) { FILE *f = fopen("big", "w"); for (;;) if (fwrite(page, 1, sizeof(page), f) != sizeof(page)) return 1; }
