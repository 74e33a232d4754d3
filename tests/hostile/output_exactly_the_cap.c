// verdict: ok truncated: false
#include <stdio.h>
int main(void) { for (int i = 0; i < 65536; i++) putchar('x'); return 0; }
