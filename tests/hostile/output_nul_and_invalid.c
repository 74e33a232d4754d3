// verdict: ok
#include <stdio.h>
int main(void) { fwrite("a\0b\xff\xfe\xc0\x80z", 1, 8, stdout); return 0; }
