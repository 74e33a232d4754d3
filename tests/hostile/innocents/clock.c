// verdict: ok
#include <stdio.h>
#include <time.h>
int main(void) { time_t t = time(NULL); printf("%d\n", t > 1000000000 && clock() >= 0); return 0; }
