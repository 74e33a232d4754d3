// verdict: ok
#include <stdio.h>
static int pitchfork(void) { return 1; }
static int ecosystem(void) { return 2; }
static int subsystem_(void) { return 3; }
int main(void) { printf("%d\n", pitchfork() + ecosystem() + subsystem_()); return 0; }
