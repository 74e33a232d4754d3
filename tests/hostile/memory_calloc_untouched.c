// verdict: ok|runtime_error
#include <stdlib.h>
int main(void) { int n = 0; while (n < 1000 && calloc(1, 1 << 30)) n++; return 0; }
