// verdict: ok truncated: true
#include <stdio.h>
int main(void) { for (int i = 0; i < 65537; i++) putchar('x'); return 0; }
