// verdict: ok
#include <stdio.h>
int main(void) { puts("call system() or fork(), use asm and mmap"); return 0; }
