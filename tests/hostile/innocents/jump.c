// verdict: ok
#include <setjmp.h>
#include <stdio.h>
static jmp_buf place;
int main(void) { if (setjmp(place) == 0) longjmp(place, 1); puts("back"); return 0; }
