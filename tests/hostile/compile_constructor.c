// verdict: ok
#include <stdio.h>
__attribute__((constructor)) static void first(void) { puts("first"); }
int main(void) { puts("main"); return 0; }
