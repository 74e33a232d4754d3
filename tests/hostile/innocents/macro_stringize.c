// verdict: ok
#include <stdio.h>
#define S(x) #x
int main(void) { puts(S(system)); return 0; }
