// verdict: time_limit request: {"limits": {"wall_ms": 1000}}
#include <stdio.h>
int main(void) { puts("started"); fflush(stdout); for (volatile long n = 0;; n++) ; }
