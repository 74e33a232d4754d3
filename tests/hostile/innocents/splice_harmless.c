// verdict: ok
#include <stdio.h>
int main(void) { print\
f("spliced\n"); return 0; }
