// verdict: ok
#include <stdio.h>
int main(void) { puts("what?" "?!"); return 0; }
