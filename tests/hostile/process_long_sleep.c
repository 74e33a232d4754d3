// verdict: time_limit killed_by: wall request: {"limits": {"wall_ms": 1000}}
#include <stdio.h>
#include <threads.h>
int main(void) { puts("asleep"); fflush(stdout); thrd_sleep(&(struct timespec){.tv_sec = 3600}, 0); return 0; }
