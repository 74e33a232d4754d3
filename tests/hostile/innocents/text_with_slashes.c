// verdict: ok
#include <stdio.h>
int main(void) { puts("http://example.org/my/sys/x and mean/dev and /system and /process"); return 0; }
